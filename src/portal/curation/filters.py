"""Bands of filters by their names: a list that is shipped, and the service that has them all.

The limits are the first and the last wavelength at which a filter passes 1 % of what it passes at
most, as the Filter Profile Service of the Spanish Virtual Observatory (Rodrigo & Solano 2020)
defines them; they are vacuum wavelengths to the width of a profile's step.
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

_ANGSTROM = 1e-10  # m
_PLAIN = re.compile(r"[^A-Za-z0-9]")
_CLEAR = re.compile(r"(?i)(clear\w*|open|none|empty|blank|0|n/?a|no ?filter|air|free|-+)?")


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
    def empty(self) -> bool:
        """Whether the light went through no filter."""
        return bool(_CLEAR.fullmatch(self.filter.strip()))


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
        """The filter of that instrument; without an instrument none, as letters are many's."""
        wanted = _PLAIN.sub("", question.filter)
        for row in _listed():
            if not _same_instrument(row, question):
                continue
            # Letters are told apart by case: of a telescope, V may be Johnson's and v Stroemgren's.
            names = {_PLAIN.sub("", row["filter"]), _PLAIN.sub("", row["filter"].split(".")[0])}
            if wanted in names:
                return {
                    "em_min": float(row["shortest"]) * _ANGSTROM,
                    "em_max": float(row["longest"]) * _ANGSTROM,
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
                    "em_min": float(row["WavelengthMin"]) * _ANGSTROM,
                    "em_max": float(row["WavelengthMax"]) * _ANGSTROM,
                    "name": name,
                    "source": "Filter Profile Service (SVO) through astroquery",
                }
        return None


@cache
def _listed() -> tuple[dict[str, str], ...]:
    text = (files("portal.curation") / "filters.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _same_instrument(row: dict[str, str], question: Question) -> bool:
    facility, instrument = _PLAIN.sub("", question.facility), _PLAIN.sub("", question.instrument)
    own = _PLAIN.sub("", row["instrument"]).lower()
    if not instrument.lower().startswith(own):
        return False
    return not facility or _PLAIN.sub("", row["facility"]).lower() in facility.lower()
