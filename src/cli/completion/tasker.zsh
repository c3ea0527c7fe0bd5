#compdef tasker
# zsh completion for tasker. Load it with: eval "$(tasker completion zsh)", or put it as _tasker into a folder of $fpath.
# The program itself knows what may follow.
_tasker() {
  local line value about program=${(Q)words[1]}
  program=${program/#\~\//$HOME/}
  local -a whole open
  for line in "${(@f)$("$program" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    value=${line%%$'\t'*} about=
    [[ $line == *$'\t'* ]] && about=:${line#*$'\t'}
    value=${value//:/\\:}
    # A folder, a sign: the word goes on.
    if [[ $value == *[/=@:] ]]; then open+=("$value$about"); else whole+=("$value$about"); fi
  done
  local found=1
  (( $#whole )) && _describe -V 'tasker' whole && found=0
  (( $#open )) && _describe -V 'tasker' open -S '' && found=0
  return found
}
if [[ ${funcstack[1]} == _tasker ]]; then
  _tasker "$@"
else
  compdef _tasker tasker
fi
