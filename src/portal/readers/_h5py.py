"""The header of an HDF5 file as the HDF5 library tells it: slow, and always right.

No link out of the file is followed, no dataset that keeps its bytes in other files is
read, and no group is entered twice, so that a hostile file can name no file of ours and
no circle of links is endless.
"""

import math
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
from h5py import h5a, h5d, h5f, h5g, h5o, h5p, h5s, h5t, h5z

from portal.errors import ReadError
from portal.model.header import Attribute, Dataset, Header

__all__ = ["LARGEST_ATTRIBUTE", "LARGEST_VALUES", "MOST_OBJECTS", "read_header", "values_of"]

LARGEST_ATTRIBUTE = 64 * 1024
LARGEST_VALUES = 64 * 1024**2
MOST_OBJECTS = 20_000

_FAILURES = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError)
_FILTERS = {
    h5z.FILTER_DEFLATE: "gzip",
    h5z.FILTER_SHUFFLE: "shuffle",
    h5z.FILTER_FLETCHER32: "fletcher32",
    h5z.FILTER_SZIP: "szip",
    h5z.FILTER_NBIT: "nbit",
    h5z.FILTER_SCALEOFFSET: "scaleoffset",
    h5z.FILTER_LZF: "lzf",
}


def read_header(file: Path, path: str) -> Header:
    """The header of `file`, known as `path` in the store.

    Raises
    ------
    ReadError
        If the library refuses the file (code ``damaged``).
    """
    try:
        handle = _opened(file)
        walk = _Walk()
        walk.enter(h5o.open(handle, b"/"), "")
    except _FAILURES as error:
        raise _damaged(error) from error
    return Header(
        path, walk.groups, walk.datasets, values_of(file, walk.datasets), tuple(walk.notes)
    )


def values_of(file: Path, datasets: dict[str, Dataset]) -> Callable[[str], npt.NDArray[np.generic]]:
    """A function that reads one dataset of `file` whole, and refuses huge ones."""

    def values(name: str) -> npt.NDArray[np.generic]:
        check_size(datasets[name], name)
        try:
            handle = _opened(file)
            dataset = h5o.open(handle, b"/" + name.encode("utf-8", "surrogateescape"))
            return _read_dataset(dataset, name)
        except _FAILURES as error:
            raise _damaged(error) from error

    return values


def check_size(dataset: Dataset, name: str) -> None:
    """Refuse a dataset whose values would take more than `LARGEST_VALUES` bytes."""
    item = 8 if dataset.dtype == "object" else np.dtype(dataset.dtype).itemsize
    size = item * math.prod(dataset.shape)
    if size > LARGEST_VALUES:
        raise ReadError(
            f"dataset {name}: too large to be read here",
            seen=f"{size} bytes",
            expected=f"at most {LARGEST_VALUES} bytes",
            way_out="check its shape; small datasets only are read by the scan",
            code="too-large",
        )


def _opened(file: Path) -> h5f.FileID:
    access = h5p.create(h5p.FILE_ACCESS)
    access.set_fclose_degree(h5f.CLOSE_STRONG)
    # The lock is tested before, by _opening; held, it would turn a writer away.
    access.set_file_locking(False, True)
    try:
        return h5f.open(bytes(file), h5f.ACC_RDONLY, fapl=access)
    except OSError:
        # Whoever else has it open in this process decides how it is locked and closed.
        return h5f.open(bytes(file), h5f.ACC_RDONLY)


def _damaged(error: BaseException) -> ReadError:
    return ReadError(
        "HDF5 file that cannot be read",
        seen=" ".join(str(error).split())[:200],
        expected="intact metadata",
        way_out="compare its checksum with the original, copy it again or write it anew",
        code="damaged",
    )


class _Walk:
    """Collects groups and datasets, in the order of their names."""

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Attribute]] = {}
        self.datasets: dict[str, Dataset] = {}
        self.notes: list[str] = []
        self._entered: set[object] = set()

    def enter(self, root: h5g.GroupID, path: str) -> None:
        """Walk `root` and everything below it."""
        pending = [(root, path)]
        while pending:
            group, path = pending.pop()
            place = h5o.get_info(group).addr
            if place in self._entered:
                self.notes.append(f"group {path}: a second link to a group already read")
                continue
            self._entered.add(place)
            self.groups[path] = self._attributes(group, path)
            below = []
            for name in sorted(group):
                if len(self.groups) + len(self.datasets) + len(pending) >= MOST_OBJECTS:
                    self.notes.append(f"objects beyond the first {MOST_OBJECTS}: too many")
                    return
                child = self._child(group, name, _joined(path, name))
                if child is not None:
                    below.append((child, _joined(path, name)))
            pending.extend(reversed(below))

    def _child(self, group: h5g.GroupID, name: bytes, path: str) -> h5g.GroupID | None:
        if group.links.get_info(name).type != h5py.h5l.TYPE_HARD:
            self.notes.append(f"link {path}: not followed, it is not a plain link inside the file")
            return None
        child = h5o.open(group, name)
        if isinstance(child, h5g.GroupID):
            return child
        if isinstance(child, h5d.DatasetID):
            self.datasets[path] = self._dataset(child, path)
        return None

    def _dataset(self, dataset: h5d.DatasetID, path: str) -> Dataset:
        plan = dataset.get_create_plist()
        layout = plan.get_layout()
        offset = nbytes = None
        if layout == h5d.CONTIGUOUS and plan.get_external_count() == 0:
            offset = dataset.get_offset()
            nbytes = None if offset is None else dataset.get_storage_size()
        return Dataset(
            shape=_shape(dataset.get_space()),
            dtype=_dtype_text(dataset.get_type()),
            offset=offset,
            nbytes=nbytes,
            chunks=plan.get_chunk() if layout == h5d.CHUNKED else None,
            filters=tuple(_filter_name(plan, i) for i in range(plan.get_nfilters())),
            attrs=self._attributes(dataset, path),
        )

    def _attributes(self, owner: object, path: str) -> dict[str, Attribute]:
        found: dict[str, Attribute] = {}
        for index in range(h5a.get_num_attrs(owner)):
            attribute = h5a.open(owner, index=index)
            name = attribute.name.decode("utf-8", "backslashreplace")
            try:
                value = _attribute(attribute)
            except _LeftOut as reason:
                self.notes.append(f"attribute {name} of {path or 'the root'}: {reason}")
                continue
            if value is not None:
                found[name] = value
        return dict(sorted(found.items()))


