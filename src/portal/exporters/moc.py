"""The sky that the observations cover, as a MOC (IVOA Multi-Order Coverage map 2.0)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters._observed import observed

if TYPE_CHECKING:
    from mocpy import MOC as Coverage

__all__ = ["EXPORTER", "Moc"]

_ORDER = 12
"""Of the smallest cells: 52 arcsec wide."""
_WHOLE_SKY = 360.0
"""Field of view of a map of everything [deg]."""
_LEAST = 1e-3
"""Radius of a position without a footprint or a field [deg]."""


class Moc:
    """Footprints, fields of view, or bare positions; models have none."""

    name = "moc"
    filename = "coverage.fits"
    media_type = "application/fits"
    description = "Sky coverage of the observed products as a MOC of order 12."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """A FITS file."""
        from mocpy import MOC as Coverage

        columns = ["s_region", "s_ra", "s_dec", "s_fov"]
        covered = Coverage.new_empty(_ORDER)
        for batch in observed(catalog, selection, columns):
            found = [part for row in batch.to_pylist() if (part := _covered(row)) is not None]
            covered = covered.union(*found) if found else covered
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.filename
            covered.save(path, format="fits")
            yield path.read_bytes()


def _covered(row: dict[str, str | float | None]) -> "Coverage | None":
    from astropy import units
    from astropy.coordinates import Latitude, Longitude
    from mocpy import MOC as Coverage

    if row["s_fov"] is not None and float(row["s_fov"]) >= _WHOLE_SKY:
        return Coverage.from_str("0/0-11")
    if row["s_region"]:
        try:
            return Coverage.from_stcs(str(row["s_region"]), max_depth=_ORDER)
        except (ValueError, OSError):
            # A shape that the library does not know is taken by its position.
            pass
    if row["s_ra"] is None or row["s_dec"] is None:
        return None
    return Coverage.from_cone(
        Longitude(float(row["s_ra"]), units.deg),
        Latitude(float(row["s_dec"]), units.deg),
        radius=max(_LEAST, float(row["s_fov"] or 0) / 2) * units.deg,
        max_depth=_ORDER,
    )


EXPORTER = Moc()
