"""A format, a download and a page type are each added with one file, and nothing else."""

import re
import shutil
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, SRC
from tests.docs.conftest import portal
from tests.layout import write_store

READER = '''
"""The reader ``toy``: files whose root has the attribute ``toy``."""

from portal.model.header import Header
from portal.model.record import FileRecord, Parameter

__all__ = ["READER"]


class ToyReader:
    """Reads toys."""

    name = "toy"
    priority = 5

    def claims(self, header: Header) -> bool:
        """Whether it is a toy."""
        return "toy" in header.groups.get("", {})

    def read(self, header: Header) -> FileRecord:
        """One model."""
        toy = header.groups[""]["toy"]
        model = {"model_id": f"toy-{toy}", "format": "toy", "model_path": header.path}
        return FileRecord("model", "toy", model, (Parameter("toy_size", 3.5, "m"),))


READER = ToyReader()
'''

PAGE = '''
"""The page type ``toy``: one page with the number of models."""

from collections.abc import Iterator

from portal.pages.base import Page, Source

__all__ = ["PAGE"]


class ToyPage:
    """Counts models."""

    template = "toy.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The page."""
        count = str(source.catalog.table("models", ["model_id"]).num_rows)
        context = dict.fromkeys(("title", "topic", "description", "canonical"), "Toy")
        yield Page("toy.html", f"toy {count}", {**context, "n": count})


PAGE = ToyPage()
'''

TEMPLATE = """{% extends "site:browse.html" %}
{% block content %}<h1 id="content">{{ n }} models and toys</h1>{% endblock %}
"""


def _exporter() -> str:
    """The example of the page on architecture."""
    text = (ROOT / "site_src" / "architecture.md").read_text()
    return next(
        b for b in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S) if "EXPORTER" in b
    )


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site built by the portal with three more files, from a store with a toy in it."""
    import h5py

    root = tmp_path_factory.mktemp("extended")
    source = root / "src" / "portal"
    shutil.copytree(SRC / "portal", source, ignore=shutil.ignore_patterns("__pycache__"))
    (source / "readers" / "toy.py").write_text(READER)
    (source / "exporters" / "sizes.py").write_text(_exporter())
    (source / "pages" / "toy.py").write_text(PAGE)
    (source / "pages" / "templates" / "toy.html").write_text(TEMPLATE)
    store = write_store(root / "store", models=1)
    with h5py.File(store / "models" / "duck.h5", "w") as file:
        file.attrs["toy"] = "duck"
    path = str(root / "src")
    portal("scan", store, "--catalog", root / "catalog", "--workers", 0, PYTHONPATH=path)
    portal("build", "--catalog", root / "catalog", "--site", root / "site", PYTHONPATH=path)
    return root / "site"


def test_a_reader_is_one_file(extended):
    table = (extended / "catalog" / "models.csv").read_text()
    assert "toy-duck" in table
    assert "toy_size" in table.splitlines()[0]


def test_an_exporter_is_one_file(extended):
    lines = (extended / "downloads" / "sizes.txt").read_text().splitlines()
    assert [line.split()[1] for line in lines] == [
        "models/test-000.h5",
        "observations/test-000.h5",
        "models/duck.h5",
    ]


def test_a_page_type_is_one_file_and_its_template(extended):
    assert "2 models and toys" in (extended / "toy.html").read_text()
