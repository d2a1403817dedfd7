#!/usr/bin/env bash
# Makes or completes the virtual environment in $1 from the locked versions: by uv where it is installed,
# otherwise with venv and pip. PYTHON names the interpreter; without it the first one from 3.11 up is taken.
set -euo pipefail

venv=${1:?usage: make_venv.sh FOLDER}

suitable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        # Version-manager shims exist for versions that are not active; only one that answers counts.
        if suitable "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    echo "Python 3.11 or newer is needed and was not found. Install it, or name it: make setup PYTHON=/path/to/python3" >&2
    exit 1
}

python=$(find_python)
if [[ -x $venv/bin/python ]] && ! suitable "$venv/bin/python"; then
    rm -rf "$venv"
fi
if command -v uv >/dev/null 2>&1; then
    echo "Setting up $venv with uv ($("$python" -V))"
    UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=$venv uv sync --quiet --frozen --python "$python"
else
    echo "Setting up $venv with pip ($("$python" -V)); this takes a minute or two"
    if [[ ! -x $venv/bin/pip ]] && ! "$python" -m venv --clear "$venv"; then
        echo "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
fi
