#!/usr/bin/env bash
# Installs Lianzhao from this archive without network.
#
#   ./install.sh [FOLDER]        default /opt/lianzhao; PYTHON names the interpreter (3.11)
#
# Installing over an earlier version keeps its environment for a way back: FOLDER/releases/VERSION, with the link
# FOLDER/current at the newest. Data lie elsewhere (DATA_DIR) and are not touched.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:-/opt/lianzhao}
python=${PYTHON:-python3.11}
command -v "$python" >/dev/null || python=python3
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/pyproject.toml" | head -1)

"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || {
    echo "Python 3.11 is needed (Debian 12 has it: apt-get install python3 python3-venv), found: $("$python" -V 2>&1)" >&2
    exit 1
}
machine=$(uname -m)
[[ -d $here/wheels/$machine ]] || { echo "This archive has no packages for $machine (it has: $(ls "$here/wheels"))" >&2; exit 1; }

release=$target/releases/$version
mkdir -p "$target/releases"
rm -rf "$release.incoming"
mkdir "$release.incoming"
cp -a "$here/." "$release.incoming/"
rm -rf "$release.incoming/wheels"
"$python" -m venv "$release.incoming/.venv" || { echo "Missing: python3-venv" >&2; exit 1; }
"$release.incoming/.venv/bin/pip" install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels/$machine" --require-hashes -r "$here/requirements.txt"
"$release.incoming/.venv/bin/python" -m compileall -q "$release.incoming"/{config.py,core,chains,crm,search,webapp,migrations} || true
rm -rf "$release.before"
[[ ! -e $release ]] || mv "$release" "$release.before"
mv "$release.incoming" "$release"
# Scripts in the environment name the folder in which they were made.
find "$release/.venv/bin" -type f -exec sed -i "1s|$release.incoming|$release|" {} +
sed -i "s|$release.incoming|$release|" "$release/.venv/bin/activate"* "$release/.venv/pyvenv.cfg" 2>/dev/null || true
ln -sfn "releases/$version" "$target/current"
echo "Installed $version in $target/current"
echo "Try it:        cd $target/current && DATA_DIR=/var/lib/lianzhao .venv/bin/python -m webapp doctor"
echo "As a service:  cp $target/current/deploy/systemd/* /etc/systemd/system/; see docs/operations.md"
