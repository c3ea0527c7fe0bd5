# fish completion for tasker. Load it with: tasker completion fish | source
# The program itself knows what may follow.
function __tasker_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l current (commandline -ct)
    set -l plain (string unescape -- "$current"); and set current $plain
    $program __complete $words "$current" 2>/dev/null
end
complete -c tasker -f -a '(__tasker_complete)'
