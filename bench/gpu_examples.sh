#!/usr/bin/env bash
# Tunes the examples on the GPU here with the real command, and times torch in the same run.
#
#   PERIHELION_HOME=/tmp/perihelion PERIHELION_PYTHON=python3 bench/gpu_examples.sh OUT_FOLDER
#
#   PERIHELION_BUDGET    evaluations for each case (default 200)
#   PERIHELION_CASES     which cases, by number from 0 (default: all)
#   PERIHELION_SECONDS   limit for the whole run (default 540); what does not fit is left out, and the summary says so
#   PERIHELION_MODES     torch.compile's modes, with commas (default: default)
#   PERIHELION_COMMIT    what to call the sources where git is not there
#
# Leaves in OUT_FOLDER store.tar (the trials), summary.json (figures, device, versions, commands) and a log for each case.
# A case that fails costs only itself; a search that runs out of time keeps what it has found. The last lines are a table.
# bench/collect.py takes both files over into the repository.
set -uo pipefail

out="$(mkdir -p "$1" && cd "$1" && pwd -P)"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
budget="${PERIHELION_BUDGET:-200}"
python="${PERIHELION_PYTHON:-python3}"
deadline=$((SECONDS + ${PERIHELION_SECONDS:-540}))
export PYTHONPATH="$root/gpu-executor/src/main/python" PERIHELION_PYTHON="$python"
cd "$root"
PERIHELION_COMMIT="${PERIHELION_COMMIT:-$(git rev-parse --short HEAD 2>/dev/null)}"
export PERIHELION_COMMIT

cases=(
  "examples/softmax.py softmax x=f16[4096,2560]"
  "examples/softmax.py softmax x=bf16[4096,8192]"
  "examples/bias_gelu.py bias_gelu x=bf16[8192,8192] bias=bf16[8192]"
  "examples/matmul.py matmul x=bf16[4096,4096] y=bf16[4096,4096]"
  "examples/matmul.py matmul x=bf16[1024,1024] y=bf16[1024,1024]"
  "examples/matmul.py matmul x=bf16[64,4096] y=bf16[4096,4096]"
)

# Runs a command for at most so many seconds, and no longer than the whole run may take; 124 where that ended it. SIGINT
# first: a search then stores what is finished.
within() {
  local seconds=$(($1 < deadline - SECONDS ? $1 : deadline - SECONDS))
  ((seconds >= 10)) || return 124
  timeout -s INT -k 25 "$seconds" "${@:2}"
}

work="$out/work"
rows="$out/rows.jsonl"
rm -rf "$work" "$rows"
mkdir -p "$work/store"
for number in ${PERIHELION_CASES:-${!cases[@]}}; do
  read -r -a words <<<"${cases[$number]}"
  arguments=()
  for argument in "${words[@]:2}"; do
    arguments+=(--arg "$argument")
  done
  store="$work/store-$number"
  log="$out/case-$number.log"
  command=(./perihelion tune "${words[0]}::${words[1]}" "${arguments[@]}" --budget "$budget" --seed 0)
  begin=$EPOCHREALTIME
  within 240 "${command[@]}" --store "$store" >"$log" 2>&1
  status=$?
  seconds="$("$python" -c 'import sys; print(float(sys.argv[2]) - float(sys.argv[1]))' "$begin" "$EPOCHREALTIME")"
  # These two get their time even at the end: without them the case's trials would tell little.
  timeout 30 ./perihelion results latest --json --store "$store" >"$work/results-$number.json" 2>>"$log"
  if "$python" bench/arguments.py "${words[@]:2}" >"$work/arguments-$number.json" 2>>"$log"; then
    within 150 "$python" bench/torch_baseline.py "${words[0]}" "${words[1]}" "$work/arguments-$number.json" \
      --limit 60 --modes "${PERIHELION_MODES:-default}" >"$work/torch-$number.json" 2>>"$log"
  fi
  "$python" bench/summarize.py row "$work" "$number" "$status" "$seconds" "${command[*]}" >>"$rows"
  [[ ! -d "$store" ]] || cp -r "$store/." "$work/store/"
done
tar -C "$work" --exclude='.*.crc' -cf "$out/store.tar" store
"$python" bench/summarize.py table "$rows" "$out/summary.json"
rm -rf "$work" "$rows"
