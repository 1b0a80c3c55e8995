"""Every page type keeps the protocol, and its template never reads the text of a value."""

import pickle
import re
from pathlib import Path

import pytest
from markupsafe import Markup

from portal import registry
from portal.pages.base import Bundle, Page, Source
from portal.prose import prose
from portal.render import Renderer, pick
from tests.layout import write_store
from tests.portal.catalogs import file_row, model_row, rows_of, scanned, written
from tests.portal.products import write_products

ROOT = Path(__file__).parents[2]
TYPES = sorted(registry.names("portal.pages"))
STANDING = {"topic", "canonical"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def renderer(folder):
    return Renderer(prose(ROOT / "mkdocs.yml", "https://example.org/portal/", folder / "cache"))


@pytest.fixture(scope="module")
def sources(folder):
    """A usual catalogue with products, one with problems and odd models, and an empty one."""
    store = write_store(folder / "store", 3)
    write_products(store)
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


def finished(group):
    """The groups with whole contexts that stand for `group`, without their files."""
    if group.finish is None:
        return [group]
    return [whole for whole, _ in group.finish(group.rows)]


def contexts(name, source):
    """Path and whole context of every page of a type, a page of a bundle like any other."""
    found = []
    for page in page_type(name).pages(source):
        if isinstance(page, Page):
            found.append((page.path, page.contents().context))
            continue
        for group in page.groups():
            for whole in finished(group):
                for place, row in enumerate(whole.rows.tolist()):
                    found.append((page.paths[row], pick(whole.context, place)))
    return found


def all_paths(name, source):
    for page in page_type(name).pages(source):
        yield from [page.path] if isinstance(page, Page) else page.paths


@pytest.mark.parametrize("name", TYPES)
def test_protocol(name, sources):
    kind = page_type(name)
    assert (ROOT / "src/portal/pages/templates" / kind.template).is_file()
    for source in sources:
        pages = list(kind.pages(source))
        assert {type(page) for page in pages} <= {Page, Bundle}
        assert all(re.fullmatch(r"[0-9a-f]{8,}", p.key) for p in pages if isinstance(p, Page))
        paths = list(all_paths(name, source))
        assert len(set(paths)) == len(paths)
        assert all(path.endswith(".html") for path in paths)
        assert sorted(path for path, _ in contexts(name, source)) == sorted(paths)


@pytest.mark.parametrize("name", TYPES)
def test_same_source_same_pages_in_the_same_order(name, sources):
    for source in sources:
        assert list(all_paths(name, source)) == list(all_paths(name, source))
        assert contexts(name, source) == contexts(name, source)


@pytest.mark.parametrize("name", TYPES)
def test_contents_are_made_from_what_a_worker_is_sent(name, sources):
    for page in page_type(name).pages(sources[1]):
        sent = pickle.loads(pickle.dumps(page))
        if isinstance(page, Page):
            assert sent.contents() == page.contents()
        else:
            here, there = (
                [
                    pick(whole.context, n)
                    for group in bundle.groups()
                    for whole in finished(group)
                    for n in range(len(whole.rows))
                ]
                for bundle in (page, sent)
            )
            assert here == there


@pytest.mark.parametrize("name", TYPES)
def test_contexts_hold_text_alone(name, sources):
    for source in sources:
        for _, context in contexts(name, source):
            assert context.keys() >= STANDING
            assert {type(leaf) for leaf in leaves(context)} <= {str, Markup, type(None)}


@pytest.mark.parametrize("name", TYPES)
def test_pages_filled_together_are_what_jinja_makes_of_each(name, sources, renderer):
    template = page_type(name).template
    for source in sources:
        for page in page_type(name).pages(source):
            if isinstance(page, Page):
                continue
            for group in page.groups():
                for whole in finished(group):
                    n = len(whole.rows)
                    html = list(renderer.fill(template, whole.context).pages(range(n)))
                    plain = [renderer.plain(template, pick(whole.context, k)) for k in range(n)]
                    assert html == [text.encode("utf-8", "replace") for text in plain]


@pytest.mark.parametrize("name", TYPES)
def test_pages_have_one_heading_a_licence_and_lead_home(name, sources, renderer):
    for source in sources:
        for path, context in contexts(name, source):
            html = renderer.plain(page_type(name).template, context)
            # An error page is shown at any depth: its links begin at the root of the host.
            up = "/portal/" if path == "404.html" else "../" * path.count("/")
            assert len(re.findall(r"<h1\b", html)) == 1
            assert html.count('id="content"') == 1
            assert 'rel="license"' in html
            assert re.search(r"<title>[^<]{10,}</title>", html)
            assert re.search(r'<meta name="description" content="[^"]{10,}">', html)
            assert f'<a href="{up}index.html" title="ATOMIUM portal"' in html
            assert len(re.findall(r'\bid="([^"]+)"', html)) == len(
                set(re.findall(r'\bid="([^"]+)"', html))
            )


def test_model_page_of_a_bare_model(sources, renderer):
    context = next(c for path, c in contexts("model", sources[2]) if "bare-model" in path)
    html = renderer.plain("model.html", context)
    assert "Model of magritte" in html
    assert "models/bare-model.h5" in html
    assert "not computed" in html
    for absent in ("Previews", "Observations</h2>", "None", "nan"):
        assert absent not in html.split("<article")[1]


def test_names_are_percent_encoded_in_links(sources):
    context = next(c for path, c in contexts("model", sources[2]) if "é" in path)
    assert context["canonical"].endswith("/%C3%A9%2Bx.html")
    assert context["files"][0]["href"] == "../../data/a%20b/%C3%A9%27s.h5"


def test_problems_show_on_the_page_of_their_model(sources):
    told = [context["problems"] for _, context in contexts("model", sources[1])]
    assert [len(problems) for problems in told if problems] == [1]
