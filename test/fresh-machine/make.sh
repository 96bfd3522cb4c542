#!/bin/bash
# make.sh FOLDER: a minimal Debian of this machine's release in FOLDER, with packages.txt and this machine's Node.js.
# Packages, certificates and npm's settings come the way they come here; nothing else is taken over.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
machine=$1

# The first file that says where this machine's packages come from.
apt_sources() {
  local file
  for file in /etc/apt/sources.list.d/{debian,ubuntu}.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.{sources,list}; do
    [ ! -s "$file" ] || { echo "$file" && return; }
  done
  echo "no list of Debian's or Ubuntu's packages in /etc/apt" >&2
  return 1
}

install_debian() {
  local sources options=() file
  sources=$(apt_sources)
  for file in $(grep -lsE '^Acquire::(https?|Check|Retries)' /etc/apt/apt.conf /etc/apt/apt.conf.d/*); do
    options+=("--aptopt=$file") # a proxy, a snapshot's dates
  done
  mmdebstrap --quiet --variant=minbase --include="$(grep -v '^#' "$here/packages.txt" | paste -sd,)" \
    "${options[@]}" "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$machine" "$sources"
  echo "127.0.0.1 localhost" >"$machine/etc/hosts"
  cp /etc/resolv.conf "$machine/etc/resolv.conf"
  cp -L /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
}

# The program, npm, the headers that node-gyp wants, and npm's settings.
copy_node() {
  local prefix part
  prefix=$(dirname "$(dirname "$(realpath "$(command -v node)")")")
  for part in bin/node lib/node_modules/npm include/node etc/npmrc; do
    [ -e "$prefix/$part" ] || continue
    mkdir -p "$(dirname "$machine$prefix/$part")"
    cp -a "$prefix/$part" "$machine$prefix/$part"
  done
  for part in node npm npx; do
    [ "$prefix/bin/$part" = "/usr/bin/$part" ] || ln -s "$prefix/bin/$part" "$machine/usr/bin/$part"
  done
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$machine$prefix/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$machine$prefix/bin/npx"
  [ ! -f ~/.npmrc ] || cp ~/.npmrc "$machine/root/.npmrc"
}

mkdir -p "$machine"
chmod 755 "$machine" # apt reads there as its own user
install_debian
copy_node
touch "$machine/etc/fresh-machine" # says that it was made to its end
