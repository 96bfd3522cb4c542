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

# folder_of NAME: where the kernel that is built from exactly these sources is kept.
folder_of() {
  local sources
  case $1 in
    uml) sources=("$here/uml/build.sh" "$here/uml/rig.config" "$here"/kmod/*.[ch] "$here/kmod/Kbuild") ;;
    qemu) sources=("$here/qemu/build.sh" "$here/qemu/init.sh") ;;
    *) fail "there is no vehicle $1, only uml and qemu." ;;
  esac
  echo "$cache/$1-$(cat "${sources[@]}" | sha256sum | cut -c1-16)"
}

# The kernels are downloaded by apt-get: its lists must know today's versions.
refresh_lists() {
  local vehicle
  for vehicle in "$@"; do
    [ -d "$(folder_of "$vehicle")" ] && continue
    [ "$(id -u)" != 0 ] || apt-get -qq update || true # without a network the old lists may do
    apt-cache show linux-source-6.1 linux-image-amd64 >/dev/null 2>&1 ||
      fail "apt-get knows no linux-source-6.1: it is in Debian 12; run apt-get update there."
    return
  done
}

# build_once NAME: prints the folder of its kernel, built if need be.
build_once() {
  local name=$1 folder
  folder=$(folder_of "$name")
  mkdir -p "$cache"
  exec 8>"$cache/$name.lock" # others may share the cache; held until the subshell of this call ends
  flock 8
  if [ ! -d "$folder" ]; then
    echo "building $name into $folder (once; some minutes)" >&2
    rm -rf "$folder.part"
    sh "$here/$name/build.sh" "$folder.part" >"$folder.log" 2>&1 || {
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

# run_vehicle NAME: builds its kernel if need be, runs its suite. Leaves NAME.results and NAME.well (all went well) in $work.
run_vehicle() {
  local name=$1 folder
  folder=$(build_once "$name")
  mkdir "$work/$name"
  echo "== $name"
  "$here/$name/run.sh" "$folder" "$bundles/$name.mjs" "$work/$name" 2>&1 | sed 's/\r$//' && touch "$work/$name.well"
  cat "$work/$name/results.txt" >"$work/$name.results" 2>/dev/null
}

started=$SECONDS
vehicles=("$@")
[ $# -gt 0 ] || vehicles=(uml qemu)
install_packages
refresh_lists "${vehicles[@]}"
build_package
work=$(mktemp -d "${TMPDIR:-/tmp}/bootlace-kernel.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Each kernel uses one processor: they run side by side, the first one before our eyes.
for vehicle in "${vehicles[@]:1}"; do (run_vehicle "$vehicle") >"$work/$vehicle.log" 2>&1 & done
(run_vehicle "${vehicles[0]}") || true
wait
for vehicle in "${vehicles[@]:1}"; do cat "$work/$vehicle.log"; done

passed=$(cat "$work"/*.results 2>/dev/null | grep -c '^ok ' || true)
failed=$(cat "$work"/*.results 2>/dev/null | grep -c '^not ok ' || true)
[ "$failed" = 0 ] || grep -h '^not ok ' "$work"/*.results
for vehicle in "${vehicles[@]}"; do
  [ -f "$work/$vehicle.well" ] && continue
  [ "$failed" != 0 ] || failed=1 # a kernel that did not get through its suite is a failure too
  echo "$vehicle did not end well"
done
echo "$((SECONDS - started)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
