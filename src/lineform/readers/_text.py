"""The lines of a molecular data file, read in order, with their numbers for error messages."""

import logging
import math
import re
from pathlib import Path

from lineform.errors import ReadError

__all__ = ["Text"]

_log = logging.getLogger(__name__)

_LARGEST_COUNT = 1_000_000

_HEADING = re.compile(
    r"(molecul\w+ weight|number of|level *\+|trans\w* *\+|coll\w* (between|temp))", re.IGNORECASE
)
"""How a heading reads that has lost its exclamation mark."""

_EXPONENT = re.compile(r"(?<=[\d.])[dD](?=[+-]?\d)|(?<=[\d.])(?=[+-]\d)")
"""Where Fortran writes 1.0D-10 or, with an exponent of three digits, 0.1-102."""


class Text:
    """The lines of a file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ReadError
        If the file cannot be opened. So do all methods, if the lines are not as they should be.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            raise ReadError(
                "LAMDA file",
                expected="a file that can be read",
                seen=str(error),
                way_out="correct the path, or leave --lamda out: CO, HCN and SiO are built in as"
                " rotors",
                where=str(path),
            ) from error
        self._path = path
        self._number = 0

    def line(self) -> str:
        """The next line."""
        self._number += 1
        if self._number > len(self._lines):
            raise self.error(
                "more lines", "the end of the file", "the file is cut off: download it again"
            )
        return self._lines[self._number - 1].strip()

    def ended(self) -> bool:
        """Whether nothing but blank lines is left."""
        return not any(line.strip() for line in self._lines[self._number :])

    def heading(self) -> None:
        """Pass a heading."""
        line = self.line()
        if line.startswith("!"):
            return
        if not _HEADING.match(line):
            raise self.error("a heading that begins with '!'", repr(line[:60]))
        _log.warning("%s: heading without '!': %s", self._where(), line[:60])

    def number(self, kind: type[float]) -> float:
        """The number at the beginning of the next line."""
        return self.row((kind,))[0][0]

    def count(self, least: int = 1) -> int:
        """The number below the next heading."""
        self.heading()
        count = int(self.number(int))
        if not least <= count < _LARGEST_COUNT:
            expected = "a positive number of rows" if least else "a number of rows"
            raise self.error(expected, str(count))
        return count

    def row(self, kinds: tuple[type[float], ...]) -> tuple[list[float], str]:
        """Numbers of these kinds in the next line, and the text behind them."""
        line = self.line()
        words = line.split(maxsplit=len(kinds))
        numbers = _numbers(words, kinds)
        if len(numbers) < len(kinds):
            raise self.error(f"{len(kinds)} numbers", repr(line[:60]))
        return numbers, words[len(kinds)] if len(words) > len(kinds) else ""

    def wrapped(self, kinds: tuple[type[float], ...]) -> list[float]:
        """Numbers of these kinds in the next lines, as many as it takes.

        What follows the last of them on its line is left out.
        """
        numbers: list[float] = []
        while len(numbers) < len(kinds):
            left = kinds[len(numbers) :]
            line = self.line()
            words = line.split("!")[0].split()[: len(left)]
            found = _numbers(words, left)
            if len(found) < len(words) or not words:
                seen = f"{len(numbers) + len(found)} and then {line[:60]!r}"
                raise self.error(f"{len(kinds)} numbers", seen)
            numbers += found
        return numbers

    def error(self, expected: str, seen: str, way_out: str = "") -> ReadError:
        """An error about the line that was read last."""
        return ReadError(
            "LAMDA file", seen=seen, expected=expected, way_out=way_out, where=self._where()
        )

    def _where(self) -> str:
        return f"{self._path}:{self._number}"


def _numbers(words: list[str], kinds: tuple[type[float], ...]) -> list[float]:
    """The words as numbers, up to the first that is none."""
    numbers: list[float] = []
    for word, kind in zip(words, kinds, strict=False):
        try:
            number = kind(word if kind is int else _EXPONENT.sub("e", word, count=1))
        except ValueError:
            break
        if not math.isfinite(number):
            break
        numbers.append(number)
    return numbers
