"""`python -m bench.one NAME FILE`: one benchmark in this process; its lines go to FILE as JSON."""

import json
import sys
from importlib import import_module
from pathlib import Path

import django


def main(name: str, told: str) -> None:
    """Run it."""
    django.setup()
    lines = import_module(f"bench.{name}").run()
    Path(told).write_text(json.dumps([line.as_dict() for line in lines]))


if __name__ == "__main__":
    main(*sys.argv[1:])
