"""`python -m bench [name …]`: run the benchmarks, print their table, answer 1 when a budget is missed.

Each runs in a process and a database of its own. From outside: BENCH_PAIRS (7) repetitions of what is compared,
BENCH_THREADS (16) on either side of it, BENCH_ROUNDS (200) kills.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.servers import servers
from bench.table import Line, draw
from local.test import PROJECT

NAMES = ("publishing", "due", "stop", "fair", "kills", "page", "calendar")


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all of them; the exit code."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"There is no benchmark {unknown[0]}: choose from {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    lines: list[Line] = []
    broken = False
    with servers() as running, tempfile.TemporaryDirectory() as folder:
        for name in names or NAMES:
            print(f"{name} …", flush=True)
            told = Path(folder) / name
            command = [sys.executable, "-m", "bench.one", name, str(told)]
            broken |= subprocess.run(command, env=running.environment(name), cwd=PROJECT, check=False).returncode != 0
            lines += [Line(**line) for line in json.loads(told.read_text())] if told.exists() else []
    print(f"\n{draw(lines)}\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end")
    return 1 if broken or any(line.is_met is False for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
