#!/bin/sh
# deb_test.sh BUILD: makes the Debian package of a build, unpacks it somewhere, and runs from there what it holds.
# TASKER_DEB names a package that is made already.
set -eu
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1" >&2
  exit 1
}
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$*"; }; }

deb=${TASKER_DEB:-}
if [ -z "$deb" ]; then
  quietly cpack --config "$build/CPackConfig.cmake" -B "$work/package"
  deb=$(find "$work/package" -maxdepth 1 -name 'tasker_*.deb')
fi
[ -f "$deb" ] || fail "no package was made"

depends=$(dpkg-deb -f "$deb" Depends)
for wanted in "libc6" "libsqlite3-0" "libre2-9" "libyaml-cpp0.7" "ruby (>= 1:3.0)"; do
  case $depends in *"$wanted"*) ;; *) fail "Depends lacks $wanted: $depends" ;; esac
done
case $(dpkg-deb -f "$deb" Maintainer) in *" <"*@*">") ;; *) fail "the maintainer is no name with an address" ;; esac
if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error,warning "$deb" >"$work/lintian" 2>&1 || fail "lintian: $(cat "$work/lintian")"
fi
root=$work/root
quietly dpkg-deb -x "$deb" "$root"
[ -z "$(find "$root" -user root -perm -o+w ! -type l)" ] || fail "files that everybody may write"
for file in usr/bin/tasker usr/share/tasker/ruby_runner/runner.rb usr/share/man/man1/tasker.1.gz \
  usr/share/bash-completion/completions/tasker usr/share/zsh/vendor-completions/_tasker \
  usr/share/fish/vendor_completions.d/tasker.fish usr/share/doc/tasker/changelog.gz \
  usr/share/doc/tasker/examples/diamond/diamond.yaml usr/lib/ruby/vendor_ruby/tasker_core.rb; do
  [ -e "$root/$file" ] || fail "$file is missing"
done
[ ! -e "$root/usr/include" ] || fail "headers belong to the library"
[ ! -e "$root/usr/share/tasker/ruby_runner/test" ] || fail "the runner's tests were packed"

# It must find its own runner, also away from /usr.
cd "$work"
unset TASKER_STORE
library=$("$root/usr/bin/tasker" version -o json | sed 's/.*"ruby_library":"\([^"]*\)".*/\1/')
[ "$(readlink -f "$library")" = "$(readlink -f "$root/usr/share/tasker/ruby_runner/lib")" ] || fail "it uses the runner of $library"
said=$("$root/usr/bin/tasker" run "$root/usr/share/doc/tasker/examples/diamond/diamond.yaml" -i '{"even_number":6}' -o json) ||
  fail "the example ended with $?"
case $said in *'"state":"complete"'*) ;; *) fail "the example said: $said" ;; esac
"$root/usr/bin/tasker" doctor -o json >doctor.json || fail "the doctor said: $(cat doctor.json)"
said=$(ruby -I "$root/usr/lib/ruby/vendor_ruby" -e 'require "tasker_core"; print TaskerCore::VERSION') || fail "the gem does not load"
case $(dpkg-deb -f "$deb" Version) in "$said"*) ;; *) fail "the gem is $said" ;; esac
said=$(PATH="$root/usr/bin:$PATH" "$root/usr/share/doc/tasker/examples/rpc/client.sh" \
  "$root/usr/share/doc/tasker/examples/diamond/diamond.yaml" '{"even_number":6}') || fail "the rpc client ended with $?"
case $said in *complete*) ;; *) fail "the rpc client said: $said" ;; esac
# shellcheck disable=SC2016  # for the inner shell
bash -c '. "$1"; complete -p tasker' _ "$root/usr/share/bash-completion/completions/tasker" >/dev/null || fail "no completion in bash"
LC_ALL=C.UTF-8 MANPATH="$root/usr/share/man" MANPAGER=cat man tasker-run 2>"$work/log" | grep -q 'run-workflow' || fail "no manual for tasker-run"
echo "packed, unpacked and run: $(basename "$deb")"
