#!/bin/sh
# manual_test.sh TASKER: the manual's pages as man and mandoc see them, without a warning. Where one of them is not installed, the
# other one does.
set -eu
tasker=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/man1"
"$tasker" __man "$work/man1" 2026-01-31

fail() {
  echo "FAILED: $1" >&2
  exit 1
}
cd "$work"
for page in man1/*.1; do
  if command -v man >/dev/null; then
    said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null)
    [ -z "$said" ] || fail "man on $page: $said"
  fi
  if command -v mandoc >/dev/null && ! grep -q "^\.so" "$page"; then
    said=$(mandoc -T lint -W warning "$page" 2>&1) || fail "mandoc on $page: $said"
  fi
done
if command -v man >/dev/null; then
  LC_ALL=C.UTF-8 MANWIDTH=80 man -P cat -l man1/tasker-run-workflow.1 >shown
  grep -qF "tasker run order.yaml -i '{\"order_id\": 7}'" shown || fail "an example can't be pasted from the page"
fi
echo "no warning on $(find man1 -name '*.1' | wc -l) pages"
