"""Opens FITS files, those of Magritte repaired."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from lineform.errors import ReadError
from lineform.fits import repair_magritte

__all__ = ["damaged", "opened"]

_MAGRITTE = {"BUNIT": "JY/PIXEL", "CUNIT3": "M/S", "CTYPE3": "VELO-LSR"}


@contextmanager
def opened(path: Path) -> Iterator[tuple[fits.HDUList, str]]:
    """A FITS file, and what was repaired in it, in words.

    Raises
    ------
    ReadError
        If it is no FITS file, or one that is cut short.
    """
    with warnings.catch_warnings(), TemporaryDirectory() as folder:
        # What matters of them is said in remarks.
        warnings.simplefilter("ignore", AstropyWarning)
        with _file(path) as file:
            header = file[0].header
            if any(header.get(key) != word for key, word in _MAGRITTE.items()):
                yield file, ""
                return
        new = Path(folder) / path.name
        repair_magritte(path, new)
        with _file(new) as file:
            yield file, "Magritte's FITS file repaired: units, reference pixels, sign of velocity"


@contextmanager
def _file(path: Path) -> Iterator[fits.HDUList]:
    try:
        file = fits.open(path)
    except OSError as error:
        raise damaged(str(path), error) from error
    with file:
        try:
            yield file
        except OSError as error:
            raise damaged(str(path), error) from error


def damaged(path: str, error: Exception) -> ReadError:
    """What to raise where a file cannot be read for an error."""
    return ReadError(
        "file",
        expected="a whole FITS file or an observation file",
        seen=" ".join(str(error).split()),
        way_out="copy it again",
        where=path,
    )
