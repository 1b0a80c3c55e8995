"""Dask schedulers for tests of what happens when one dies."""

import subprocess
import sys
from contextlib import contextmanager

import pytest


@contextmanager
def distributed_scheduler():
    """A scheduler without workers, in a process of its own."""
    pytest.importorskip("distributed")
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", "0"], stderr=subprocess.PIPE, text=True
    ) as scheduler:
        try:
            line = next(line for line in scheduler.stderr if "Scheduler at:" in line)
            yield line.split()[-1], scheduler
        finally:
            scheduler.kill()
