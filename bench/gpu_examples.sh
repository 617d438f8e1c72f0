#!/usr/bin/env bash
# Tunes the examples on the GPU here with the real command, and times torch in the same run.
#
#   PERIHELION_HOME=/tmp/perihelion PERIHELION_PYTHON=python3 bench/gpu_examples.sh OUT_FOLDER
#
#   PERIHELION_BUDGET   evaluations for each case (default 200)
#   PERIHELION_CASES    which cases, by number (default: all)
#
# Leaves OUT_FOLDER/store.tar (the trials), OUT_FOLDER/summary.json (figures, device, versions, commands) and a log for
# each case. A case that fails costs only itself. The last lines are a table.
set -uo pipefail

out="$1"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
budget="${PERIHELION_BUDGET:-200}"
export PYTHONPATH="$root/gpu-executor/src/main/python"
mkdir -p "$out"
cd "$root"

cases=(
  "examples/softmax.py softmax x=f16[4096,2560]"
  "examples/softmax.py softmax x=bf16[4096,8192]"
  "examples/bias_gelu.py bias_gelu x=bf16[8192,8192] bias=bf16[8192]"
  "examples/matmul.py matmul x=bf16[4096,4096] y=bf16[4096,4096]"
  "examples/matmul.py matmul x=bf16[1024,1024] y=bf16[1024,1024]"
  "examples/matmul.py matmul x=bf16[64,4096] y=bf16[4096,4096]"
)
rows="$out/rows.jsonl"
: >"$rows"
for number in ${PERIHELION_CASES:-$(seq 0 $((${#cases[@]} - 1)))}; do
  read -r -a words <<<"${cases[$number]}"
  arguments=()
  for argument in "${words[@]:2}"; do
    arguments+=(--arg "$argument")
  done
  store="$out/work/store-$number"
  command=(./perihelion tune "${words[0]}::${words[1]}" "${arguments[@]}" --budget "$budget" --seed 0)
  begin=$(date +%s.%N)
  timeout 240 "${command[@]}" --store "$store" >"$out/case-$number.log" 2>&1
  status=$?
  seconds=$(echo "$(date +%s.%N) - $begin" | bc 2>/dev/null || python3 -c "import time,sys; print(time.time() - float(sys.argv[1]))" "$begin")
  ./perihelion results latest --json --store "$store" >"$out/work/results-$number.json" 2>>"$out/case-$number.log"
  python3 bench/arguments.py "${words[@]:2}" >"$out/work/arguments-$number.json"
  timeout 120 "$PERIHELION_PYTHON" bench/torch_baseline.py "${words[0]}" "${words[1]}" "$out/work/arguments-$number.json" \
    >"$out/work/torch-$number.json" 2>>"$out/case-$number.log"
  python3 bench/summarize.py row "$out/work" "$number" "$status" "$seconds" "${command[*]}" >>"$rows"
done
mkdir -p "$out/work/store"
for folder in "$out"/work/store-*; do
  cp -r "$folder/." "$out/work/store/"
done
tar -C "$out/work" -cf "$out/store.tar" store
python3 bench/summarize.py table "$rows" "$out/summary.json"
rm -rf "$out/work"
