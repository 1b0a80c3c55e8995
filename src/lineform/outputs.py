"""Files that commands write: which one an output means, and how it appears only when whole."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from lineform.errors import WriteError

__all__ = ["FITS", "HDF5", "Output", "is_folder", "output_file", "put"]

Output = str | Path
"""A file or a folder; only a string can say by a slash at its end that it is a folder."""

FITS = (".fits",)
HDF5 = (".h5", ".hdf5")


def is_folder(output: Output, suffixes: tuple[str, ...] = HDF5) -> bool:
    """Whether an output is a folder: it is one, ends in a slash, or has none of the suffixes."""
    path = Path(output)
    return str(output).endswith(os.sep) or path.is_dir() or path.suffix not in suffixes


def output_file(output: Output, name: str, source: Path, suffixes: tuple[str, ...] = HDF5) -> Path:
    """The file that an output means: itself, or the one called `name` in the folder.

    Parameters
    ----------
    output : str or Path
    name : str
        Without suffix, which is the first of `suffixes`.
    source : Path
        What is read, and never overwritten.
    suffixes : tuple of str
        Of files of this kind.

    Raises
    ------
    WriteError
        If it is the source, or a file is where the folder should be.
    """
    path = Path(output)
    if is_folder(output, suffixes):
        if path.exists() and not path.is_dir():
            raise WriteError(
                "output",
                expected=f"a folder, or a file that ends in {' or '.join(suffixes)}",
                seen=f"the file {path.name}",
                way_out="choose another output, or remove the file",
                where=str(path),
            )
        path = path / f"{name}{suffixes[0]}"
    if path.exists() and source.exists() and path.samefile(source):
        raise WriteError(
            "output",
            expected=f"another file than {source.name}, which is read",
            seen=str(path),
            way_out="choose another file or folder",
            where=str(path),
        )
    return path


def put(path: Path, content: bytes | memoryview) -> None:
    """Write a file, and the folders above it; it appears under `path` only when whole.

    Raises
    ------
    WriteError
        If it cannot be written; nothing of it is left.
    """
    # A name of its own: two processes that write one file must not touch each other's.
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("xb") as file:
            file.write(content)
        unfinished.replace(path)
    except OSError as error:
        raise WriteError(
            "file",
            seen=str(error).replace(unfinished.name, path.name),
            way_out="check the folder, its permissions and the space left",
            where=str(path),
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
