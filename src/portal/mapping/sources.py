"""What rules read values from: a product of a FITS file, an HDF5 file, a row of a table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from portal.errors import ReadError
from portal.mapping._held import Held
from portal.model.header import Header

__all__ = [
    "CardsLike",
    "ColumnLike",
    "FileLike",
    "FitsSource",
    "Hdf5Source",
    "HduLike",
    "ProductLike",
    "RowSource",
    "Source",
    "file_fact",
]

Array: TypeAlias = npt.NDArray[np.generic]


class Source(Protocol):
    """Something with named values."""

    @property
    def path(self) -> str:
        """Of the file, with ``/`` between folders; '' for a table."""
        ...

    @property
    def hdu(self) -> int | None:
        """Number of the HDU, where there are any."""
        ...

    @property
    def extname(self) -> str:
        """Name of the HDU, group or part; '' for none."""
        ...

    def value(self, name: str, hdu: str | int | None = None) -> object:
        """What stands under `name`, of this or another HDU; None for nothing.

        A `Held` where the file says the unit.
        """
        ...

    def column(self, name: str, hdu: str | int | None = None) -> Held | None:
        """The values of a column; None if there is none."""
        ...

    def size(self, name: str) -> int | None:
        """How many values stand under `name`, without reading them; None if that is not known."""
        ...

    def names(self) -> Iterator[str]:
        """Names under which single values stand, in the order of the file."""
        ...

    def comment(self, name: str) -> str:
        """What the file says about `name`: the comment of a card, or a unit in brackets."""
        ...


class CardsLike(Protocol):
    """The cards of a header (`portal.fits.cards.Cards`)."""

    def __iter__(self) -> Iterator[str]: ...

    def value(self, name: str) -> object:
        """What stands there."""
        ...

    def comment(self, name: str) -> str:
        """What the header says about it."""
        ...


class ColumnLike(Protocol):
    """A column of a table (`portal.fits.hdu.ColumnInfo`)."""

    @property
    def unit(self) -> str:
        """As it stands; empty for none."""
        ...


class HduLike(Protocol):
    """An HDU (`portal.fits.hdu.Hdu`)."""

    @property
    def index(self) -> int:
        """Number of the HDU, from 0."""
        ...

    @property
    def name(self) -> str:
        """EXTNAME, or empty."""
        ...

    @property
    def cards(self) -> CardsLike:
        """The header."""
        ...

    def info(self, name: str) -> "ColumnLike | None":
        """What the header says about a column."""
        ...

    def column(self, name: str, row: int | None = None) -> Array:
        """Values of a column."""
        ...


class FileLike(Protocol):
    """A FITS file (`portal.fits.opening.FitsFile`)."""

    @property
    def path(self) -> PurePath:
        """Where it lies."""
        ...

    @property
    def hdus(self) -> tuple[HduLike, ...]:
        """What it holds."""
        ...


class ProductLike(Protocol):
    """A product of a FITS file (`portal.fits.products.Product`)."""

    @property
    def file(self) -> FileLike:
        """The file that holds it."""
        ...

    @property
    def hdu(self) -> HduLike:
        """Where its data lie."""
        ...

    @property
    def cards(self) -> CardsLike:
        """The header."""
        ...

    @property
    def row(self) -> int | None:
        """Row of the table, where it is one."""
        ...


@dataclass(frozen=True, slots=True)
class FitsSource:
    """A product: keywords of its HDU and of the primary one, columns of its table."""

    product: ProductLike

    @property
    def path(self) -> str:
        """Path of the file."""
        return self.product.file.path.as_posix()

    @property
    def hdu(self) -> int | None:
        """Number of the HDU of the product."""
        return self.product.hdu.index

    @property
    def extname(self) -> str:
        """EXTNAME of that HDU."""
        return self.product.hdu.name

    def value(self, name: str, hdu: str | int | None = None) -> object:
        """A keyword; where the product is a row of a table, also what a column has there."""
        if "/" in name or "@" in name:
            raise ReadError(
                "no keyword",
                seen=name,
                expected="a keyword of FITS",
                way_out="put blanks around / to divide; paths are for HDF5",
                code="no-keyword",
            )
        if hdu is not None:
            other = self._other(hdu)
            return None if other is None else _card(other.cards, name)
        found = _card(self.product.cards, name)
        row = self.product.row
        if found is None and row is not None:
            return _of_column(self.product.hdu, name, row)
        return found

    def column(self, name: str, hdu: str | int | None = None) -> Held | None:
        """A column of the table of the product, or of another HDU."""
        owner = self.product.hdu if hdu is None else self._other(hdu)
        return None if owner is None else _of_column(owner, name)

    def size(self, name: str) -> int | None:
        """Not known of keywords."""
        return None

    def names(self) -> Iterator[str]:
        """The keywords."""
        return iter(self.product.cards)

    def comment(self, name: str) -> str:
        """The comment of the card."""
        return self.product.cards.comment(name)

    def _other(self, hdu: str | int) -> HduLike | None:
        hdus = self.product.file.hdus
        if isinstance(hdu, int):
            return hdus[hdu] if hdu < len(hdus) else None
        return next((one for one in hdus if one.name.upper() == hdu.upper()), None)


def _of_column(hdu: HduLike, name: str, row: int | None = None) -> Held | None:
    info = hdu.info(name)
    return None if info is None else _held(hdu.column(name, row), info.unit)


def _held(values: Array, unit: object) -> Held:
    """Numbers with the unit that a file gives them."""
    said = unit.strip() if isinstance(unit, str) and values.dtype.kind in "iuf" else ""
    return Held(values, said or None)


def _card(cards: CardsLike, name: str) -> object:
    found = cards.value(name)
    # ESO.TEL.NAME is HIERARCH ESO TEL NAME.
    return cards.value(name.replace(".", " ")) if found is None and "." in name else found


@dataclass(frozen=True, slots=True)
class Hdf5Source:
    """An HDF5 file: datasets by their paths, attributes as ``path@name``."""

    header: Header

    @property
    def path(self) -> str:
        """Path of the file."""
        return self.header.path

    @property
    def hdu(self) -> int | None:
        """None: there are no HDUs."""
        return None

    @property
    def extname(self) -> str:
        """Empty."""
        return ""

    def value(self, name: str, hdu: str | int | None = None) -> object:
        """A dataset, an attribute, or without a path an attribute of the root."""
        if hdu is not None:
            return None
        path, at, attribute = name.partition("@")
        path = path.strip("/")
        if at:
            dataset = self.header.datasets.get(path)
            owner = self.header.groups.get(path, {}) if dataset is None else dataset.attrs
            return owner.get(attribute)
        return self.column(path) or self.header.groups.get("", {}).get(path)

    def column(self, name: str, hdu: str | int | None = None) -> Held | None:
        """A dataset, with the unit of its attribute ``unit`` or ``units``."""
        path = name.strip("/")
        dataset = self.header.datasets.get(path)
        if dataset is None or hdu is not None:
            return None
        unit = dataset.attrs.get("unit", dataset.attrs.get("units"))
        return _held(np.asarray(self.header.values(path)), unit)

    def size(self, name: str) -> int | None:
        """Values of a dataset."""
        dataset = self.header.datasets.get(name.strip("/"))
        return None if dataset is None else int(np.prod(dataset.shape, dtype=object))

    def names(self) -> Iterator[str]:
        """Attributes of groups and datasets, and datasets of one value."""
        for group, attributes in self.header.groups.items():
            yield from (f"{group}@{name}" for name in attributes)
        for path, dataset in self.header.datasets.items():
            if np.prod(dataset.shape, dtype=object) == 1:
                yield path
            yield from (f"{path}@{name}" for name in dataset.attrs)

    def comment(self, name: str) -> str:
        """The unit of a dataset, in brackets."""
        dataset = self.header.datasets.get(name)
        unit = None if dataset is None else dataset.attrs.get("unit", dataset.attrs.get("units"))
        return f"[{unit}]" if isinstance(unit, str) else ""


@dataclass(frozen=True, slots=True)
class RowSource:
    """A row of a table: its columns are the keywords.

    Parameters
    ----------
    columns
        Of each column by its name in capitals, what gives the value in a row: bare, or with
        its unit (`Held`).
    row
        From 0.
    place
        Path of the file that the row is about; '' for none.
    """

    columns: Mapping[str, Callable[[int], object]]
    row: int
    place: str = ""

    @property
    def path(self) -> str:
        """Path of the file that the row is about."""
        return self.place

    @property
    def hdu(self) -> int | None:
        """None: there are no HDUs."""
        return None

    @property
    def extname(self) -> str:
        """Empty."""
        return ""

    def value(self, name: str, hdu: str | int | None = None) -> object:
        """What the column has in the row."""
        found = self.columns.get(name.upper()) if hdu is None else None
        return None if found is None else found(self.row)

    def column(self, name: str, hdu: str | int | None = None) -> Held | None:
        """None: a row has single values."""
        return None

    def size(self, name: str) -> int | None:
        """Not known."""
        return None

    def names(self) -> Iterator[str]:
        """The columns."""
        return iter(self.columns)

    def comment(self, name: str) -> str:
        """Empty."""
        return ""


def file_fact(source: Source, variable: str) -> str | int | None:
    """What ``$FILENAME`` and the others stand for; None for nothing."""
    if variable == "HDU":
        return source.hdu
    if variable in ("EXTNAME", "PATH"):
        return (source.extname if variable == "EXTNAME" else source.path) or None
    folder, _, name = source.path.rpartition("/")
    if variable == "FOLDER":
        return folder.rpartition("/")[2] or None
    return (name if variable == "FILENAME" else _stem(PurePosixPath(name))) or None


def _stem(path: PurePosixPath) -> str:
    bare = path.with_suffix("") if path.suffix in (".bz2", ".fz", ".gz", ".xz") else path
    return bare.stem
