"""Asks pomme, which lives in a Python of its own, to do what we do."""

import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType

__all__ = ["Pomme"]

SCRIPT = Path(__file__).with_name("peer_pomme.py")


class Pomme:
    """pomme with the reference wind.

    Parameters
    ----------
    python : Path
        A Python with pomme: ``pip install torch==2.13.0 pomme==0.2.1``.
    lamda : Path
        CO from LAMDA.
    cells, channels : int
    """

    def __init__(self, python: Path, lamda: Path, cells: int, channels: int) -> None:
        command = [str(word) for word in (python, "-P", SCRIPT, lamda, cells, channels)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.megabytes = 0.0

    def __enter__(self) -> "Pomme":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate()

    def do(self, what: str) -> float:
        """Time that ``forward`` or ``step`` took [s]."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("answer "):
                _, seconds, kilobytes = line.split()
                self.megabytes = 1.024e-3 * float(kilobytes)
                return float(seconds)
        raise RuntimeError("pomme gave no answer; its own words are above")
