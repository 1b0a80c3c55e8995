"""Bands of filters by their names: a list that is shipped, and the service that has them all.

The limits are the first and the last wavelength at which a filter passes 1 % of what it passes at
most, as the Filter Profile Service of the Spanish Virtual Observatory (Rodrigo & Solano 2020)
defines them; they are vacuum wavelengths to the width of a profile's step. ``filters.csv`` has them
as profiles of that service give them, in angstroms, with the names of the filters in headers;
``cameras.csv`` has the names of telescopes and instruments, and whether the telescope alone, which
has but one camera, tells which one it is.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

from portal.curation._service import asked, no_client
from portal.curation.book import Answer

__all__ = ["Bands", "Profiles", "Question", "Shipped"]

_ANGSTROMS = 1e10  # in a metre: 4625.94 / 1e10 is 4.62594e-7, and 4625.94 * 1e-10 is not
_PLAIN = re.compile(r"[^A-Za-z0-9]")
_CLEAR = re.compile(
    r"(?i)((clear|open)[\w-]*|none|empty|blank|0|n/?a|no ?filter|air|free|-+"
    # They spread what the filter beside them passes.
    r"|grism[rc]|gr150[rc])?"
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


@dataclass(frozen=True, slots=True)
class Question:
    """Which filter; `facility` and `instrument` as a header names them, '' for none."""

    facility: str
    instrument: str
    filter: str

    @property
    def words(self) -> str:
        """The question as the book has it."""
        return " / ".join((self.facility, self.instrument, self.filter))

    @property
    def clear(self) -> bool:
        """Whether it is no filter, but what lets all light through."""
        return bool(_CLEAR.fullmatch(self.filter.strip()))

    @property
    def number(self) -> bool:
        """Whether its name is a number: most often that of a place on a wheel."""
        return bool(_NUMBER.fullmatch(self.filter.strip()))


class Bands(Protocol):
    """Answers which band a filter passes."""

    def band(self, question: Question) -> Answer | None:
        """``em_min`` and ``em_max`` [m], ``name`` and ``source``; None for no such filter.

        Raises
        ------
        FetchError
            If it cannot be asked.
        """
        ...


class Shipped:
    """The list that comes with the package; it needs no network."""

    def band(self, question: Question) -> Answer | None:
        """The filter of that camera; without a camera none, as letters are many's."""
        wanted = _name(question.filter)
        cameras = {camera.name for camera in _cameras() if camera.took(question)}
        for row in _table("filters"):
            if row["id"].rpartition(".")[0] not in cameras:
                continue
            # Letters are told apart by case: of a telescope, V may be Johnson's and v Stroemgren's.
            if wanted in map(_name, row["names"].split("|")):
                return {
                    "em_min": float(row["shortest"]) / _ANGSTROMS,
                    "em_max": float(row["longest"]) / _ANGSTROMS,
                    "name": row["id"],
                    "source": "filters.csv of the package",
                }
        return None


class Profiles:
    """The Filter Profile Service of the Spanish Virtual Observatory, through astroquery.

    Raises
    ------
    DependencyError
        If astroquery is not installed.
    """

    def __init__(self) -> None:
        try:
            from astroquery.svo_fps import SvoFps
        except ImportError as error:
            raise no_client() from error
        self._service = SvoFps

    def band(self, question: Question) -> Answer | None:
        """See `Bands.band`."""
        if not question.facility:
            return None
        try:
            with asked("the Filter Profile Service", (IndexError,)):
                found = self._service.get_filter_list(
                    question.facility, instrument=question.instrument or None
                )
        except IndexError:
            # The service knows no such instrument.
            return None
        wanted = _PLAIN.sub("", question.filter)
        for row in found:
            name = str(row["filterID"])
            if _PLAIN.sub("", name.rpartition(".")[2]) == wanted:
                return {
                    "em_min": float(row["WavelengthMin"]) / _ANGSTROMS,
                    "em_max": float(row["WavelengthMax"]) / _ANGSTROMS,
                    "name": name,
                    "source": "Filter Profile Service (SVO) through astroquery",
                }
        return None


@dataclass(frozen=True, slots=True)
class _Camera:
    """A camera: its `name` for the service, and how headers call it and its telescope."""

    name: str
    telescopes: tuple[str, ...]
    instruments: tuple[str, ...]
    alone: bool

    def took(self, question: Question) -> bool:
        """Whether the light of `question` came through it."""
        facility, instrument = _plain(question.facility), _plain(question.instrument)
        there = any(name in facility for name in self.telescopes)
        if not instrument:
            return self.alone and there
        return instrument.startswith(self.instruments) and (there or not facility)


@cache
def _cameras() -> tuple[_Camera, ...]:
    return tuple(
        _Camera(
            row["camera"],
            tuple(map(_plain, row["telescopes"].split("|"))),
            tuple(map(_plain, row["instruments"].split("|"))),
            row["alone"] == "yes",
        )
        for row in _table("cameras")
    )


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    text = (files("portal.curation") / f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _plain(text: str) -> str:
    return _PLAIN.sub("", text).lower()


def _name(text: str) -> str:
    """Name of a filter without its blanks and signs; a number as such."""
    bare = text.strip()
    return f"{float(bare):g}" if _NUMBER.fullmatch(bare) else _PLAIN.sub("", bare)
