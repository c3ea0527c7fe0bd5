#!/bin/sh
# Runs a workflow through `tasker rpc` from a shell: requests are lines, and so are answers.
#   examples/rpc/client.sh examples/diamond/diamond.yaml '{"even_number": 6}'
set -eu
template=$1
context=${2:-"{}"}
here=$(dirname "$(readlink -f "$0")")
tasker=${TASKER:-$here/../../bin/tasker}
[ -x "$tasker" ] || tasker=tasker # installed

# The path goes into a JSON string: quotes and backslashes are escaped.
path=$(printf '%s' "$template" | sed 's/[\\"]/\\&/g')

# What was read is finished and answered when the input ends, so no answer has to be waited for.
answers=$(
  {
    printf '{"jsonrpc":"2.0","id":"check","method":"workflow/validate","params":{"template":"%s"}}\n' "$path"
    printf '{"jsonrpc":"2.0","id":"run","method":"workflow/run","params":{"template":"%s","context":%s,"events":false}}\n' \
      "$path" "$context"
  } | "$tasker" rpc
)
case $(printf '%s\n' "$answers" | grep '"id":"check"}$') in
  *'"valid":true'*) echo "valid: true" ;;
  *) echo "valid: false" ;;
esac
run=$(printf '%s\n' "$answers" | grep '"id":"run"}$')
case $run in
  *'"error":{"code"'*)
    echo "$run" >&2
    exit 3
    ;;
esac
# The first "name", "state" and "exit_code" of a result object are the task's own.
field() { printf '%s\n' "$run" | sed "s/.*\"result\":{\"task_uuid\":\"[^\"]*\",.*\"name\":\"\([^\"]*\)\",\"version\":\"[^\"]*\",\"state\":\"\([^\"]*\)\",\"exit_code\":\([0-9]*\),\"resumable\".*/\\$1/"; }
echo "$(field 1): $(field 2)"
exit "$(field 3)"
