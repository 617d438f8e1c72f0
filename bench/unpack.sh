#!/usr/bin/env bash
# Puts one part of bench/pack.sh aside and, when all are there and whole, unpacks them.
#
#   bash PART/unpack.sh [FOLDER]    FOLDER is /tmp/perihelion unless given; its last name must be `perihelion`
set -euo pipefail

part="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
target="${1:-/tmp/perihelion}"
[[ "$(basename "$target")" == perihelion ]] || { echo "unpack: \`$target\` must end in \`perihelion\`." >&2; exit 2; }
pieces="$target.pieces"
mkdir -p "$pieces"
cp "$part"/* "$pieces/"
cd "$pieces"
missing=0
while read -r _ piece; do
  [[ -f "$piece" ]] || missing=$((missing + 1))
done <SHA256SUMS
if ((missing > 0)); then
  echo "unpack: $missing of $(wc -l <SHA256SUMS) pieces are missing yet"
  exit 0
fi
sha256sum --quiet -c SHA256SUMS
rm -rf "$target"
# Base names only, as SHA256SUMS lists them, so that pieces of an older and larger pack do not get in.
mapfile -t bases < <(awk '{ print $2 }' SHA256SUMS | grep base- | sort)
cat "${bases[@]}" | xz -dc -T0 | tar -C "$(dirname "$target")" -xf -
tar -C "$(dirname "$target")" -xJf own.tar.xz
"$target/jre/bin/java" -version 2>&1 | head -n 1
