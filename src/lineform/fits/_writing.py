"""Puts a FITS file in place when it is complete, with checksums and without a clock."""

from contextlib import suppress
from pathlib import Path

from astropy.io import fits

from lineform.errors import WriteError


def write_hdus(path: Path, hdus: list[fits.PrimaryHDU | fits.BinTableHDU]) -> None:
    """Write a FITS file with checksums, the same bytes each time, when complete.

    Raises
    ------
    WriteError
        If the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.part")
    everything = fits.HDUList(hdus)
    everything.update_extend()
    for hdu in everything:
        # astropy would put the clock into the comment.
        hdu.add_checksum(when="when written")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        everything.writeto(unfinished, overwrite=True)
        unfinished.replace(path)
    except OSError as error:
        raise WriteError(
            "file",
            seen=str(error),
            way_out="check the folder, its permissions and the space left",
            where=str(path),
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
