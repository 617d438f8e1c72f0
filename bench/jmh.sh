#!/usr/bin/env bash
# Runs the JMH benchmarks of the compiler and of searching: bench/jmh.sh [JMH OPTIONS], as `-rf json -rff out.json`. A name selects:
# `bench/jmh.sh SearchBenchmark -p name=bandit` takes a minute (all strategies: many); an idle machine measures best.
# One thread, warm; the figures are in docs/benchmarks.md.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root"
mvn -B -ntp -q -pl search-strategies,compiler test-compile dependency:build-classpath -DskipTests -DincludeScope=test \
  -Dmdep.outputFile=target/test-classpath
export PERIHELION_ROOT="$root"
classpath="$root/compiler/target/test-classes:$root/compiler/target/classes:$root/search-strategies/target/classes"
exec java -cp "$classpath:$(<compiler/target/test-classpath)" org.openjdk.jmh.Main -jvmArgs "-Xmx1g -XX:+UseSerialGC" "$@"
