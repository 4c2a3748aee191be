"""The commands of `python -m local`."""

import sys
from collections.abc import Sequence

from local.errors import CannotStart

USAGE = "Usage: python -m local run | backup | restore FOLDER [--force] | with -- COMMAND [ARGUMENT ...]"


def run(arguments: Sequence[str]) -> int:
    """Carry out one command; its exit code."""
    try:
        match list(arguments):
            case ["run"]:
                from local.run import run_posko

                return run_posko()
            case ["backup", *options]:
                from local.backup import back_up

                return back_up(options)
            case ["restore", *options] if options:
                from local.backup import restore

                return restore(options)
            case ["with", "--", *command] | ["with", *command] if command:
                from local.test import run_with_servers

                return run_with_servers(command)
            case _:
                print(USAGE, file=sys.stderr)
                return 2
    except CannotStart as problem:
        print(problem.message, file=sys.stderr)
        return 2
    except ModuleNotFoundError as missing:
        print(f"The Python package {missing.name} is missing: run `make run`, which installs it.", file=sys.stderr)
        return 2
