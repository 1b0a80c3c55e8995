"""Code samples on pages: what is read is what runs, and hostile values stay values."""

import ast
import html
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.paths import model_page
from portal.pages._examples import Example
from portal.server import SiteServer
from portal.site import Options, build
from tests.layout import write_store
from tests.portal.catalogs import scanned

ROOT = Path(__file__).parents[3]
# The samples fetch from this machine, whatever proxy it uses for others.
DIRECT = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
TAGS = re.compile(r"<[^>]+>")


def shown(markup):
    return html.unescape(TAGS.sub("", str(markup)))


@given(value=st.text())
def test_shell_gets_the_value_as_one_word(value):
    example = Example("bash", "wget --continue __url__ # a comment")
    said = example.text({"url": shlex.quote(value)})
    assert shlex.split(said, comments=True) == ["wget", "--continue", value]
    assert shown(example.html({"url": shlex.quote(value)})) == said


@given(value=st.text(), other=st.text())
def test_python_gets_the_value_as_one_literal(value, other):
    example = Example("python", 'read("__url__", filters=[("x", "==", "__name__")])  # why')
    values = {"url": repr(value), "name": repr(other)}
    said = example.text(values)
    call = ast.parse(said).body[0].value
    assert ast.literal_eval(call.args[0]) == value
    assert ast.literal_eval(call.keywords[0].value)[0][2] == other
    assert shown(example.html(values)) == said


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A site, served where its pages say it is."""
    folder = tmp_path_factory.mktemp("published")
    store = write_store(folder / "store", 2)
    site = folder / "site"
    site.mkdir()
    with SiteServer(site, store, port=0) as server:
        catalog = scanned(store, folder / "catalog", site_url=server.url)
        build(Options(catalog.root, site, ROOT / "mkdocs.yml", stores=(store,)))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def code(page, language):
    text = page.read_text()
    found = re.findall(rf'language-{language} highlight"><pre><code>(.*?)\n</code>', text, re.S)
    return [shown(sample) for sample in found]


@pytest.mark.parametrize("path", [model_page("test-000"), "index.html", "downloads.html"])
def test_python_samples_run(published, tmp_path, path):
    samples = code(published / path, "python")
    assert len(samples) == (3 if path.startswith("m/") else 1)
    for sample in samples:
        subprocess.run(
            [sys.executable, "-W", "error", "-c", sample], cwd=tmp_path, check=True, env=DIRECT
        )


def run_in(folder, sample):
    program = sample.split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"no {program}")
    folder.mkdir(exist_ok=True)
    subprocess.run(["bash", "-ec", sample], cwd=folder, check=True, capture_output=True, env=DIRECT)


def test_a_model_is_fetched_and_checked(published, tmp_path):
    wget, curl, check = code(published / model_page("test-000"), "bash")
    for number, fetch in enumerate((wget, curl)):
        run_in(tmp_path / str(number), fetch)
        run_in(tmp_path / str(number), check)
        (tmp_path / str(number) / "test-000.h5").write_bytes(b"flipped")
        with pytest.raises(subprocess.CalledProcessError):
            run_in(tmp_path / str(number), check)


def test_curl_leaves_a_whole_file_as_it_is_and_says_what_the_page_says(published, tmp_path):
    page = published / model_page("test-000")
    assert "A file that is whole already gives error 416" in page.read_text()
    _, curl, check = code(page, "bash")
    run_in(tmp_path, curl)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run_in(tmp_path, curl)
    assert b"416" in caught.value.stderr
    run_in(tmp_path, check)


def test_the_whole_store_is_fetched_and_checked(published, tmp_path):
    for sample in code(published / "downloads.html", "bash"):
        run_in(tmp_path, sample)
    assert len(list(tmp_path.glob("*/*.h5"))) == 4
