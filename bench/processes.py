"""Processor seconds of other processes, where the system tells of them (Linux)."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def of_process(pid: int) -> float:
    """Processor seconds that the process used so far, with its ended children; 0 where the system does not tell."""
    return sum(int(value) for value in _stat(pid)[11:15]) / TICKS


def of_family(pid: int) -> float:
    """The same with its living children, such as a Postgres with its backends."""
    mine = [int(entry.name) for entry in PROC.glob("[0-9]*") if _stat(int(entry.name))[1:2] == [str(pid)]]
    return of_process(pid) + sum(of_process(child) for child in mine)


def postgres() -> float:
    """Processor seconds of the benchmark's Postgres."""
    return of_family(int(os.environ["BENCH_POSTGRES"]))


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
