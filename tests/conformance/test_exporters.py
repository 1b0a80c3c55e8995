"""What every exporter must do, whatever its format."""

import mimetypes
import re

import pytest

from portal.catalog.selection import EVERYTHING, Selection
from portal.catalog.table import Catalog
from portal.exporters.base import Exporter, exporters
from portal.server.files import media_type

EXPORTERS = exporters()
TEXTS = sorted(name for name in EXPORTERS if name not in ("moc", "parquet"))


@pytest.fixture(scope="module")
def catalog(example_catalog) -> Catalog:
    return Catalog.open(example_catalog)


@pytest.fixture(params=sorted(EXPORTERS))
def exporter(request) -> Exporter:
    return EXPORTERS[request.param]


@pytest.fixture(params=TEXTS)
def texts(request) -> Exporter:
    return EXPORTERS[request.param]


def whole(exporter, catalog, ids=None) -> bytes:
    selection = EVERYTHING
    if ids is not None:
        names = ", ".join(f'"{name}"' for name in ids or ["none"])
        selection = Selection(f"model_id in ({names})", model_ids=tuple(ids))
    return b"".join(exporter.write(catalog, selection))


def test_names_are_those_of_the_modules_and_files_are_unique():
    assert all(exporter.name == module for module, exporter in EXPORTERS.items())
    names = [exporter.filename for exporter in EXPORTERS.values()]
    assert len(set(names)) == len(names)


def test_it_describes_itself(exporter):
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", exporter.filename)
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", exporter.media_type)
    assert exporter.description.endswith(".")


def test_the_server_and_the_exporter_agree_on_the_media_type(exporter, tmp_path):
    assert media_type(tmp_path / exporter.filename).partition(";")[0] == exporter.media_type
    # FITS has two media types: image/fits is for images alone.
    other = "image/fits" if exporter.media_type == "application/fits" else None
    assert mimetypes.guess_type(exporter.filename)[0] in (None, other, exporter.media_type)


def test_it_gives_pieces_of_text_and_ends_with_a_line(texts, catalog):
    pieces = list(texts.write(catalog, EVERYTHING))
    assert all(isinstance(piece, bytes) for piece in pieces)
    text = b"".join(pieces).decode()
    assert text.endswith("\n")
    assert "\r" not in text


def test_it_is_the_same_every_time(exporter, catalog):
    assert whole(exporter, catalog) == whole(exporter, catalog)


def test_a_selection_is_a_part_and_all_names_are_the_whole(texts, catalog):
    if texts.name in ("fetch", "pandas"):
        pytest.skip("names the query, not the models")
    if texts.name in ("croissant", "datacite", "jsonld", "rocrate", "voresource"):
        pytest.skip("describes what there is, with numbers of its own")
    ids = catalog.table("models", ["model_id"])["model_id"].to_pylist()
    assert whole(texts, catalog, ids) == whole(texts, catalog)
    lines = set(whole(texts, catalog).splitlines())
    assert set(whole(texts, catalog, ids[:1]).splitlines()) < lines
    for name in ids[1:]:
        assert name.encode() not in whole(texts, catalog, ids[:1])


def test_an_empty_selection_is_no_error_and_names_nothing(texts, catalog):
    assert b"test-00" not in whole(texts, catalog, [])
