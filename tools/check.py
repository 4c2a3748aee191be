"""`make check`: everything that can be told without running Posko, two at a time; only what failed is shown.

python -m tools.check            all of it
python -m tools.check types …    only these
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PY = sys.executable
IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
CHECKS: dict[str, list[str]] = {
    "types": [PY, "-m", "mypy"],
    "templates": [PY, "-m", "djlint", "templates", "--check"],
    "template lint": [PY, "-m", "djlint", "templates", "--lint"],
    "lint": [PY, "-m", "ruff", "check", "-q", "."],
    "format": [PY, "-m", "ruff", "format", "-q", "--check", "."],
    "imports": [PY, "-c", IMPORTS],
    "migrations": [PY, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": [PY, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "translations": [PY, "-m", "tools.translations", "check"],
}
# As a production server would be told; the database is the one that `make check` brings, for a check asks its version.
PRODUCTION = {
    "POSKO_MODE": "production",
    "POSKO_BASE_URL": "https://posko.example",
    "POSKO_HOSTS": "posko.example",
    "POSKO_SECRET_KEY": "only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "POSKO_FIELD_KEYS": "b25seS1mb3ItdGhpcy1jaGVjay1hLWZlcm5ldC1rZXk=",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def run(name: str) -> tuple[int, str, float]:
    """One check's exit code, what it printed, and the seconds it took."""
    extra = PRODUCTION if name == "deployment" else {"POSKO_MODE": "test"}
    started = time.monotonic()
    answer = subprocess.run(
        CHECKS[name], cwd=PROJECT, env={**os.environ, **extra}, capture_output=True, text=True, check=False
    )
    return answer.returncode, answer.stdout + answer.stderr, time.monotonic() - started


def main(asked: list[str]) -> int:
    """Run the checks asked for; 1 when any failed."""
    if unknown := [name for name in asked if name not in CHECKS]:
        print(f"There is no check named {unknown[0]!r}; there are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    failed: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        running = {pool.submit(run, name): name for name in asked or CHECKS}
        for done in as_completed(running):
            name, (code, output, seconds) = running[done], done.result()
            print(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.1f} s)", flush=True)
            if code or name == "translations":
                print("".join(f"       {line}\n" for line in output.splitlines()), end="", flush=True)
            if code:
                failed.append(name)
    if failed:
        print(f"{len(failed)} of {len(running)} checks failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
