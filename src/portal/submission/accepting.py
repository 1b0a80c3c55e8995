"""A bundle becomes a collection: its files are put in place only when all is known to be good."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path

import numpy as np

from portal.catalog.publication import exclusive
from portal.errors import ConfigError, ReadError
from portal.lint import check_table
from portal.mapping import Mapping
from portal.model.collection import Collection
from portal.model.collection_file import load, load_folder
from portal.model.record import Row
from portal.obscore.files import load_table
from portal.obscore.provenance import provenance_rows
from portal.submission.checking import RULES, check_data, rules_from
from portal.submission.data import Data
from portal.submission.doubts import Doubt, doubts
from portal.submission.finding import Finding, few, has_errors
from portal.submission.opening import Bundle, open_bundle
from portal.submission.settings import NAME, read_settings
from portal.submission.written import collection_toml

__all__ = ["Accepted", "accept"]

Progress = Callable[[int, int], None]
_CURATED = ("site_url", "data_url", "mirrors", "authority", "sort_by", "version", "publisher")
"""Settings that stay those of the curator when a collection is replaced."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was done with a bundle, or why nothing was.

    Parameters
    ----------
    file
        The TOML file of the collection; None if it was not written.
    checked
        Whether the files of data were at hand and looked at again.
    """

    collection: Collection
    file: Path | None
    files: int
    rows: int
    checked: bool
    replaced: bool
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the files of data, or failing them the tables of the bundle, say."""

    rows: int
    findings: list[Finding]
    origins: list[Row]


def accept(
    bundle: Path,
    catalog: Path,
    store: Path | None = None,
    *,
    replace_it: bool = False,
    progress: Progress = lambda done, total: None,
) -> Accepted:
    """Make a collection in the folder `catalog` of a bundle.

    Parameters
    ----------
    store
        Where the files of data lie, or where those in the bundle go; None if they are elsewhere.
    replace_it
        Whether a collection of that name may be replaced; files of data never are.

    Raises
    ------
    ReadError
        If the bundle cannot be trusted, or files of data are not those of the bundle.
    ConfigError
        If the collection is there already, or the store cannot be used.
    CatalogError
        If a scan is at work on the catalogue.
    """
    with (
        open_bundle(bundle) as opened,
        _scratch() as scratch,
        exclusive(catalog),
    ):
        settings, mapping = _understood(opened, scratch)
        former = _former(catalog, settings.id, replace_it)
        _check_apart(catalog, settings.id, store)
        place = None if store is None else store.absolute()
        with Data(opened, place) as data:
            looked = _again(data, mapping, progress) if data else _told(opened, scratch)
            collection = _collection(settings, opened, former, catalog, place)
            findings = tuple(few(looked.findings))
            good = not has_errors(findings)
            if good:
                data.keep()
                _put(catalog, collection, opened.read(RULES))
    return Accepted(
        collection, catalog / "collections" / f"{settings.id}.toml" if good else None,
        len(opened.files), looked.rows, bool(data), former is not None, findings,
        doubts(looked.origins),
    )  # fmt: skip


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _understood(bundle: Bundle, scratch: Path) -> tuple[Collection, Mapping]:
    """Settings and rules, which an author may have changed after the check."""
    (scratch / NAME).write_bytes(bundle.read(NAME))
    settings, findings = read_settings(scratch / NAME)
    mapping, wrong = rules_from(bundle.read(RULES).decode("utf-8", "replace"))
    if settings is not None and mapping is not None:
        return settings, mapping
    first = next(one for one in (*findings, *wrong) if one.severity == "error")
    raise ReadError(
        f"bundle: {first.path}: {first.what}", seen=first.seen, expected=first.expected,
        way_out="ask the author for another bundle", code="bundle",
    )  # fmt: skip


def _former(catalog: Path, name: str, replace_it: bool) -> Collection | None:
    path = catalog / "collections" / f"{name}.toml"
    if not path.exists() and not path.with_suffix(".map").exists():
        return None
    if not replace_it:
        raise ConfigError(
            "collection: is there already", seen=name, expected="another id",
            way_out="ask the author for another id, or give --replace", where=str(path),
        )  # fmt: skip
    return load(path) if path.exists() else None


def _others(catalog: Path, name: str) -> list[Collection]:
    return [one for one in load_folder(catalog / "collections") if one.id != name]


def _check_apart(catalog: Path, name: str, store: Path | None) -> None:
    if store is None:
        return
    ours = store.resolve()
    for other in _others(catalog, name):
        for there in map(Path, other.stores):
            if ours.is_relative_to(there) or there.is_relative_to(ours):
                raise ConfigError(
                    "--store: shares files with another collection",
                    seen=other.id,
                    expected="a folder of its own",
                    way_out="choose another folder",
                    where=str(there),
                )


def _again(data: Data, mapping: Mapping, progress: Progress) -> _Looked:
    response, findings = check_data(data.files, mapping, progress)
    return _Looked(len(response), findings, provenance_rows(response.given))


def _told(bundle: Bundle, scratch: Path) -> _Looked:
    tables = []
    for name in ("obscore.parquet", "origins.parquet"):
        (scratch / name).write_bytes(bundle.read(name))
        tables.append(load_table(scratch / name))
    findings = [
        Finding(
            one.severity, one.code, "a value that does not fit", one.seen, one.expected,
            one.way_out, column=one.column,
        )
        for one in check_table(tables[0])
    ]  # fmt: skip
    origins = tables[1]
    columns = [np.ma.filled(origins[name].astype(object), None) for name in origins.colnames]
    rows = [dict(zip(origins.colnames, row, strict=True)) for row in zip(*columns, strict=True)]
    return _Looked(len(tables[0]), findings, rows)


def _collection(
    said: Collection, bundle: Bundle, former: Collection | None, catalog: Path, store: Path | None
) -> Collection:
    sites = {one.site_url for one in _others(catalog, said.id)}
    stores = (str(store),) if store is not None else former.stores if former else ()
    made = replace(
        said,
        stores=stores,
        site_url=sites.pop() if len(sites) == 1 else said.site_url,
        data_url=f"data/{said.id}/",
        exclude=tuple(escape(name) for name in bundle.apart),
        mapping=f"{said.id}.map",
    )
    if former is not None:
        made = replace(made, **{name: getattr(former, name) for name in _CURATED})
    usual = Collection("", "")
    if said.license != usual.license and said.license_url == usual.license_url:
        made = replace(made, license_url=f"https://spdx.org/licenses/{said.license}.html")
    return made


def _put(catalog: Path, collection: Collection, rules: bytes) -> None:
    """Write rules and settings; a collection is there once its TOML file is, so it comes last."""
    folder = catalog / "collections"
    target = folder / f"{collection.id}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".accept", dir=folder) as aside:
            part = Path(aside) / target.name
            part.write_text(collection_toml(collection), "utf-8")
            part.with_suffix(".map").write_bytes(rules)
            load(part)
            part.with_suffix(".map").replace(target.with_suffix(".map"))
            part.replace(target)
    except OSError as error:
        raise ConfigError(
            "collection: cannot be written", seen=error.strerror or str(error),
            expected="a folder that can be written to", where=str(folder),
        ) from error  # fmt: skip
