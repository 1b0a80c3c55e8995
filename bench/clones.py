"""A store of any size from one real model: the bytes of its files under new names.

Each clone differs in its name and in two parameters, so that tables, order and pages are
those of different models. The cubes are left as holes in the files: no scan reads them, and
100,000 clones fit on a disk. Making a clone takes about as long as writing its metadata.
"""

import hashlib
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import h5py

__all__ = ["clone_store"]

_HEX = 10


def clone_store(
    root: Path, models: int, kinds: tuple[str, ...] = ("models", "observations")
) -> Path:
    """Write `models` clones below `root`, unless they are there already."""
    done = root / f".{models}-{len(kinds)}"
    if done.exists():
        return root
    shutil.rmtree(root, ignore_errors=True)
    original = root.with_name(f"{root.name}-original")
    _make_original(original)
    for kind in kinds:
        (source,) = (original / kind).glob("*.h5")
        (root / kind).mkdir(parents=True)
        _clone(source, root / kind, models)
    done.touch()
    return root


def _make_original(folder: Path) -> None:
    options = ["--models", "1", "--grid", "8", "--pixels", "16", "--channels", "21"]
    code = "from lineform.cli import main; main()"
    subprocess.run([sys.executable, "-c", code, "make-store", str(folder), *options], check=True)


def _clone(source: Path, folder: Path, count: int) -> None:
    data = source.read_bytes()
    stem, mark = source.stem[:-_HEX], source.stem[-_HEX:].encode()
    with h5py.File(source) as file:
        parameters = file["parameters"].attrs
        varied = [struct.pack("<d", parameters[k]) for k in ("mass_loss_rate", "terminal_velocity")]
        holes = sorted(_holes(file))
    pieces = _pieces(len(data), holes)
    for number in range(count):
        digest = hashlib.sha256(str(number).encode())
        name = digest.hexdigest()[:_HEX]
        first, second = struct.unpack("<II", digest.digest()[:8])
        values = [10 ** (-8 + 4 * first / 2**32), 5 + 20 * second / 2**32]
        with (folder / f"{stem}{name}.h5").open("wb") as clone:
            for start, stop in pieces:
                piece = data[start:stop].replace(mark, name.encode())
                for old, new in zip(varied, values, strict=True):
                    piece = piece.replace(old, struct.pack("<d", new))
                clone.seek(start)
                clone.write(piece)
            clone.truncate(len(data))


def _holes(file: h5py.File) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []

    def visit(_: str, item: h5py.HLObject) -> None:
        if isinstance(item, h5py.Dataset) and item.chunks:
            for number in range(item.id.get_num_chunks()):
                chunk = item.id.get_chunk_info(number)
                found.append((chunk.byte_offset, chunk.byte_offset + chunk.size))
        elif isinstance(item, h5py.Dataset) and item.id.get_offset() and item.nbytes > 8192:
            offset = item.id.get_offset()
            found.append((offset, offset + item.nbytes))

    file.visititems(visit)
    return found


def _pieces(size: int, holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pieces, at = [], 0
    for start, stop in holes:
        if start > at:
            pieces.append((at, start))
        at = max(at, stop)
    return [*pieces, (at, size)] if at < size else pieces
