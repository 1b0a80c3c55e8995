"""Puts a FITS file in place when it is complete, with checksums and without a clock."""

from io import BytesIO
from pathlib import Path

from astropy.io import fits

from lineform.outputs import put


def write_hdus(path: Path, hdus: list[fits.PrimaryHDU | fits.BinTableHDU]) -> None:
    """Write a FITS file with checksums, the same bytes each time, when complete.

    Raises
    ------
    WriteError
        If the file cannot be written.
    """
    everything = fits.HDUList(hdus)
    everything.update_extend()
    for hdu in everything:
        # astropy would put the clock into the comment.
        hdu.add_checksum(when="when written")
    content = BytesIO()
    everything.writeto(content)
    put(path, content.getbuffer())
