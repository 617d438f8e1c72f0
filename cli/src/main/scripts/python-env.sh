#!/usr/bin/env bash
# Makes the Python environment of the workers: .venv at the repository's root, from requirements.txt.
# With --notebooks also what the notebooks and the Python tests need. Does nothing when all is there already:
# a stamp in the environment holds the hash of the requirements and is written only after pip has succeeded.
#
#   PERIHELION_VENV   another folder than .venv
#   PIP_*             as pip reads them; PIP_RETRIES and PIP_DEFAULT_TIMEOUT have defaults here, see `install`
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd -P)"
venv="${PERIHELION_VENV:-$root/.venv}"

say() { printf 'perihelion: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# Prints the first Python that is fit. A name on PATH may be a wrapper for a version that is not installed, so each is run.
find_python() {
  local name
  for name in ${PERIHELION_BASE_PYTHON:-python3.12 python3.11 python3 python}; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
      "$name" -c 'import sys; print(sys.executable)'
      return 0
    fi
  done
  fail "Python 3.12 or 3.11 with its venv module is needed and none was found on PATH." \
    "Install one, or set PERIHELION_PYTHON to a Python that has the packages of requirements.txt."
}

# Runs pip on one requirements file. pip asks every configured index for every package, and waits about 8 s for
# one that does not answer at its own 5 retries, under 1 s at 1 retry; so a first try goes with 1, and only when
# that fails does a second one go with pip's own number.
install() {
  local file="$1" log="$venv/pip.log" retries
  for retries in ${PIP_RETRIES:-1 5}; do
    if PIP_RETRIES="$retries" PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-60}" PIP_DISABLE_PIP_VERSION_CHECK=1 \
      "$venv/bin/python" -m pip install --no-input --progress-bar off -r "$file" 2>&1 | tee "$log" | show_progress; then
      return 0
    fi
  done
  say "pip could not install $file:"
  { grep '^ERROR' "$log" || tail -n 15 "$log"; } >&2
  fail "The whole output is in $log."
}

# Reads pip's output and shows the few lines that tell how far it is.
show_progress() {
  local line
  while IFS= read -r line; do
    case "$line" in
      Collecting*) say "  $SECONDS s  collecting ${line#Collecting }" ;;
      "Installing collected packages:"*) say "  $SECONDS s  installing" ;;
    esac
  done
}

stamp_value() { cat "$@" | cksum; }

# Installs one requirements file unless its stamp says that it is there.
provide() {
  local file="$1" stamp="$venv/.perihelion-$2" want
  want="$(stamp_value "$root/requirements.txt" "$file")"
  if [[ -x "$venv/bin/python" && -f "$stamp" && "$(<"$stamp")" == "$want" ]]; then
    return 0
  fi
  rm -f "$stamp"
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    local python
    python="$(find_python)"
    say "${PERIHELION_STEP:-}making the Python environment $venv with $("$python" -V)"
    rm -f "$venv"/.perihelion-*
    "$python" -m venv --clear "$venv" >&2
  fi
  say "installing the packages of ${file#"$root"/} (the first time takes a few minutes)"
  install "$file"
  printf '%s\n' "$want" >"$stamp"
  say "Python packages ready after $SECONDS s"
}

mkdir -p "$root/target"
exec 9>"$root/target/python-env.lock"
if command -v flock >/dev/null && ! flock -n 9; then
  say "waiting for another process that makes the Python environment"
  flock 9
fi
provide "$root/requirements.txt" base
if [[ "${1:-}" == --notebooks ]]; then
  provide "$root/notebooks/requirements.txt" notebooks
fi
