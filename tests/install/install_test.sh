#!/bin/sh
# install_test.sh CMAKE COMPILER BUILD: installs BUILD somewhere else, builds examples/embed with `find_package(tasker)`
# against that, and runs a C++ and a Ruby handler in one workflow, with the installed runner. The installed binary too.
set -eu
cmake=$1 compiler=$2 build=$3
checkout=$(dirname "$(readlink -f "$0")")/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1" >&2
  exit 1
}
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$*"; }; }

quietly "$cmake" --install "$build" --prefix "$work/prefix"
# A copy: the example must not lean on the checkout around it.
cp -r "$checkout/examples/embed" "$work/embed"
quietly "$cmake" -S "$work/embed" -B "$work/embed/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$(command -v ccache || true)"
quietly "$cmake" --build "$work/embed/build"

said=$("$work/embed/build/embed" "$work/embed/quote.yaml") || fail "the example ended with $?"
wanted='prices: {"total_cents":12450}
write_quote: {"text":"3 items for Ada: 124.50 EUR"}'
[ "$said" = "$wanted" ] || fail "the example said: $said"
said=$("$work/embed/build/embed" "$work/embed/quote.yaml" '{"customer":"Ada"}' 2>&1) && fail "an order without items was priced"
case $said in "prices failed: "*items*) ;; *) fail "of an order without items the example said: $said" ;; esac

runner=$(readlink -f "$work/prefix")/share/tasker/ruby_runner/runner.rb
mkdir "$work/which"
# shellcheck disable=SC2016  # Ruby's variable, not the shell's
echo 'class WhichRunner; def process(*) = $PROGRAM_NAME; end' >"$work/which/which.rb"
cat >"$work/which.yaml" <<YAML
name: which
handlers: ["$work/which"]
steps:
  - {name: prices, handler: {callable: Prices}}
  - {name: which, handler: {callable: WhichRunner}}
YAML
"$work/embed/build/embed" "$work/which.yaml" | grep -qxF "which: \"$runner\"" || fail "the example ran another runner than $runner"
"$work/prefix/bin/tasker" handler call WhichRunner -H "$work/which" | grep -qF "\"results\":\"$runner\"" ||
  fail "the installed binary ran another runner than $runner"
grep -rqF "boost/" "$work/prefix/include/tasker" && fail "a public header includes Boost"
[ ! -e "$work/prefix/share/tasker/ruby_runner/test" ] || fail "the runner's tests were installed"
echo "installed, found, linked and run"
