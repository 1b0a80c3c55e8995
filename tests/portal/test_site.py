"""The whole site, built from a scanned store."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from portal.catalog.paths import model_page
from portal.errors import BuildError, CatalogError
from portal.publish import MANIFEST
from portal.site import Options, build
from tests.layout import write_store
from tests.portal.catalogs import COLLECTION, file_row, model_row, rows_of, scanned, written
from tests.portal.schema_org import Vocabulary

ROOT = Path(__file__).parents[2]
MODELS = 4


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("site") / "store", MODELS)


@pytest.fixture(scope="module")
def catalog(store):
    return scanned(store, store.parent / "catalog")


@pytest.fixture(scope="module")
def options(store, catalog):
    return Options(catalog.root, store.parent / "site", ROOT / "mkdocs.yml", None, (store,))


@pytest.fixture(scope="module")
def site(options):
    report = build(options)
    assert report.kept == 0
    return options.site


def again(options, catalog, **changes):
    """The same build of another catalogue, in the same place."""
    return build(
        Options(catalog.root, options.site, options.mkdocs, stores=options.stores, **changes)
    )


def digests(site):
    """Hash of every file by its path."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def inodes(site):
    return {p.relative_to(site).as_posix(): p.stat().st_ino for p in site.rglob("*.html")}


def test_all_parts_are_there(site):
    names = digests(site)
    pages = [model_page(f"test-{n:03d}") for n in range(MODELS)]
    singles = ["index.html", "browse.html", "downloads.html", "problems.html", "404.html"]
    feeds = ["robots.txt", "releases.atom", "sitemap.xml", "sitemap-0.xml"]
    tables = ["catalog/models.parquet", "catalog/models.csv", "catalog/problems.parquet"]
    lists = ["downloads/urls.txt", "downloads/SHA256SUMS"]
    assert {*pages, *singles, *feeds, *tables, *lists, MANIFEST, "data-format.html"} <= names.keys()
    assert not [name for name in names if name.startswith("shell/") or name.endswith(".gz")]


def test_two_clean_builds_are_equal_and_workers_change_nothing(site, options, tmp_path):
    other = Options(options.catalog, tmp_path / "site", options.mkdocs, stores=options.stores)
    build(other, workers=2)
    assert digests(other.site) == digests(site)


@pytest.mark.slow
def test_many_pages_in_a_pool_equal_those_of_one_process(options, tmp_path):
    rows = {"observations": [], "problems": []}
    names = [f"model-{n:03d}" for n in range(150)]
    rows["models"] = [
        model_row(name, mass_loss_rate=1e-8 * (n + 1)) for n, name in enumerate(names)
    ]
    rows["files"] = [file_row(name) for name in names]
    catalog = written(rows, tmp_path / "catalog")
    one = Options(catalog.root, tmp_path / "one", options.mkdocs)
    two = Options(catalog.root, tmp_path / "two", options.mkdocs)
    assert build(one).written == build(two, workers=2).written
    assert digests(one.site) == digests(two.site)


def test_json_ld_of_the_pages_is_schema_org(site):
    pytest.importorskip("rocrate")
    vocabulary = Vocabulary()
    script = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
    pages = [site / "index.html", *sorted(site.glob("m/*/*.html"))]
    assert len(pages) == MODELS + 1
    for page in pages:
        documents = [json.loads(text) for text in script.findall(page.read_text("utf-8"))]
        assert documents, page
        for document in documents:
            assert list(vocabulary.faults(document)) == []
            # What search engines for data sets ask of each.
            sets = [document] if document["@type"] == "Dataset" else document["dataset"]
            for said in sets:
                assert said["name"]
                assert said["description"]
                assert said["license"]
                assert said.get("creator") or said["publisher"]


def test_unchanged_catalogue_rewrites_nothing(site, options):
    before = inodes(site)
    report = build(options)
    assert (report.written, report.deleted) == (0, 0)
    assert inodes(site) == before


def test_one_change_rewrites_that_page_alone(site, options, catalog, tmp_path):
    before = inodes(site)
    rows = rows_of(catalog)
    rows["models"][1]["title"] = "Another title"
    changed = written(rows, tmp_path / "catalog")
    again(options, written(rows_of(catalog), tmp_path / "same"))
    assert {k for k, v in inodes(site).items() if before[k] != v and k.startswith("m/")} == set()
    report = again(options, changed)
    after = inodes(site)
    fresh = {k for k in after if k.startswith("m/") and after[k] != before[k]}
    assert fresh == {model_page(rows["models"][1]["model_id"])}
    assert report.kept >= MODELS - 1
    build(options)


def test_pages_of_models_that_went_are_deleted(site, options, catalog, tmp_path):
    rows = rows_of(catalog)
    gone = rows["models"].pop()["model_id"]
    report = again(options, written(rows, tmp_path / "catalog"))
    assert report.deleted == 1
    assert not (site / model_page(gone)).exists()
    assert not (site / model_page(gone)).with_suffix(".png").exists()
    build(options)
    assert (site / model_page(gone)).exists()


def test_lost_store_takes_the_previews_away(site, options, store):
    page = site / model_page("test-000")
    assert "portal-plot" in page.read_text()
    build(Options(options.catalog, options.site, options.mkdocs))
    assert "portal-plot" not in page.read_text()
    assert not page.with_suffix(".png").exists()
    build(options)
    assert "portal-plot" in page.read_text()


