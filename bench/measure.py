"""Times ways of doing the same thing in turns, and stores what was measured.

The machines that run this are shared and drift; ways compared in one claim are therefore run
in turn, round after round, and medians and ratios of one run are what counts.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["in_turns", "peak_memory", "store"]

RESULTS = Path(__file__).parent / "results"


def in_turns(ways: Mapping[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Median wall time of each way [s], the ways taken in turn after one warm-up round."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def peak_memory(*command: str) -> tuple[int, float]:
    """Peak resident memory [byte] of the largest process of `command`, and wall time [s]."""
    code = (
        "import resource, subprocess, sys, time; t = time.perf_counter();"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,"
        " time.perf_counter() - t)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *command], check=True, capture_output=True, text=True
    )
    memory, seconds = run.stdout.split()
    return int(memory), float(seconds)


def store(name: str, command: str, figures: list[dict[str, str | float]]) -> None:
    """Write `figures` to ``bench/results/<name>.json`` and print them.

    Parameters
    ----------
    name
        Name of the benchmark.
    command
        The command that made the figures.
    figures
        Rows with the keys ``what``, ``ours``, ``unit``, ``goal``, and peers as further keys.
    """
    RESULTS.mkdir(exist_ok=True)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    text = json.dumps({"command": command, "machine": machine, "figures": figures}, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)
