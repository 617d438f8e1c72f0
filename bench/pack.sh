#!/usr/bin/env bash
# Packs the product for a machine without Java, Maven and network: a jlinked runtime and the class path that commands on
# one machine need, in parts that are small enough to travel one by one.
#
#   bench/pack.sh [FOLDER]          FOLDER is .pack/ unless given; it gets part-1/, part-2/ ...
#
#   PERIHELION_PYTHON   a Python with the workers' packages: the packed product is tried with it before it is packed
#   PACK_MIB            largest part, MiB (default 58)
#
# There: `bash part-1/unpack.sh`, then the others in any order; the last leaves /tmp/perihelion, which the launcher uses
# with PERIHELION_HOME=/tmp/perihelion. The runtime and the libraries, which change seldom, are compressed once and kept
# in FOLDER/cache; the product's own jars are a small archive of their own in the last part. All commands run there but
# `k8s`, whose libraries stay behind.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
out="$(mkdir -p "${1:-$root/.pack}" && cd "${1:-$root/.pack}" && pwd -P)"
python="${PERIHELION_PYTHON:-${PACK_CHECK:-}}"

# Found by leaving modules out until `tune`, `sweep`, `results` and `export` failed: Log4j needs java.beans of java.desktop,
# Hadoop the login modules. java.desktop's libraries for screens and sound are dropped below.
modules=java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.scripting,java.security.jgss,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.security.auth,jdk.unsupported,jdk.zipfs

# Jars of which these commands load no class (seen with -Xlog:class+load), where leaving them out saves much; small ones stay. Samples come from workers through arrow-vector.
unused='/(kubernetes-|zjsonpatch|vertx-|spark-kubernetes|jjwt-|snakeyaml-engine)'
unused+='|/(spark-catalyst|spark-sql|spark-sketch|spark-variant|icu4j|orc-|hive-storage|avro|aircompressor|univocity|janino|scala-reflect|scala-parallel)'
unused+='|/(rocksdbjni|leveldbjni|curator-|zookeeper-|tink|commons-math3|protobuf-java|datasketches-|jersey-|hk2-|javassist|py4j|pickle)'
unused+='|/netty-(codec-(native-quic|classes-quic|http3|dns|socks)|tcnative-boringssl|resolver-dns)|(aarch_64|riscv64|osx-x86_64|windows-x86_64)\.jar$'

say() { printf 'pack: %s\n' "$*" >&2; }

cd "$root"
say "building"
mvn -B -ntp -q -Dmaven.test.skip=true package -pl cli -am
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
home="$work/home/perihelion"
mkdir -p "$home/lib" "$work/own/perihelion/lib" "$out/cache"

libraries=()
IFS=: read -r -a entries <<<"$(<cli/target/classpath)"
for jar in cli/target/cli-*.jar "${entries[@]}"; do
  if [[ "$jar" == "$root"/* || "$jar" == cli/* ]]; then
    cp "$jar" "$work/own/perihelion/lib/"
  elif ! [[ "$jar" =~ $unused ]]; then
    libraries+=("$jar")
  fi
done
cp cli/src/main/scripts/jvm-options "$work/own/perihelion/lib/"

java_home="$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")"
key="$({ echo "$modules" && cat "$root/bench/store_jars.py" "$java_home/release" && sha256sum "${libraries[@]}"; } | sha256sum | cut -c1-16)"
base="$out/cache/base-$key.tar.xz"
if [[ -f "$base" ]]; then
  say "the runtime and the libraries are those of the last time"
  [[ -z "$python" ]] || tar -C "$work/home" -xJf "$base"
else
  # Uncompressed everywhere: xz over all of it finds far more than zip in each file.
  "$java_home/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-man-pages --no-header-files \
    --compress=0 --output "$home/jre"
  rm -f "$home"/jre/lib/lib{awt,awt_xawt,mlib_image,fontmanager,splashscreen,javajpeg,lcms,jsound,jawt,freetype}.so
  # Where the runtime's zip library is the system's, it need not be there.
  cp -L "$(ldd "$home/jre/bin/java" | awk '$1 == "libz.so.1" { print $3 }')" "$home/jre/lib/" 2>/dev/null || true
  python3 "$root/bench/store_jars.py" "$home/lib" "${libraries[@]}"
  say "$(du -sm "$home/jre" | cut -f1) MiB of runtime and $(du -sm "$home/lib" | cut -f1) MiB of libraries to compress; takes minutes"
  rm -f "$out"/cache/base-*
  tar -C "$work/home" --sort=name -cf - perihelion | xz -T2 -9 >"$base.new"
  mv "$base.new" "$base"
fi

if [[ -n "$python" ]]; then
  say "trying the packed product"
  cp "$work"/own/perihelion/lib/* "$home/lib/"
  env -i PATH=/usr/bin:/bin HOME="$work" PERIHELION_HOME="$home" PERIHELION_PYTHON="$python" \
    ./perihelion tune examples/bias_gelu.py::bias_gelu --arg 'x=f16[64,64]' --arg 'bias=f16[64]' --budget 2 \
    --store "$work/store" >&2
  env -i PATH=/usr/bin:/bin HOME="$work" PERIHELION_HOME="$home" PERIHELION_PYTHON="$python" \
    ./perihelion results latest --json --store "$work/store" >/dev/null
else
  say "not tried, as PERIHELION_PYTHON names no Python"
fi

rm -rf "$out"/part-*
mkdir "$work/pieces"
split -b "${PACK_MIB:-58}m" -d -a 2 "$base" "$work/pieces/base-"
tar -C "$work/own" --sort=name -cJf "$work/pieces/own.tar.xz" perihelion
(cd "$work/pieces" && sha256sum ./*) >"$work/SHA256SUMS"
number=0
for piece in "$work"/pieces/base-*; do
  number=$((number + 1))
  mkdir "$out/part-$number"
  cp "$piece" "$work/SHA256SUMS" "$root/bench/unpack.sh" "$out/part-$number/"
done
# With the base in place this alone brings a new build over.
cp "$work/pieces/own.tar.xz" "$out/part-$number/"
du -sh "$out"/part-* >&2
