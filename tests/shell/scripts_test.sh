#!/bin/sh
# The scripts of bin/ on machines that this one is not: packages missing, not root, apt failing, not built yet. Everything
# they call outside stands in front of PATH as a stub that writes down how it was called.
set -eu
here=$(dirname "$(readlink -f "$0")")
checkout=$(readlink -f "$here/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  failures=$((failures + 1))
  printf 'FAILED: %s: %s\n--- stdout\n%s\n--- stderr\n%s\n--- calls\n%s\n' "$test" "$1" "$(cat "$work/out")" "$(cat "$work/err")" \
    "$(cat "$work/calls")"
}
is() { [ "$2" = "$3" ] || fail "$1 is \"$2\", not \"$3\""; }
says() { grep -qF -- "$2" "$work/$1" || fail "no \"$2\" in $1"; }
says_nothing() { [ ! -s "$work/$1" ] || fail "$1 is not empty"; }

# A program of that name; its body sees the arguments.
stub() {
  { echo '#!/bin/sh'; echo "echo \"$1 \$*\" >>'$work/calls'"; cat; } >"$work/stubs/$1"
  chmod +x "$work/stubs/$1"
}

# A machine with everything installed, seen by a user with sudo; a checkout of its own with nothing built.
machine() {
  test=$1
  rm -rf "$work/stubs" "$work/checkout"
  mkdir -p "$work/stubs" "$work/checkout"
  : >"$work/calls"; : >"$work/out"; : >"$work/err"
  cp -r "$checkout/bin" "$work/checkout/bin"
  # Only what the scripts need besides the stubs: this machine's own sudo must not be seen.
  for tool in sh readlink dirname mktemp rm tail grep mkdir cat sed; do ln -s "$(command -v "$tool")" "$work/stubs/$tool"; done
  stub id <<'STUB'
echo 1000
STUB
  stub sudo </dev/null
  stub apt-get </dev/null
  stub cmake </dev/null
  lacks
}
# The packages named are missing.
lacks() {
  printf '%s\n' "$@" >"$work/missing"
  stub dpkg-query <<STUB
for package; do :; done
if grep -qx -- "\$package" "$work/missing"; then exit 1; fi
printf installed
STUB
}
as_root() {
  stub id <<'STUB'
echo 0
STUB
}

run() {
  script=$work/checkout/bin/$1
  shift
  code=0
  PATH=$work/stubs "$script" "$@" >"$work/out" 2>"$work/err" || code=$?
}
called() { grep -q "^$1" "$work/calls"; }

machine "setup with everything installed is silent and calls nobody"
run setup
is "exit code" "$code" 0
says_nothing err
called apt-get && fail "apt-get was called"

machine "setup as a user prints the one command, and runs nothing"
lacks ruby libre2-dev
run setup
is "exit code" "$code" 1
says err "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends --no-remove ruby libre2-dev'"
is "lines" "$(grep -c . "$work/err")" 2
called apt-get && fail "apt-get was called"

machine "the command that setup prints is one that a shell takes"
lacks ruby
run setup
sed -n 's/^  sudo //p' "$work/err" >"$work/command"
PATH=$work/stubs sh "$work/command"
called "apt-get update" || fail "the command does not update"
called "apt-get install -y --no-install-recommends --no-remove ruby" || fail "the command does not install"

machine "setup as a user without sudo says who has to run it"
lacks ruby
rm "$work/stubs/sudo"
run setup
is "exit code" "$code" 1
says err "as root"
says err "  apt-get update && apt-get install -y --no-install-recommends --no-remove ruby"
grep -q sudo "$work/err" && fail "there is no sudo here"

machine "setup as root installs what is missing, and no more"
as_root
lacks ruby
run setup
is "exit code" "$code" 0
says calls "apt-get update -q"
says calls "apt-get install -y --no-install-recommends --no-remove ruby"

machine "setup tells the end of apt's own words when it fails"
as_root
lacks ruby
stub apt-get <<'STUB'
case $1 in install) echo "E: Unable to locate package ruby" >&2; exit 100 ;; esac
STUB
run setup
is "exit code" "$code" 1
says err "E: Unable to locate package ruby"
says err "  apt-get install -y --no-install-recommends --no-remove ruby"

machine "setup --dev asks for the test tools too"
lacks doctest-dev
run setup
is "exit code without --dev" "$code" 0
run setup --dev
is "exit code with --dev" "$code" 1
says err "doctest-dev"

machine "setup --bench asks for the peers, which nothing else installs"
lacks redis-server
run setup --dev
is "exit code without --bench" "$code" 0
run setup --bench
is "exit code with --bench" "$code" 1
says err "redis-server"

machine "setup on another system than Debian says what is needed, and where it would build"
rm "$work/stubs/apt-get"
run setup
is "exit code" "$code" 1
says err "debian:12"
says err "  ruby g++ cmake"

machine "setup refuses a word that it does not know"
run setup --devel
is "exit code" "$code" 2
says err 'there is no "--devel"'

for script in build check fuzz package setup test; do
  machine "bin/$script --help says what it does, and does nothing"
  run "$script" --help
  is "exit code" "$code" 0
  says_nothing err
  says_nothing calls
  [ -s "$work/out" ] || fail "it says nothing"
  grep -q '^#\|set -eu' "$work/out" && fail "it shows its code"
done

machine "the launcher as a user with packages missing prints the command and builds nothing"
lacks ruby
run tasker version
is "exit code" "$code" 1
says_nothing out
says err "sudo sh -c 'apt-get update"
called cmake && fail "something was built"

machine "the launcher says where the log is when the build fails"
stub cmake <<'STUB'
echo "error: no member named finish"; exit 1
STUB
run tasker version
is "exit code" "$code" 1
says_nothing out
says err "error: no member named finish"
says err "build/release.log"

# Shows what it got; made by the first build, there from then on.
engine() {
  mkdir -p "$work/checkout/build/release"
  cat >"$work/checkout/build/release/tasker" <<'ENGINE'
#!/bin/sh
for word; do printf '<%s>' "$word"; done
exit 7
ENGINE
  chmod +x "$work/checkout/build/release/tasker"
}

machine "the launcher hands over arguments and exit code, and asks nobody once the binary is there"
engine
run tasker run "a file.yaml" -i '{"a": "*"}' ''
is "exit code" "$code" 7
is "arguments" "$(cat "$work/out")" '<run><a file.yaml><-i><{"a": "*"}><>'
says_nothing calls

machine "the launcher works through a link in PATH, and when it is found in PATH itself"
engine
mkdir "$work/elsewhere"
ln -s "$work/checkout/bin/tasker" "$work/elsewhere/tasker"
code=0
PATH=$work/elsewhere:$work/stubs tasker linked >"$work/out" 2>"$work/err" || code=$?
is "through a link" "$code $(cat "$work/out")" "7 <linked>"
code=0
PATH=$work/checkout/bin:$work/stubs tasker found >"$work/out" 2>"$work/err" || code=$?
is "in PATH" "$code $(cat "$work/out")" "7 <found>"

[ "$failures" -eq 0 ] || exit 1
echo "all scripts behave"
