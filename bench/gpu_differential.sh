#!/usr/bin/env bash
# Runs generated kernels against their references on the GPU here. Before, on a machine with Java:
#
#   bench/differential.py generate --kernels tests/kernels bench/kernels --output .bench/differential --configurations 3
#
# then here, with that folder carried along:
#
#   bench/gpu_differential.sh REPORT.jsonl [FOLDER] [OPTIONS OF differential.py run]
#
#   PERIHELION_PYTHON    Python with torch and triton (default python3)
#   PERIHELION_SECONDS   limit for the whole run (default 560); cases left out then are in the report as not_run
#
# One process for each core shares the GPU. The last lines are the summary, which REPORT.jsonl.txt keeps too.
set -uo pipefail

report="$1"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
index="${2:-$root/.bench/differential}"
python="${PERIHELION_PYTHON:-python3}"
limit="${PERIHELION_SECONDS:-560}"
mkdir -p "$(dirname "$report")"
if [[ ! -f "$index/index.json" ]]; then
  echo "There is no $index/index.json; generate it first and carry the folder." >&2
  exit 2
fi
"$python" -c 'import torch, triton
print(torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU", "torch", torch.__version__, "triton", triton.__version__)'
"$python" -u "$root/bench/differential.py" run --index "$index" --device "${PERIHELION_DEVICE:-cuda}" --report "$report" \
  --limit "$((limit - 10))" --compile-limit 40 --run-limit 30 "${@:3}" 2>&1 | tee "$report.txt"