def test_prose_is_made_once(site, options):
    cache = options.site.with_name(".site.cache") / "prose"
    made = {p.name: p.stat().st_ino for p in cache.iterdir()}
    build(options)
    assert {p.name: p.stat().st_ino for p in cache.iterdir()} == made


def test_sitemap_lists_every_page(site):
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    index = ET.parse(site / "sitemap.xml")
    assert [e.text for e in index.iter(name)] == ["https://example.org/portal/sitemap-0.xml"]
    listed = {e.text for e in ET.parse(site / "sitemap-0.xml").iter(name)}
    pages = {p.relative_to(site).as_posix() for p in site.rglob("*.html")} - {"404.html"}
    assert listed == {f"https://example.org/portal/{page}" for page in pages}


def test_refused_builds_write_nothing(options, tmp_path):
    foreign = tmp_path / "home" / "site"
    foreign.mkdir(parents=True)
    (foreign / "letter.txt").write_text("dear")
    none = tmp_path / "home" / "new"
    for site, catalog, error in (
        (foreign, options.catalog, BuildError),
        (none, tmp_path / "no-catalogue", CatalogError),
        (Path("/"), options.catalog, BuildError),
        (Path("/proc/site"), options.catalog, BuildError),
    ):
        with pytest.raises(error, match=f"{'no-cat' if error is CatalogError else site}"):
            build(Options(catalog, site, options.mkdocs))
    with pytest.raises(BuildError, match=r"no\.yml"):
        build(Options(options.catalog, none, tmp_path / "no.yml"))
    assert {p.name for p in (tmp_path / "home").rglob("*")} == {"site", "letter.txt"}


class Tags(HTMLParser):
    """Opening tags that were not closed, and addresses outside the site."""

    VOID = frozenset("meta link input img br hr source".split())

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.scripts, self.links = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.links += [v for k, v in attrs if k in ("src", "href") and tag != "a"]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append(dict(attrs))

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize(
    "page", ["index.html", "downloads.html", "problems.html", "browse.html", model_page("test-001")]
)
def test_pages_are_well_formed_and_load_nothing_from_elsewhere(site, page):
    tags = Tags()
    tags.feed((site / page).read_text())
    assert not tags.wrong
    assert [tag for tag in tags.open if tag not in ("html", "body", "p", "li")] == []
    # Only what tells machines where things are: canonical address, licence.
    told = ("https://example.org/portal/", COLLECTION.license_url)
    assert [link for link in tags.links if "//" in link and not link.startswith(told)] == []


def test_foreign_folder_is_refused(options, tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(BuildError, match="holds something else"):
        build(Options(options.catalog, folder, options.mkdocs))
    assert [p.name for p in folder.iterdir()] == ["letter.txt"]


def test_failed_build_leaves_the_old_site(site, options, tmp_path):
    before = digests(site)
    with pytest.raises(CatalogError):
        build(Options(tmp_path, options.site, options.mkdocs))
    with pytest.raises(BuildError, match=r"no\.yml"):
        build(Options(options.catalog, options.site, tmp_path / "no.yml"))
    assert digests(site) == before


def test_warning_of_mkdocs_is_an_error(options, tmp_path):
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: docs\nnav: [gone.md]\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n")
    with pytest.raises(BuildError, match=r"gone\.md"):
        build(Options(options.catalog, tmp_path / "site", tmp_path / "mkdocs.yml"))


def test_killed_build_leaves_the_old_site_whole(site, options, catalog, tmp_path):
    before = digests(site)
    rows = rows_of(catalog)
    for row in rows["models"]:
        row["title"] = "New title"
    changed = written(rows, tmp_path / "catalog")
    command = [sys.executable, "-m", "portal.cli", "build", "--catalog", str(changed.root)]
    command = [sys.executable, "-c", "from portal.cli import main; main()", *command[3:]]
    command += ["--site", str(options.site), "--mkdocs", str(options.mkdocs)]
    stage = options.site.with_name(".site.new")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not stage.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.0005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert digests(site) == before
    assert again(options, changed).written >= MODELS
    assert "New title" in (site / model_page("test-000")).read_text()
    assert not stage.exists()
    build(options)


HOSTILE = "<script>alert(1)</script>\"'`${7}{{7*7}}]]>\u202e\x07&amp;"


def test_hostile_text_stays_text(options, catalog, store, tmp_path):
    rows = rows_of(catalog)
    for table, keys in (
        ("models", ("title", "code", "morphology", "engine", "license")),
        ("observations", ("line", "hdf5_group", "species")),
        ("problems", ("what", "seen", "expected", "way_out", "code", "path")),
    ):
        for row in rows[table]:
            row.update(dict.fromkeys(keys, HOSTILE))
    problem = dict.fromkeys(("code", "what", "seen", "expected", "way_out"), HOSTILE)
    path = rows["files"][0]["path"]
    rows["problems"] = [problem | {"severity": "warning", "path": path, "collection": "winds"}]
    hostile = written(rows, tmp_path / "catalog")
    site = tmp_path / "site"
    build(Options(hostile.root, site, options.mkdocs, stores=(store,)))
    for page in [*site.glob("m/*/*.html"), *(site / f"{n}.html" for n in ("index", "problems"))]:
        text = page.read_text()
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert "\x07" not in text
        for block in text.split('<script type="application/ld+json">')[1:]:
            json.loads(block.split("</script>")[0])
        tags = Tags()
        tags.feed(text)
        assert not tags.wrong
