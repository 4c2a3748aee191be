#!/bin/sh
# Print the path of a Python 3.12 or newer that can make an environment; one sentence and 2 where there is none.
#
# Each candidate is run, never judged by its name: a pyenv shim is on the PATH and fails when its version is not
# selected, and Debian's python3 comes without what makes environments.
set -u

can_make='import sys, venv
if sys.version_info < (3, 12): sys.exit(1)
if sys.argv[1] == "no": import ensurepip
print(getattr(sys, "_base_executable", None) or sys.executable)'
command -v uv >/dev/null 2>&1 && has_uv=yes || has_uv=no

try() {
    found=$("$1" -c "$can_make" "$has_uv" 2>/dev/null) && [ -n "$found" ] && echo "$found" && exit 0
}

if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON"
    echo "PYTHON=$PYTHON is no Python 3.12 or newer that can make an environment: name another one." >&2
    exit 2
fi
for name in python3.14 python3.13 python3.12 python3 python; do try "$name"; done
if [ $has_uv = yes ]; then
    by_uv=$(UV_PYTHON_DOWNLOADS=never uv python find --no-project '>=3.12' 2>/dev/null) && try "$by_uv"
fi
for version in 3.14 3.13 3.12; do
    for kept in "${PYENV_ROOT:-$HOME/.pyenv}" "$HOME/.pyenv"; do
        for path in "$kept/versions/$version"*/bin/python; do try "$path"; done
    done
done
echo "Posko needs Python 3.12 or newer with its venv module: install one (Debian: apt install python3-venv), or name it with PYTHON=/path/to/python." >&2
exit 2
