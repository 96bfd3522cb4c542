#!/bin/bash
# npm run test:kernel: the addon and the command on real Linux kernels; see docs/testing.md.
# Builds the kernels once into a cache folder outside the tree. Arguments: vehicles to run (uml, qemu), both without.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
cache=${BOOTLACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bootlace}/kernel
bundles=$root/.cache/kernel # inside the package, so that the suite finds the addon

fail() {
  echo "test:kernel cannot run here: $1" >&2
  exit 1
}

install_packages() {
  [ "$(uname -sm)" = "Linux x86_64" ] || fail "it needs Linux on x86-64; this is $(uname -sm)."
  command -v apt-get >/dev/null || fail "it builds its kernels from Debian's packages, and there is no apt-get."
  local missing
  missing=$(grep -v '^#' "$here/packages.txt" | while read -r name; do
    dpkg-query -W -f='${Status}\n' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$name"
  done)
  [ -z "$missing" ] && return
  [ "$(id -u)" = 0 ] || fail "packages are missing. Get them with: sudo apt-get install --no-install-recommends $missing"
  echo "installing $missing"
  # shellcheck disable=SC2086
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y $missing; } >/dev/null ||
    fail "apt-get could not install $missing"
}

# build_once NAME SCRIPT SOURCES...: prints the folder that SCRIPT filled for exactly these sources.
build_once() {
  local name=$1 script=$2 key folder
  shift 2
  key=$(cat "$@" | sha256sum | cut -c1-16)
  folder=$cache/$name-$key
  if [ ! -d "$folder" ]; then
    echo "building $name into $folder (once; some minutes)" >&2
    mkdir -p "$cache"
    rm -rf "$folder.part"
    # The build runs in the background of the shell's view: its log is shown when it fails.
    sh "$script" "$folder.part" >"$folder.log" 2>&1 || {
      tail -30 "$folder.log" >&2
      fail "$name could not be built; whole log: $folder.log"
    }
    mv "$folder.part" "$folder"
  fi
  echo "$folder"
}

build_package() {
  [ -d "$root/node_modules" ] || fail "run npm ci first."
  cd "$root"
  compgen -G 'build/Release/*.node' >/dev/null || npm run --silent build:native >/dev/null
  node scripts/build-js.mjs
  node "$here/bundle.mjs" "$bundles"
}

# run_vehicle NAME KERNELDIR
run_vehicle() {
  local results
  results=$(mktemp -d "${TMPDIR:-/tmp}/bootlace-results.XXXXXX")
  local status=0
  echo "== $1"
  "$here/$1/run.sh" "$2" "$bundles/$1.mjs" "$results" 2>&1 | sed 's/\r$//' || status=$?
  if [ -f "$results/results.txt" ]; then cat "$results/results.txt" >>"$summary"; fi
  rm -rf "$results"
  [ "$status" = 0 ] || broken="$broken $1"
}

started=$SECONDS
vehicles=("$@")
[ $# -gt 0 ] || vehicles=(uml qemu)
install_packages
build_package
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
broken=""
for vehicle in "${vehicles[@]}"; do
  case $vehicle in
    uml) folder=$(build_once uml "$here/uml/build.sh" "$here/uml/build.sh" "$here/uml/rig.config" "$here"/kmod/*) ;;
    qemu) folder=$(build_once qemu "$here/qemu/build.sh" "$here/qemu/build.sh" "$here/qemu/init.sh") ;;
    *) fail "there is no vehicle $vehicle, only uml and qemu." ;;
  esac
  run_vehicle "$vehicle" "$folder"
done
passed=$(grep -c '^ok ' "$summary" || true)
failed=$(grep -c '^not ok ' "$summary" || true)
[ "$failed" = 0 ] || grep '^not ok ' "$summary"
[ -z "$broken" ] || echo "did not end well:$broken"
echo "$((SECONDS - started)) s"
echo "$passed passed, $failed failed"
[ -z "$broken" ] && [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
