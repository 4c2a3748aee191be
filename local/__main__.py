"""`python -m local run` starts Posko; `python -m local with -- COMMAND` runs a command with servers of its own;
`python -m local backup` and `python -m local restore FOLDER` keep its data and bring it back.

Written so that a Python too old for the rest still reads it and can say so.
"""

import sys

USAGE = "Usage: python -m local run | backup | restore FOLDER [--force] | with -- COMMAND [ARGUMENT ...]"


def main(arguments):  # type: ignore[no-untyped-def]
    """Run one command and answer its exit code; what keeps us from starting is one sentence and 2."""
    if sys.version_info < (3, 12):
        print("Posko needs Python 3.12 or newer, and this is %d.%d: install one, or name it with PYTHON=…"
              % sys.version_info[:2], file=sys.stderr)
        return 2
    if sys.platform == "win32":
        print("Posko does not run on Windows by itself: use WSL, or `docker compose up`.", file=sys.stderr)
        return 2
    from local.commands import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))  # type: ignore[no-untyped-call]
