"""A bundle: one zip file with all that a curator needs, the same bytes each time."""

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from portal import __version__
from portal.errors import ConfigError
from portal.model.schema import SCHEMA_VERSION
from portal.obscore.files import write_table
from portal.obscore.table import table_of
from portal.submission.checking import RULES, Checked
from portal.submission.finding import FINDINGS, finding_rows
from portal.submission.folder import sha256
from portal.submission.settings import NAME

__all__ = ["DATA", "FORMAT", "MANIFEST", "SUMS", "TABLES", "write_bundle"]

FORMAT = 1
"""Version of the layout of bundles."""
DATA = "data/"
"""Folder of the files of data in a bundle."""
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
TABLES = ("obscore.parquet", "obscore.csv", "origins.parquet", "findings.csv")
_MAKERS = ("astropy", "numpy", "pyarrow")
_PIECE = 1024**2
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_bundle(checked: Checked, path: Path, *, with_data: bool = False) -> None:
    """Write what was `checked` as a bundle; the file appears only once it is whole.

    Parameters
    ----------
    with_data
        Whether the files of data go with it; if not, their sizes and hashes do.

    Raises
    ------
    ConfigError
        If something has to be mended first, or the file cannot be written.
    """
    if not checked.good:
        raise ConfigError(
            "bundle: there is something to mend first",
            seen=", ".join(sorted({f.code for f in checked.findings if f.severity == "error"})),
            expected="no errors",
            way_out="see what portal submit-check says",
        )
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as bundle:
            _fill(bundle, checked, with_data)
        part.replace(path)
    except OSError as error:
        raise ConfigError(
            "bundle: cannot be written",
            seen=error.strerror or str(error),
            expected="a file in a folder that can be written to",
            way_out="name another file",
            where=str(path),
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _fill(bundle: zipfile.ZipFile, checked: Checked, with_data: bool) -> None:
    sums: dict[str, str] = {}
    for name, data in _texts(checked, with_data):
        bundle.writestr(_entry(name, len(data)), data)
        sums[name] = hashlib.sha256(data).hexdigest()
    for file in checked.folder.data if with_data else ():
        name = f"{DATA}{file.name}"
        sums[name] = _copy(bundle, file.path, name)
    listed = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    bundle.writestr(_entry(SUMS, len(listed)), listed)


def _texts(checked: Checked, with_data: bool) -> Iterator[tuple[str, bytes]]:
    yield NAME, (checked.folder.root / NAME).read_bytes()
    yield RULES, checked.rules.encode()
    made = {
        "obscore.parquet": checked.response.to_table(),
        "obscore.csv": checked.response.to_table(),
        "origins.parquet": checked.response.provenance(),
        "findings.csv": table_of(finding_rows(checked.findings), FINDINGS),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in TABLES:
            write_table(made[name], Path(folder) / name)
            yield name, (Path(folder) / name).read_bytes()
    yield MANIFEST, _manifest(checked, with_data)


def _manifest(checked: Checked, with_data: bool) -> bytes:
    rows = [one.path for one in checked.response.given]
    said = {
        "apart": list(checked.folder.own),
        "bundle": FORMAT,
        "collection": checked.settings.id if checked.settings else "",
        "data": with_data,
        "files": [
            {
                "bytes": file.path.stat().st_size,
                "path": file.name,
                "rows": rows.count(file.name),
                "sha256": sha256(file.path),
            }
            for file in checked.folder.data
        ],
        "rows": len(rows),
        "versions": {
            "obscore": "1.1",
            "portal": __version__,
            "schema": SCHEMA_VERSION,
            **{name: version(name) for name in _MAKERS},
        },
    }
    out = io.StringIO()
    json.dump(said, out, indent=1, sort_keys=True, ensure_ascii=False)
    return f"{out.getvalue()}\n".encode()


def _copy(bundle: zipfile.ZipFile, path: Path, name: str) -> str:
    digest = hashlib.sha256()
    entry = _entry(name, path.stat().st_size)
    with path.open("rb") as source, bundle.open(entry, "w") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    # Stored, without a clock: packed bytes would be those of one version of zlib.
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o100644 << 16
    entry.create_system = 3
    entry.file_size = size
    return entry
