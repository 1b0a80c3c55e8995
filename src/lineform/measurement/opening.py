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

__all__ = ["check_whole", "damaged", "opened"]

_MAGRITTE = {"BUNIT": "JY/PIXEL", "CUNIT3": "M/S", "CTYPE3": "VELO-LSR"}


_NO_FITS = "No SIMPLE card"
"""What astropy says of a file that does not begin as FITS files do."""


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


def check_whole(hdu: fits.PrimaryHDU, path: str) -> None:
    """Refuse a file that ends before the pixels of an image do.

    Parameters
    ----------
    hdu : PrimaryHDU or ImageHDU
        As it is in the file, or of tiles that are compressed, which are not checked.
    path : str

    Raises
    ------
    ReadError
        If it is cut short.
    """
    info = hdu.fileinfo() if not isinstance(hdu, fits.CompImageHDU) else None
    if info is None or info["file"].compression:
        return
    need, have = info["datLoc"] + hdu.size, Path(info["file"].name).stat().st_size
    if have < need:
        raise ReadError(
            "file",
            expected=f"a whole FITS file, of {need} bytes",
            seen=f"one that ends early, after {have} of {need} bytes",
            way_out="copy it again",
            where=path,
        )


def damaged(path: str, error: Exception) -> ReadError:
    """What to raise where a file cannot be read for an error."""
    seen = " ".join(str(error).split())
    other = _NO_FITS in seen
    return ReadError(
        "file",
        expected="a whole FITS file or an observation file",
        seen="one of another kind" if other else seen,
        way_out="check its name" if other else "copy it again",
        where=path,
    )
