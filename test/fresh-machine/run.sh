#!/bin/bash
# Runs commands on a machine that has nothing: a minimal Debian in a folder with only what README.md asks for, and a clean
# clone of what is committed here. What passes there passes for a new user. Needs root; see docs/testing.md.
#   run.sh                           the commands under "Try it" in README.md
#   run.sh COMMAND...                this command instead
#   run.sh --keep FOLDER [COMMAND..] keeps the machine in FOLDER; where one is already, goes on in it with a fresh clone
set -euo pipefail
here=$(dirname "$(realpath "$0")")
repository=$(realpath "$here/../..")
cache=${BOOTLACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bootlace}

fail() {
  echo "fresh-machine cannot run here: $1" >&2
  exit 1
}

check_host() {
  [ "$(uname -s)" = Linux ] || fail "it makes a Debian machine; this is $(uname -s)."
  [ "$(id -u)" = 0 ] || fail "it needs root for its mounts and its chroot, and this is user $(id -un). Try: sudo -E bash $0"
  command -v unshare >/dev/null || fail "there is no unshare (Debian's package util-linux)."
  command -v mmdebstrap >/dev/null || install_mmdebstrap
}

install_mmdebstrap() {
  command -v apt-get >/dev/null || fail "there is no mmdebstrap, and no apt-get to install it."
  echo "installing mmdebstrap"
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y mmdebstrap; } >/dev/null ||
    fail "there is no mmdebstrap, and apt-get could not install it."
}

# clone_into FOLDER: what is committed, and a word about what is not.
clone_into() {
  local changes
  changes=$(git -C "$repository" status --porcelain)
  [ -z "$changes" ] || printf 'not committed, so not on the machine:\n%s\n' "$changes"
  rm -rf "$1"
  git clone --quiet "$repository" "$1" || fail "git could not clone $repository."
}

# copy_packages FROM TO: what apt has downloaded. Copied and not mounted: apt locks its folder.
copy_packages() {
  find "$1" -maxdepth 1 -name '*.deb' -exec cp --no-clobber --target-directory="$2" {} +
}

keep=
if [ "${1:-}" = --keep ]; then
  [ -n "${2:-}" ] || fail "--keep needs a folder."
  keep=$(realpath -m "$2")
  shift 2
fi
[ $# -gt 0 ] || set -- bash test/fresh-machine/readme.sh

check_host
machine=$keep
if [ -z "$keep" ]; then
  machine=$(mktemp -d "${TMPDIR:-/tmp}/bootlace-machine.XXXXXX")
  trap 'rm -rf --one-file-system "$machine"' EXIT
fi
[ -e "$machine/etc/fresh-machine" ] || "$here/make.sh" "$machine" || fail "the machine could not be made, see above."
clone_into "$machine/srv/bootlace"
mkdir -p "$cache"/{kernel,apt,npm}
copy_packages "$cache/apt" "$machine/var/cache/apt/archives"
status=0
unshare --mount --pid --fork --kill-child bash "$here/enter.sh" "$machine" "$cache" "$@" || status=$?
copy_packages "$machine/var/cache/apt/archives" "$cache/apt"
exit $status
