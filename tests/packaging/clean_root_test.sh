#!/bin/sh
# clean_root_test.sh DEB [ROOT]: installs the package with apt into a minimal Debian 12 that debootstrap makes, runs an example,
# the doctor and the manual there as an ordinary user, removes the package again and looks for what it left. Needs root,
# debootstrap and a Debian mirror (TASKER_MIRROR); takes a minute or two, so it is run by hand. ROOT is kept, else it is removed.
set -eu
deb=$(readlink -f "$1")
root=${2:-}
kept=$root
if [ -z "$root" ]; then
  root=$(mktemp -d)
  chmod 755 "$root" # an ordinary user of it has to get in
  trap 'rm -rf --one-file-system "$root"' EXIT
fi
mirror=${TASKER_MIRROR:-http://deb.debian.org/debian}
fail() {
  echo "FAILED: $1" >&2
  exit 1
}

[ -e "$root/bin/sh" ] || debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || { tail "$root.log" >&2; fail "debootstrap"; }
rm -f "$root.log"
# How this machine reaches its mirror holds in there too.
for file in /etc/apt/apt.conf /etc/resolv.conf; do [ ! -e "$file" ] || cp -L "$file" "$root$file"; done
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp "$deb" "$root/tmp/tasker.deb"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
leave() {
  for place in "$root/dev/pts" "$root/proc"; do ! mountpoint -q "$place" || umount "$place"; done
  [ -n "$kept" ] || rm -rf --one-file-system "$root"
}
trap leave EXIT
mount -t proc proc "$root/proc" || true
mount -t devpts devpts "$root/dev/pts" || true # apt keeps its log through it

inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tmp/tasker.deb man-db >/dev/null || fail "apt could not install it"
inside useradd -m ada 2>/dev/null || true
as_ada() { inside su ada -c "cd ~ && $1"; }
as_ada "rm -rf shop .tasker" # of a test before, in a kept ROOT
as_ada "tasker --version"
as_ada "tasker run /usr/share/doc/tasker/examples/order_fulfillment/order_fulfillment.yaml --input @/usr/share/doc/tasker/examples/order_fulfillment/order.json" ||
  fail "the example ended with $?"
as_ada "tasker init shop && tasker run shop/workflow.yaml -i @shop/order.json -o json" | grep -q '"state":"complete"' || fail "a new project does not run"
as_ada "ruby -e 'require \"tasker_core\"; puts TaskerCore::VERSION'" || fail "the gem does not load"
as_ada "tasker doctor" || fail "the doctor found something"
examples=/usr/share/doc/tasker/examples
as_ada "$examples/rpc/client.sh $examples/diamond/diamond.yaml '{\"even_number\":6}'" | grep -q complete || fail "the RPC client does not run"
as_ada "echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}' | tasker mcp" | grep -q run_workflow || fail "no tools over MCP"
as_ada "bash -c '. /usr/share/bash-completion/completions/tasker && complete -p tasker'" >/dev/null || fail "no completion in bash"
as_ada "MANPAGER=cat man tasker-run" >/dev/null 2>&1 || echo "note: minimal roots exclude manual pages (/etc/dpkg/dpkg.cfg.d)"
inside apt-get purge -y -qq tasker >/dev/null
for left in /usr/bin/tasker /usr/share/tasker /usr/share/doc/tasker; do
  [ ! -e "$root$left" ] || fail "$left is left after a purge"
done
echo "installed, run and removed in a clean Debian 12"