class _LeftOut(Exception):
    """An attribute is not loaded; the text says why."""


def _attribute(attribute: h5a.AttrID) -> Attribute | None:
    """The value, or None for a kind that says nothing about the data (references)."""
    kind, space = attribute.get_type(), attribute.get_space()
    # Not get_storage_size: h5py takes its answer 0 for a failure.
    size = math.prod(_shape(space)) * kind.get_size()
    if size > LARGEST_ATTRIBUTE:
        raise _LeftOut(f"not loaded, it takes {size} bytes")
    if _refers(kind):
        return None
    dtype = kind.dtype
    if h5py.check_string_dtype(dtype) is None and dtype.kind not in "iufb":
        raise _LeftOut("not loaded, it is neither text nor numbers")
    if space.get_simple_extent_type() == h5s.NULL:
        return "" if h5py.check_string_dtype(dtype) else np.empty(0, dtype.newbyteorder("="))
    raw = np.empty(_shape(space), dtype=dtype)
    attribute.read(raw, mtype=h5t.py_create(dtype))
    if dtype.kind == "O" and sum(map(len, raw.flat)) > LARGEST_ATTRIBUTE:
        raise _LeftOut(f"not loaded, it takes {sum(map(len, raw.flat))} bytes")
    return _plain(raw)


def _refers(kind: h5t.TypeID) -> bool:
    if isinstance(kind, h5t.TypeVlenID):
        return _refers(kind.get_super())
    if isinstance(kind, h5t.TypeCompoundID):
        return any(_refers(kind.get_member_type(i)) for i in range(kind.get_nmembers()))
    return isinstance(kind, h5t.TypeReferenceID)


def _plain(raw: npt.NDArray[np.generic]) -> Attribute:
    if raw.dtype.kind in "OS":
        texts = np.array([_text(item) for item in raw.flat] or [], dtype=object)
        if not raw.shape:
            return str(texts[0])
        return texts.reshape(raw.shape)
    if raw.shape:
        return np.asarray(raw, dtype=np.dtype(raw.dtype.newbyteorder("=").str))
    value = raw.item()
    # A long double is not converted by item().
    return value if isinstance(value, bool | int | float) else float(raw[()])


def _text(item: object) -> str:
    raw = item if isinstance(item, bytes) else b""
    return raw.decode("utf-8", "backslashreplace")


def _read_dataset(dataset: h5d.DatasetID, name: str) -> npt.NDArray[np.generic]:
    plan = dataset.get_create_plist()
    if plan.get_external_count() or plan.get_layout() == h5d.VIRTUAL:
        raise ReadError(
            f"dataset {name}: bytes in another file, not read",
            seen="a virtual dataset" if plan.get_layout() == h5d.VIRTUAL else "external storage",
            expected="bytes in the file itself",
            way_out="store the dataset in the file itself",
            code="external-data",
        )
    dtype = dataset.get_type().dtype
    if h5py.check_string_dtype(dtype) is None and dtype.kind not in "iufb":
        raise ReadError(
            f"dataset {name}: neither text nor numbers",
            seen=str(dtype),
            expected="text or numbers",
            code="wrong-type",
        )
    raw = np.empty(_shape(dataset.get_space()), dtype=dtype)
    dataset.read(h5s.ALL, h5s.ALL, raw, h5t.py_create(dtype))
    if raw.dtype.kind in "OS":
        return np.array([_text(item) for item in raw.flat], dtype=object).reshape(raw.shape)
    return raw.astype(raw.dtype.newbyteorder("=").str, copy=False)


def _shape(space: h5s.SpaceID) -> tuple[int, ...]:
    if space.get_simple_extent_type() == h5s.NULL:
        return (0,)
    return tuple(space.shape)


def _dtype_text(kind: h5t.TypeID) -> str:
    try:
        dtype = kind.dtype
    except (TypeError, ValueError, NotImplementedError):
        return "object"
    return "object" if dtype.kind == "O" else str(dtype.str)


def _filter_name(plan: h5p.PropDCID, index: int) -> str:
    code, _, _, name = plan.get_filter(index)
    known = _FILTERS.get(code)
    return known or f"{code}:{name.decode('ascii', 'backslashreplace').split(':')[0][:40]}"


def _joined(path: str, name: bytes) -> str:
    text = name.decode("utf-8", "surrogateescape")
    return f"{path}/{text}" if path else text
