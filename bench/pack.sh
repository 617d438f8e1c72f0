#!/usr/bin/env bash
# Packs the product for a machine without Java, Maven and network: a jlinked runtime and the class path a sweep needs, as
# pieces that each fit in 56 MiB.
#
#   bench/pack.sh [FOLDER]      FOLDER is .pack/ unless given; it gets part-1/, part-2/ ... and unpack.sh in each
#
# There, copy the parts one after the other and run `bash PART/unpack.sh` for each; the last one leaves /tmp/perihelion,
# which the launcher uses with PERIHELION_HOME=/tmp/perihelion.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
out="${1:-$root/.pack}"
modules=java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.prefs,java.rmi,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs,jdk.httpserver,jdk.security.auth

# What a local sweep never loads: Kubernetes, other platforms' natives, formats and services it does not use.
unused='fabric8|vertx|spark-kubernetes|kubernetes-|zjsonpatch|rocksdb|leveldb|netty-codec-native-quic|netty-codec-classes-quic|netty-tcnative|aarch_64|aarch64|osx|windows|riscv|/orc-|hive-storage|curator|zookeeper|tink|avro|aircompressor|snakeyaml-engine|jersey-|hk2|javassist|univocity|py4j|pickle|netty-all|netty-codec-(http3|dns|socks|marshalling|protobuf)|netty-resolver-dns|okhttp|okio|jakarta.ws|jakarta.inject|aopalliance|commons-math3'

cd "$root"
echo "building" >&2
mvn -B -ntp -q -Dmaven.test.skip=true package -pl cli -am
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/perihelion/lib"
IFS=: read -r -a entries <<<"$(cat cli/target/classpath)"
for jar in cli/target/cli-*.jar "${entries[@]}"; do
  [[ "$jar" =~ $unused ]] || cp "$jar" "$work/perihelion/lib/"
done
cp cli/src/main/scripts/jvm-options "$work/perihelion/lib/"
java_home="$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")"
"$java_home/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --compress=0 \
  --output "$work/perihelion/jre"
du -sm "$work/perihelion/jre" "$work/perihelion/lib" >&2

if [[ -n "${PACK_CHECK:-}" ]]; then
  echo "trying the packed product" >&2
  env -i PATH=/usr/bin:/bin HOME="$work" PERIHELION_HOME="$work/perihelion" PERIHELION_PYTHON="$PACK_CHECK" \
    ./perihelion tune examples/bias_gelu.py::bias_gelu --arg 'x=f16[64,64]' --arg 'bias=f16[64]' --budget 2 \
    --store "$work/store" >&2
fi

echo "compressing" >&2
rm -rf "$out"/part-* && mkdir -p "$out"
tar -C "$work" -cf - perihelion | xz -T2 -6 >"$work/pack.tar.xz"
sum="$(sha256sum "$work/pack.tar.xz" | cut -d' ' -f1)"
split -b 56m -d -a 1 "$work/pack.tar.xz" "$work/piece-"
number=0
total="$(find "$work" -maxdepth 1 -name 'piece-*' | wc -l)"
for piece in "$work"/piece-*; do
  number=$((number + 1))
  mkdir -p "$out/part-$number"
  mv "$piece" "$out/part-$number/piece-$number"
  cat >"$out/part-$number/unpack.sh" <<UNPACK
set -e
mkdir -p /tmp/perihelion-pieces
cp "\$(dirname "\$0")/piece-$number" /tmp/perihelion-pieces/
cd /tmp/perihelion-pieces
if [ "\$(ls | wc -l)" = "$total" ]; then
  cat piece-* >../pack.tar.xz
  echo "$sum  ../pack.tar.xz" | sha256sum -c -
  rm -rf /tmp/perihelion && tar -C /tmp -xJf ../pack.tar.xz && rm ../pack.tar.xz
  /tmp/perihelion/jre/bin/java -version
fi
UNPACK
done
du -sh "$out"/part-* >&2
