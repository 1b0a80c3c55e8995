"""Releases of a small store through the commands, and the site that they are published on."""

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import feedparser
import pytest
from click.testing import CliRunner

from portal.catalog.observed import observed, pages_of
from portal.catalog.paths import model_page
from portal.catalog.table import Catalog
from portal.commands import build, check, diff, release, scan, verify
from portal.errors import CatalogError, ConfigError
from portal.render import TEMPLATES
from portal.server import serving
from tests.layout import edit, write_model, write_observation, write_store
from tests.portal.products import MADE
from tests.portal.schema_org import Vocabulary

ROOT = Path(__file__).parents[2]
KEY = ("obs_collection", "path", "part")
LATE = """
import os, signal
import portal.catalog.release as module
module.root_of = lambda files: os.kill(os.getpid(), signal.SIGKILL)
from portal.cli import main
main()
"""


def call(command, *words, status=0):
    """Run a command; its result."""
    done = CliRunner().invoke(command.COMMAND, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done


def files_of(store, name):
    return [store / kind / f"{name}.h5" for kind in ("models", "observations")]


def page(place, name):
    return place.site / model_page(name)


def products(place):
    """Identifier and page of each observed product, by the name of its file."""
    rows = observed(Catalog.open(place.catalog), (*KEY, "obs_publisher_did"))
    names = (Path(path).stem for path in rows["path"].to_pylist())
    dids = rows["obs_publisher_did"].to_pylist()
    return dict(zip(names, zip(dids, pages_of(rows), strict=True), strict=True))


def rescan(place):
    call(scan, "--catalog", place.catalog, "--config", place.config, "--workers", 0)


def rebuild(place, site=None):
    words = ("--catalog", place.catalog, "--site", site or place.site, "--app", place.app)
    done = call(build, *words, "--mkdocs", ROOT / "mkdocs.yml", "--json")
    return json.loads(done.stdout)


def sound(place):
    done = call(check, "--catalog", place.catalog, "--site", place.site, "--workers", 1)
    assert done.stdout == ""


def cut(place, version, day, *words):
    return call(release, version, "--catalog", place.catalog, "--date", day, *words)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def inodes(place):
    return {p.relative_to(place.site).as_posix(): p.stat().st_ino for p in place.site.rglob("*.*")}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two releases of a store of six models, the second with a change of each kind, built."""
    top = tmp_path_factory.mktemp("releases")
    store = write_store(top / "store", 5)
    write_model(store / "models" / "old.h5", "old", 7)
    write_observation(store / "observations" / "old.h5", "old", 7)
    for name in ("image", "spectrum", "series"):
        MADE[f"{name}.fits"]().writeto(store / f"{name}.fits")
    config = top / "collection.toml"
    config.write_text(
        f'id = "winds"\ntitle = "Winds"\nstores = ["{store}"]\nversion = "1.1"\n'
        'site_url = "https://example.org/portal/"\n[[creators]]\nname = "Doe, Jane"\n'
    )
    found = SimpleNamespace(
        top=top,
        store=store,
        config=config,
        app=top / "app",
        catalog=top / "catalog",
        site=top / "site",
    )
    # Empty files stand for the browser code, which may not be there.
    found.app.mkdir()
    for template in TEMPLATES.glob("*.html"):
        for name in re.findall(r"\bapp/([\w.-]+)\"", template.read_text()):
            (found.app / name).touch()
    rescan(found)
    found.first = cut(found, "1.0", "2026-01-10")
    found.products = products(found)
    (store / "image.fits").rename(top / "image.fits")
    (store / "series.fits").unlink()
    for path in files_of(store, "test-001"):
        edit(path, {"mass_loss_rate": 3e-6})
    edit(store / "observations" / "test-002.h5", engine="Magritte", engine_version="0.3.2")
    for path in files_of(store, "test-003"):
        shutil.move(path, top / f"{path.parent.name}.h5")
    for path in files_of(store, "test-004"):
        path.unlink()
    for path in files_of(store, "old"):
        edit(path.rename(path.with_stem("new")), name="new")
    write_model(store / "models" / "test-005.h5", "test-005", 5)
    write_observation(store / "observations" / "test-005.h5", "test-005", 5)
    (found.catalog / "withdrawn.csv").write_text(
        'id,reason,replaced_by\ntest-003,"<b>Too coarse</b>, sadly.",test-000\n'
        f"{found.products['image'][0]},Of another star.,{found.products['spectrum'][0]}\n"
    )
    (top / "notes.txt").write_text("Better <i>winds</i>.\n\nAnd more.\n")
    rescan(found)
    found.second = cut(found, "1.1", "2026-02-03", "--notes", top / "notes.txt")
    found.built = rebuild(found)
    return found


def test_the_command_says_what_changed_and_which_version_is_cited(place):
    assert "6 models, 12 files" in place.first.stdout
    assert "version 1.1 in its file, but the release is 1.0" in place.first.stderr
    assert place.second.stderr.startswith("withdrawn without a reason: test-004; a line in")
    assert "since 1.0: 1 added, 2 changed, 1 renamed, 2 withdrawn" in place.second.stdout


def test_a_release_tells_every_change_and_its_reason(place):
    with (place.catalog / "releases" / "1.1" / "changes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    told = {(r["change"], r["model_id"], r["reason"], r["what"]) for r in rows}
    both = [f"{kind}/test-001.h5" for kind in ("models", "observations")]
    assert told == {
        ("added", "test-005", "", ""),
        *(("changed", "test-001", "files", path) for path in both),
        ("changed", "test-001", "parameters", "mass_loss_rate"),
        ("changed", "test-002", "files", "observations/test-002.h5"),
        ("changed", "test-002", "engine", "engine"),
        ("changed", "test-002", "engine", "engine_version"),
        ("changed", "test-002", "advisories", "advisories"),
        ("renamed", "old", "", ""),
        ("withdrawn", "test-003", "", ""),
        ("withdrawn", "test-004", "", ""),
    }
    renamed = next(r for r in rows if r["change"] == "renamed")
    assert (renamed["new"], renamed["note"][:14]) == ("new", "It was renamed")
    changed = next(r for r in rows if r["what"] == "mass_loss_rate")
    assert (float(changed["old"]), float(changed["new"])) == (pytest.approx(1.3e-7), 3e-6)
    assert changed["unit"] == "solMass/yr"


def test_the_difference_is_the_same_from_folders_and_over_http(place):
    old, new = (place.catalog / "releases" / version for version in ("1.0", "1.1"))
    local = call(diff, old, place.catalog, "--json", status=1).stdout
    with serving(place.site, place.store) as server:
        url = server.url
        remote = call(diff, f"{url}releases/1.0/", f"{url}releases/1.1/", "--json", status=1)
        again = call(diff, f"{url}releases/1.1/", f"{url}", "--json")
    assert json.loads(again.stdout)["changes"] == []
    bare = [{k: v for k, v in r.items() if k not in ("new", "note")} for r in changes(local)]
    far = [{k: v for k, v in r.items() if k not in ("new", "note")} for r in changes(remote.stdout)]
    assert bare == far
    assert call(diff, new, place.catalog).stdout.startswith("1.1 to ")
    out = place.top / "out.csv"
    shown = call(diff, old, new, "-o", out, status=1).stdout
    assert "changed test-002: engine, engine_version: 0.1.0 -> 0.3.2" in shown
    assert len(out.read_text().splitlines()) == 1 + len(changes(local))


def changes(text):
    return json.loads(text)["changes"]


def test_the_site_is_sound_and_no_model_of_a_release_is_missing(place):
    sound(place)
    for number in range(6):
        assert page(place, f"test-{number:03d}").is_file()
    listed = (place.site / "sitemap-0.xml").read_text()
    plain = (place.site / "models.html").read_text()
    for name, there in (("test-002", True), ("test-003", False), ("test-004", False)):
        assert (f"/{name}.html" in listed, f"/{name}.html" in plain) == (there, there)
    assert "releases/1.1.html" in listed


def test_the_page_of_a_withdrawn_model_tells_its_story(place):
    html = page(place, "test-003").read_text()
    assert '<meta name="robots" content="noindex">' in html
    assert "&lt;b&gt;Too coarse&lt;/b&gt;, sadly." in html
    assert "<b>" not in html
    assert f'<a href="../../{model_page("test-000")}">test-000</a>' in html
    assert 'href="../../releases/1.1.html">release 1.1</a> of 2026-02-03' in html
    for path in ("models", "observations"):
        data = (place.top / f"{path}.h5").read_bytes()
        assert hashlib.sha256(data).hexdigest() in html
    assert "mass_loss_rate" in html
    assert "Reason" not in page(place, "test-004").read_text()
    renamed = page(place, "old").read_text()
    assert "Reason: It was renamed; its parameters" in renamed
    assert f'Use <a href="../../{model_page("new")}">new</a> instead.' in renamed


def test_the_page_of_a_withdrawn_product_tells_its_story(place):
    html = (place.site / place.products["image"][1]).read_text()
    did, instead = place.products["spectrum"]
    assert "This product was withdrawn with" in html
    assert "Reason: Of another star." in html
    assert f'Use <a href="../../{instead}">{did}</a> instead.' in html
    assert "R Dor" in html
    assert hashlib.sha256((place.top / "image.fits").read_bytes()).hexdigest() in html
    assert "Reason" not in (place.site / place.products["series"][1]).read_text()
    listed = (place.site / "sitemap-0.xml").read_text()
    plain = (place.site / "products.html").read_text()
    there = {name: (page in listed, page in plain) for name, (_, page) in place.products.items()}
    assert there == {name: (name == "spectrum",) * 2 for name in place.products}


def test_the_page_of_a_release_tells_counts_notes_and_citation(place):
    html = (place.site / "releases" / "1.1.html").read_text()
    said = json.loads((place.site / "releases" / "1.1" / "release.json").read_text())
    assert said["root"] in html
    assert "<p>Better &lt;i&gt;winds&lt;/i&gt;.</p>\n<p>And more.</p>" in html
    assert "version   = {1.1}" in html
    assert re.search(r"<th scope=\"row\">Advisories</th><td class=\"num\">1</td>", html)
    assert f'href="../{model_page("test-003")}"' in html
    first = (place.site / "releases" / "1.0.html").read_text()
    assert 'id="changes"' in html
    assert 'id="changes"' not in first
    listed = (place.site / "releases.html").read_text()
    assert listed.index(">1.1<") < listed.index(">1.0<")


def test_the_metadata_for_machines_are_those_of_the_last_release(place):
    html = (place.site / "releases" / "1.1.html").read_text()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    told = json.loads(text)
    assert (told["version"], told["datePublished"]) == ("1.1", "2026-02-03")
    for part in told["distribution"]:
        path = place.site / "releases" / "1.1" / part["name"]
        assert part["contentUrl"].endswith(f"/releases/1.1/{part['name']}")
        assert part["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(told["distribution"]) == 5
    assert list(Vocabulary().faults(told)) == []
    said = {
        name: json.loads((place.site / "downloads" / name).read_text())
        for name in ("croissant.json", "ro-crate-metadata.json", "collections.jsonld")
    }
    (root,) = (e for e in said["ro-crate-metadata.json"]["@graph"] if e["@id"] == "./")
    for data in (said["croissant.json"], root, said["collections.jsonld"]["dataset"][0]):
        assert (data["version"], data["datePublished"]) == ("1.1", "2026-02-03")
    cited = json.loads((place.site / "downloads" / "datacite.json").read_text())
    told = cited["data"][0]["attributes"]
    assert (told["version"], told["publicationYear"]) == ("1.1", "2026")
    assert told["dates"] == [{"date": "2026-02-03", "dateType": "Issued"}]
    schema = pytest.importorskip("datacite.schema45")
    assert list(schema.validator.iter_errors(told)) == []


def test_the_feed_of_the_site_has_the_releases(place):
    feed = feedparser.parse((place.site / "releases.atom").read_bytes())
    assert not feed.bozo
    assert [(e.title, e.updated) for e in feed.entries] == [
        ("Release 1.1", "2026-02-03T00:00:00Z"),
        ("Release 1.0", "2026-01-10T00:00:00Z"),
    ]


def test_affected_models_have_a_banner_and_the_page_counts_them(place):
    html = page(place, "test-002").read_text()
    assert "Sign of the velocity is reversed" in html
    assert '"correction":"Sign of the velocity is reversed. Magritte 0.3.0' in html
    assert "velocity is reversed" not in page(place, "test-000").read_text()
    assert "1 models affected" in (place.site / "advisories.html").read_text()
    for single in ("index.html", "problems.html"):
        assert 'href="advisories.html#velocity-reversed"' in (place.site / single).read_text()


def test_two_builds_are_equal_to_the_byte(place, tmp_path):
    other = tmp_path / "site"
    shutil.copytree(place.top / ".site.cache", tmp_path / ".site.cache")
    rebuild(place, other)
    for path in sorted(p for p in place.site.rglob("*") if p.is_file()):
        assert (other / path.relative_to(place.site)).read_bytes() == path.read_bytes(), path


def test_files_are_verified_against_a_release(place, tmp_path):
    copy = shutil.copytree(place.store, tmp_path / "store")
    releases = place.catalog / "releases"
    done = call(verify, copy, "--release", releases / "1.1")
    assert re.search(r"root [0-9a-f]{64}", done.stderr)
    with serving(place.site, place.store) as server:
        address = f"{server.url}releases/1.1/"
        call(verify, copy, "--release", address, "--where", 'species == "CO"', "--only", "models")
    with (copy / "models" / "test-001.h5").open("r+b") as file:
        file.write(b"\0")
    done = call(verify, copy, "--release", releases / "1.1", status=1)
    assert done.stdout.startswith("models/test-001.h5: has another content")
    forged = shutil.copytree(releases / "1.1", tmp_path / "forged")
    shutil.copy(releases / "1.0" / "files.parquet", forged)
    with pytest.raises(CatalogError, match=r"is damaged.*files\.parquet is not the one"):
        call(verify, copy, "--release", forged)


def test_a_release_is_never_changed_and_comes_after_those_before(place):
    before = contents(place.catalog / "releases")
    for version, day, error, match in (
        ("1.1", "2026-03-01", CatalogError, "is there already"),
        ("1.1.0", "2026-03-01", CatalogError, "is there already"),
        ("1.0.5", "2026-03-01", ConfigError, r"expected a version above 1\.1"),
        ("1.2", "2026-02-01", ConfigError, "2026-02-03 or later"),
        ("../2", "2026-03-01", ConfigError, "expected numbers such as"),
        ("1.2", "3 March", ConfigError, "expected YYYY-MM-DD"),
    ):
        with pytest.raises(error, match=match):
            cut(place, version, day)
    assert contents(place.catalog / "releases") == before


def test_a_strict_release_writes_nothing_where_something_looks_like_a_slip(place):
    words = ("1.2", "--catalog", place.catalog, "--date", "2026-03-01", "--strict")
    done = CliRunner().invoke(release.COMMAND, [str(w) for w in words])
    assert isinstance(done.exception, ConfigError)
    assert "version 1.1 in its file, but the release is 1.2" in done.stderr
    assert not (place.catalog / "releases" / "1.2").exists()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("name,reason\n", "expected id, reason, replaced_by, got name, reason"),
        ("id,reason,replaced_by\ntest-003,,\n", r"reason: .*withdrawn\.csv:2\]"),
        ("id,reason,replaced_by\na,b,\na,c,\n", r"a second time .*withdrawn\.csv:3\]"),
        ("id,reason,replaced_by\na,b,a\n", "expected another model"),
        ("id,reason,replaced_by\ntest-000,b,\n", "in the catalogue: .*got test-000"),
        ("id,reason,replaced_by\ntest-003,b,nobody\n", "got nobody for test-003"),
    ],
)
def test_a_wrong_list_of_withdrawn_models_is_refused(text, match, place, tmp_path):
    listed = place.catalog / "withdrawn.csv"
    kept = listed.read_text()
    listed.write_text(text)
    try:
        with pytest.raises(ConfigError, match=match):
            cut(place, "1.2", "2026-03-01")
    finally:
        listed.write_text(kept)
    assert not (place.catalog / "releases" / "1.2").exists()


def test_a_catalogue_without_checksums_is_not_released(example_store, tmp_path):
    words = ("--catalog", tmp_path, "--workers", 0, "--no-checksums")
    call(scan, example_store, *words)
    with pytest.raises(CatalogError, match="files without a checksum"):
        call(release, "1.0", "--catalog", tmp_path)


def test_a_killed_release_leaves_nothing_and_the_next_one_is_whole(place, tmp_path):
    releases = shutil.copytree(place.catalog / "releases", tmp_path / "releases")
    words = ("release", "1.2", "--catalog", place.catalog, "--releases", releases)
    command = [sys.executable, "-c", LATE, *map(str, words), "--date", "2026-03-01"]
    done = subprocess.run(command, check=False, capture_output=True, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    assert (releases / ".next" / "models.parquet").is_file()
    assert sorted(p.name for p in releases.iterdir() if p.name[0] != ".") == ["1.0", "1.1"]
    cut(place, "1.2", "2026-03-01", "--releases", releases)
    assert not (releases / ".next").exists()
    assert sorted(p.name for p in (releases / "1.2").iterdir()) == [
        "changes.csv",
        "files.parquet",
        "models.parquet",
        "products.parquet",
        "provenance.parquet",
        "release.json",
    ]


def test_a_model_that_comes_back_has_its_page_and_one_that_goes_leaves_it(place):
    """The last: it changes the catalogue and the site, with pages renewed where they must be."""
    before = inodes(place)
    for path in files_of(place.store, "test-003"):
        shutil.move(place.top / f"{path.parent.name}.h5", path)
    for path in files_of(place.store, "test-005"):
        path.unlink()
    (place.catalog / "withdrawn.csv").unlink()
    rules = place.catalog / "advisories"
    rules.mkdir()
    (rules / "own.toml").write_text(
        '[[advisory]]\nid = "dense"\ntitle = "Dense <winds>"\ntable = "models"\n'
        'where = "mass_loss_rate > 2e-6"\nsince = 2026-02-20\n'
    )
    rescan(place)
    rebuild(place)
    sound(place)
    assert "noindex" not in page(place, "test-003").read_text()
    assert "withdrawn after" in page(place, "test-005").read_text()
    assert "Dense &lt;winds&gt;" in page(place, "test-001").read_text()
    after = inodes(place)
    assert after[model_page("test-004")] == before[model_page("test-004")]
    assert after["releases/1.1.html"] == before["releases/1.1.html"]
    assert after[model_page("test-001")] != before[model_page("test-001")]
    feed = feedparser.parse((place.site / "releases.atom").read_bytes())
    assert feed.entries[0].title == "Advisory: Dense <winds>"
    cut(place, "1.2", "2026-03-01")
    rebuild(place)
    sound(place)
    assert "withdrawn with" in page(place, "test-005").read_text()
    html = (place.site / "releases" / "1.2.html").read_text()
    back = "It is back: it was withdrawn with release 1.1 of 2026-02-03."
    assert f'">test-003</a><br>{back} &lt;b&gt;Too coarse' in html
    assert back in (place.site / "releases" / "1.2" / "changes.csv").read_text()
    assert rebuild(place)["written"] == 0
