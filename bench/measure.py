"""Times ways of doing the same thing in turns, and stores what was measured.

The machines that run this are shared and drift; ways compared in one claim are therefore run
in turn, round after round, and medians and ratios of one run are what counts.
"""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

__all__ = ["Peak", "in_turns", "own_memory", "peak_memory", "store"]

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


class Peak(NamedTuple):
    """Peak resident memory of a command and of its largest worker [byte]; wall time [s]."""

    main: int
    worker: int
    seconds: float


def peak_memory(*command: str) -> Peak:
    """Run `command` and watch it and the processes below it."""
    start = time.perf_counter()
    peaks: dict[int, int] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            # The kernel keeps the highest value: a look now and then misses little.
            for pid in _below(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), _highest(pid))
            time.sleep(0.02)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    main = peaks.pop(process.pid, 0)
    return Peak(main, max(peaks.values(), default=0), time.perf_counter() - start)


def own_memory() -> float:
    """Peak resident memory of this process [MB]."""
    return 1e-6 * _highest(os.getpid())


def _below(pid: int) -> list[int]:
    """The process `pid` and all that descend from it."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            children = Path(f"/proc/{each}/task/{each}/children").read_text()
            found.extend(map(int, children.split()))
    return found


def _highest(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0


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
