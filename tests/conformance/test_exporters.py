"""What every exporter must do, whatever its format."""

import mimetypes
import re

import pytest

from portal import registry
from portal.catalog.table import Catalog
from portal.exporters.base import Exporter
from portal.server.files import media_type

EXPORTERS = registry.members("portal.exporters", "EXPORTER")


@pytest.fixture(scope="module")
def catalog(example_catalog) -> Catalog:
    return Catalog.open(example_catalog)


@pytest.fixture(params=sorted(EXPORTERS))
def exporter(request) -> Exporter:
    return EXPORTERS[request.param]


def whole(exporter, catalog, ids=None) -> bytes:
    return b"".join(exporter.write(catalog, ids))


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
    assert mimetypes.guess_type(exporter.filename)[0] in (None, exporter.media_type)


def test_it_gives_pieces_of_text_and_ends_with_a_line(exporter, catalog):
    pieces = list(exporter.write(catalog, None))
    assert all(isinstance(piece, bytes) for piece in pieces)
    text = b"".join(pieces).decode()
    assert text.endswith("\n")
    assert "\r" not in text


def test_it_is_the_same_every_time(exporter, catalog):
    assert whole(exporter, catalog) == whole(exporter, catalog)


def test_a_selection_is_a_part_and_all_names_are_the_whole(exporter, catalog):
    ids = catalog.table("models", ["model_id"])["model_id"].to_pylist()
    assert whole(exporter, catalog, ids) == whole(exporter, catalog)
    lines = set(whole(exporter, catalog).splitlines())
    if exporter.name != "jsonld":
        assert set(whole(exporter, catalog, ids[:1]).splitlines()) < lines
        for name in ids[1:]:
            assert name.encode() not in whole(exporter, catalog, ids[:1])


def test_an_empty_selection_is_no_error_and_names_nothing(exporter, catalog):
    assert b"test-00" not in whole(exporter, catalog, [])
    assert whole(exporter, catalog, ["no such model"]).count(b"h5") == 0
