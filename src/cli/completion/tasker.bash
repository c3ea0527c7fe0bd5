# bash completion for tasker. Load it with: eval "$(tasker completion bash)"
# The program itself knows what may follow; this joins the words that bash has split, and hands over the answers.
_tasker() {
  local rest=${COMP_LINE:0:COMP_POINT} word blank i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blank=${rest%%[![:space:]]*}
    rest=${rest#"$blank"}
    word=${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && word=$rest # not what stands behind the cursor
    rest=${rest#"$word"}
    if [[ -n $blank || $i -eq 0 ]]; then words+=("$word"); else words[-1]+=$word; fi
  done

  local quote=
  [[ ${words[-1]} == [\'\"]* ]] && quote=${words[-1]:0:1}
  words=("${words[@]//[\\\'\"]/}")
  # bash replaces only what stands behind the last = or : of the word.
  local current=${words[-1]} done=
  [[ $COMP_WORDBREAKS == *:* && -z $quote ]] && done=${current%"${current##*[=:]}"}
  [[ $COMP_WORDBREAKS != *:* && -z $quote ]] && done=${current%"${current##*=}"}

  local program=${COMP_WORDS[0]} line value
  [[ $program == "~/"* ]] && program=$HOME/${program:2}
  COMPREPLY=()
  while IFS= read -r line; do
    value=${line%%$'\t'*}
    value=${value#"$done"}
    [[ -z $quote && $value == *[!A-Za-z0-9_./:@=,+~-]* ]] && printf -v value %q "$value"
    COMPREPLY+=("$value")
  done < <("$program" __complete "${words[@]:1}" 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=@:] ]] && compopt -o nospace
  return 0
}
complete -o nosort -F _tasker tasker
