"""Runs the programs that people use; a test is skipped where one is not installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

__all__ = ["fetched", "run_client"]


def run_client(folder: Path, program: str, *arguments: str | Path, status: int | None = 0) -> str:
    """What `program` prints when it runs in `folder` and ends with `status`, None for any."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert status in (None, done.returncode), done.stdout + done.stderr
    return done.stdout


def fetched(folder: Path) -> dict[str, bytes]:
    """Contents of the HDF5 files in `folder`, by their paths in it."""
    found = folder.rglob("*.h5")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
