"""How large the file is and of what kind; where it can be had, a collection or a mapping says."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.fits.products import Product
from portal.model.cell import STATED, Cell, Origin

__all__ = ["DERIVATION"]

_PACKED = {".gz": "gzip", ".fz": "tile compression", ".bz2": "bzip2", ".xz": "xz", ".z": "compress"}


@dataclass(frozen=True)
class _Access:
    columns: tuple[str, ...] = ("access_estsize", "access_format", "access_url")

    def derive(self, product: Product) -> Iterable[Cell]:
        """The media type is that of FITS, also where the file is packed, as archives have it."""
        path = product.file.path
        packed = _PACKED.get(path.suffix.lower())
        note = f"packed by {packed}" if packed else ""
        yield Cell(
            "access_format", "application/fits", Origin("file", "content", STATED, note=note)
        )
        # 1 kbyte is 1000 bytes (VOUnits); a part of one counts as one.
        if path.is_file():
            size = -(-path.stat().st_size // 1000)
            yield Cell("access_estsize", size, Origin("file", "size", STATED))


DERIVATION = _Access()
