"""Positions of targets by their names, from Simbad."""

import re
from typing import Protocol

from portal.curation._service import asked, no_client
from portal.curation.book import Answer

__all__ = ["Resolver", "Simbad", "fixed_name"]

_SOLAR = frozenset(
    """mercury venus earth mars jupiter saturn uranus neptune pluto moon sun sol luna io europa
    ganymede callisto titan triton ceres vesta pallas juno eros charon enceladus""".split()
)
_MINOR = re.compile(
    r"\(?\d{1,6}\)? [A-Z][a-z]+"  # 1 Ceres, (433) Eros
    r"|[CPDXAI]/\d{4} [A-Z]{1,2}\d*.*"  # C/2020 F3 (NEOWISE)
    r"|\d{1,4}[PDI](/.*)?"  # 67P/Churyumov-Gerasimenko
    r"|\d{4} [A-Z]{2}\d*"  # 2004 FH
)
_TILE = re.compile(r"(?i)(field|tile|plate|pointing|mosaic|patch|brick|stripe|region|scan)s?\b.*")
_LAMP = re.compile(
    r"(?i)\b(arc|bias|dark|flat|lamp|dome|twilight|sky|focus|thar|th-?ar|ne-?ar|cu-?ar|he-?ne-?ar"
    r"|wave|calib\w*|std|standard|test|junk|xe|ar|ne|kr|hgcd)\b"
)
_SHORTEST = 2


class Resolver(Protocol):
    """Answers where a target is."""

    def position(self, name: str) -> Answer | None:
        """``s_ra`` and ``s_dec`` [deg, ICRS], ``name`` and ``source``; None for no such object.

        Raises
        ------
        FetchError
            If it cannot be asked.
        """
        ...


def fixed_name(name: str) -> bool:
    """Whether `name` can be that of something that stays where it is on the sky.

    Bodies of the solar system, tiles of surveys, lamps and numbers are not asked for: a resolver
    may know an object of that name, and it would be another one.
    """
    plain = " ".join(name.split())
    words = plain.lower()
    if len(plain) < _SHORTEST or plain.isdigit() or words in _SOLAR:
        return False
    return not (_MINOR.fullmatch(plain) or _TILE.fullmatch(plain) or _LAMP.search(plain))


class Simbad:
    """Asks Simbad at the CDS through astroquery.

    Raises
    ------
    DependencyError
        If astroquery is not installed.
    """

    def __init__(self) -> None:
        try:
            from astroquery.simbad import Simbad as Service
        except ImportError as error:
            raise no_client() from error
        self._service = Service()

    def position(self, name: str) -> Answer | None:
        """See `Resolver.position`."""
        with asked("Simbad"):
            found = self._service.query_object(name)
        if found is None or not len(found) or found["ra"].mask[0]:
            return None
        return {
            "s_ra": float(found["ra"][0]),
            "s_dec": float(found["dec"][0]),
            "name": str(found["main_id"][0]),
            "source": "Simbad (CDS) through astroquery",
        }
