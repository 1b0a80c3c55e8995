"""Every page type keeps the protocol, and its template never reads the text of a value."""

import pickle
import re
from pathlib import Path

import pytest
from markupsafe import Markup

from portal import registry
from portal.pages.base import Page, Source
from portal.prose import prose
from portal.render import Renderer
from tests.layout import write_store
from tests.portal.catalogs import file_row, model_row, rows_of, scanned, written

ROOT = Path(__file__).parents[2]
TYPES = sorted(registry.names("portal.pages"))
STANDING = {"title", "topic", "description", "canonical"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def renderer(folder):
    return Renderer(prose(ROOT / "mkdocs.yml", "https://example.org/portal/", folder / "cache"))


@pytest.fixture(scope="module")
def sources(folder):
    """A usual catalogue, one with problems and odd models, and an empty one."""
    store = write_store(folder / "store", 3)
    usual = scanned(store, folder / "usual")
    rows = rows_of(usual)
    rows["models"] += [model_row("bare-model"), model_row("é+x", title="", species=["CO"])]
    rows["files"] += [file_row("bare-model"), file_row("é+x", path="a b/é's.h5", sha256="0" * 64)]
    texts = dict.fromkeys(("what", "seen", "expected", "way_out"), "<text>")
    problem = {"path": rows["files"][0]["path"], "collection": "winds", "code": "odd"} | texts
    rows["problems"] = [
        problem | {"severity": "warning"},
        problem | {"severity": "error", "path": "other.h5", "seen": None, "way_out": None},
    ]
    odd = written(rows, folder / "odd")
    empty = written({name: [] for name in rows}, folder / "empty")
    return [Source(usual, (store,)), Source(odd, (store,)), Source(odd), Source(empty)]


def page_type(name):
    return registry.members("portal.pages", "PAGE")[name]


def leaves(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    else:
        yield node


@pytest.mark.parametrize("name", TYPES)
def test_protocol(name, sources):
    kind = page_type(name)
    assert (ROOT / "src/portal/pages/templates" / kind.template).is_file()
    for source in sources:
        pages = list(kind.pages(source))
        assert all(isinstance(page, Page) for page in pages)
        paths = [page.path for page in pages]
        assert len(set(paths)) == len(paths)
        for page in pages:
            assert page.path.endswith(".html")
            assert re.fullmatch(r"[0-9a-f]{8,}", page.key)


@pytest.mark.parametrize("name", TYPES)
def test_same_source_same_pages_in_the_same_order(name, sources):
    for source in sources:
        one, two = (list(page_type(name).pages(source)) for _ in range(2))
        assert [(p.path, p.key) for p in one] == [(p.path, p.key) for p in two]
        assert [p.contents() for p in one] == [p.contents() for p in two]


@pytest.mark.parametrize("name", TYPES)
def test_contents_are_made_from_what_a_worker_is_sent(name, sources):
    for page in page_type(name).pages(sources[1]):
        assert pickle.loads(pickle.dumps(page)).contents() == page.contents()


@pytest.mark.parametrize("name", TYPES)
def test_contexts_hold_text_alone(name, sources):
    for source in sources:
        for page in page_type(name).pages(source):
            context = page.contents().context
            assert context.keys() >= STANDING
            assert {type(leaf) for leaf in leaves(context)} <= {str, Markup, type(None)}


@pytest.mark.parametrize("name", TYPES)
def test_skeleton_equals_plain_jinja_for_every_page(name, sources, renderer):
    template = page_type(name).template
    for source in sources:
        for page in page_type(name).pages(source):
            context = page.contents().context
            assert renderer.render(template, context) == renderer.plain(template, context)


@pytest.mark.parametrize("name", TYPES)
def test_pages_have_one_heading_a_licence_and_lead_home(name, sources, renderer):
    for source in sources:
        for page in page_type(name).pages(source):
            html = renderer.render(page_type(name).template, page.contents().context)
            # An error page is shown at any depth: its links begin at the root of the host.
            up = "/portal/" if page.path == "404.html" else "../" * page.path.count("/")
            assert len(re.findall(r"<h1\b", html)) == 1
            assert html.count('id="content"') == 1
            assert 'rel="license"' in html
            assert f'<a href="{up}index.html" title="ATOMIUM portal"' in html
            assert len(re.findall(r'\bid="([^"]+)"', html)) == len(
                set(re.findall(r'\bid="([^"]+)"', html))
            )


def test_model_page_of_a_bare_model(sources, renderer):
    page = next(p for p in page_type("model").pages(sources[2]) if "bare-model" in p.path)
    html = renderer.render("model.html", page.contents().context)
    assert "Model of magritte" in html
    assert "models/bare-model.h5" in html
    assert "not computed" in html
    for absent in ("Previews", "Observations</h2>", "None", "nan"):
        assert absent not in html.split("<article")[1]


def test_names_are_percent_encoded_in_links(sources):
    pages = list(page_type("model").pages(sources[2]))
    context = next(p for p in pages if "é" in p.path).contents().context
    assert context["canonical"].endswith("/%C3%A9%2Bx.html")
    assert context["files"][0]["href"] == "../../data/a%20b/%C3%A9%27s.h5"


def test_problems_show_on_the_page_of_their_model(sources):
    pages = {p.path: p for p in page_type("model").pages(sources[1])}
    told = [page.contents().context["problems"] for page in pages.values()]
    assert [len(problems) for problems in told if problems] == [1]
