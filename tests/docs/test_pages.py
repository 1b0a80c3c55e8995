"""Every block of code on every rendered page runs, or a reason is told here why not.

Those of the written pages are run from their sources by the tests that `RUN` names; those that
templates print with values of a model, such as its address, are run here.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from portal.catalog.paths import model_page, product_page
from tests.docs import test_examples, tutorials
from tests.docs.blocks import Shown, shown_on

# The samples fetch from this machine, whatever proxy it uses for others.
DIRECT = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}

MODELS = [model_page(f"test-{number:03d}") for number in range(4)]
"""A page for each branch of the template: all; no observation; no checksum; no raw spectrum."""

PRODUCTS = [
    product_page("example", "image.fits", "0"),
    product_page("example", "spectrum.fits", "1"),
]
"""Pages of an image and of a table."""

SHORT = ["bash", "bash", "bash", "python"]
HERE = {
    "index.html": ["python"],
    "advisories.html": ["sh"],
    "downloads.html": ["bash", "bash", "python"],
    MODELS[0]: [*SHORT, "python", "python", "javascript"],
    MODELS[1]: SHORT,
    MODELS[2]: ["bash", "bash", "python", "python", "python", "javascript"],
    MODELS[3]: [*SHORT, "python"],
    # The first is the header.
    **{page: ["", "bash", "bash", "python", "python", "python"] for page in PRODUCTS},
}
"""Languages of the blocks that templates print, in their order; all are run below."""

RUN = {
    ("convert.html", "console"): "tests/docs/test_convert.py",
    ("make-a-store.html", "console"): "tests/docs/test_make_store.py",
    ("submission.html", "console"): "tests/docs/test_submission.py",
    ("submission.html", "toml"): "tests/docs/test_submission.py",
    ("telescope.html", "console"): "tests/docs/test_telescope.py",
    ("api.html", "py"): "tests/docs/test_reference.py compares the signatures with the code",
    ("api-portal.html", "py"): "tests/docs/test_reference.py compares the signatures with the code",
    ("commands.html", "text"): "tests/docs/test_reference.py compares them with the commands",
    ("commands.html", "sh"): "tests/docs/test_commands.py",
    ("for-data-managers.html", "sh"): "tests/docs/test_examples.py runs the parts",
    ("make-a-store.html", "bash"): "tests/docs/test_make_store.py",
    ("mapping.html", "console"): "tests/docs/test_mapping.py",
    ("mapping.html", "text"): "tests/docs/test_mapping.py",
    ("make-a-store.html", "python"): "tests/docs/test_make_store.py, tests/docs/test_examples.py",
    ("architecture.html", "python"): "tests/architecture/test_plugins.py adds the module",
    ("architecture.html", "text"): "tests/architecture/test_imports.py compares the layers",
}
"""Blocks that are run, or compared with what they show, somewhere else."""

NOT_RUN = {
    ("data-format.html", "text"): "the names of files",
    ("deproject.html", "console"): "tests/docs/test_deproject.py looks at the options; real cubes",
    ("finding-models.html", "text"): "the grammar",
    ("for-data-managers.html", "apache"): "settings of a web server that is not here",
    ("for-data-managers.html", "nginx"): "settings of a web server that is not here",
    ("for-data-managers.html", "text"): "a way through the commands; lines of a file",
    ("for-data-managers.html", "toml"): "lines of a file of settings",
    ("lineform.html", "console"): "installs the package; lineform --help is run by other tests",
    ("tutorial-deproject.html", "console"): "tests/docs/test_deproject.py looks at the options",
    ("tutorial-magritte.html", "console"): "needs Magritte, whose results the page keeps in a file",
    ("tutorial-non-lte.html", "console"): "fetches from a host that is not ours",
}
"""Blocks that are not code, or need what is not here: the reason."""


@pytest.fixture(scope="session")
def blocks(published) -> list[Shown]:
    """The blocks of all pages, but of those of models only of one for each branch."""
    shown = (published.site / page for page in (*MODELS, *PRODUCTS))
    pages = [*published.site.glob("*.html"), *shown]
    return [block for page in sorted(pages) for block in shown_on(page, published.site)]


def _sources() -> set[tuple[str, str]]:
    """Blocks of written pages that tests run from their sources."""
    kinds = [(page, kind) for page in tutorials.PAGES for kind in ("python", "sh", "text")]
    kinds += [(page, kind) for kind in ("python", "sh") for page in test_examples._pages(kind)]
    return {(f"{page.stem}.html", kind) for page, kind in kinds}


def test_every_block_is_run_or_has_a_reason(blocks):
    printed = [block for block in blocks if block.language != "bibtex"]
    here = {page: [b.language for b in printed if b.page == page] for page in HERE}
    assert here == HERE
    told = {*_sources(), *RUN, *NOT_RUN}
    seen = {(block.page, block.language) for block in printed if block.page not in HERE}
    assert sorted(seen - told) == []
    assert sorted({*RUN, *NOT_RUN} - seen) == []


@pytest.mark.parametrize("page", [page for page in HERE if "python" in HERE[page]])
def test_python_samples_run(blocks, tmp_path, page):
    kind = page, "python"
    code = "\n".join(block.text for block in blocks if (block.page, block.language) == kind)
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, check=True, env=DIRECT, stdout=-1, text=True)
    assert len(done.stdout.splitlines()) >= code.count("\nprint(")


def _run_in(folder, sample):
    program = sample.split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"no {program}")
    folder.mkdir(exist_ok=True)
    subprocess.run(["bash", "-ec", sample], cwd=folder, check=True, capture_output=True, env=DIRECT)


def _shell(blocks, page):
    return [b.text for b in blocks if (b.page, b.language) == (page, "bash")]


@pytest.mark.parametrize("page", MODELS)
def test_a_model_is_fetched_and_checked(blocks, tmp_path, page):
    wget, curl, *checks = _shell(blocks, page)
    for number, fetch in enumerate((wget, curl)):
        _run_in(tmp_path / str(number), fetch)
        (file,) = (tmp_path / str(number)).iterdir()
        for check in checks:
            _run_in(tmp_path / str(number), check)
            file.write_bytes(b"flipped")
            with pytest.raises(subprocess.CalledProcessError):
                _run_in(tmp_path / str(number), check)


@pytest.mark.parametrize("page", PRODUCTS)
def test_a_product_is_fetched_and_checked(blocks, tmp_path, page):
    wget, check = _shell(blocks, page)
    _run_in(tmp_path, wget)
    _run_in(tmp_path, check)


def test_curl_leaves_a_whole_file_as_it_is_and_says_what_the_page_says(blocks, published, tmp_path):
    text = (published.site / MODELS[0]).read_text()
    assert "A file that is whole already gives error 416" in text
    _, curl, check = _shell(blocks, MODELS[0])
    _run_in(tmp_path, curl)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        _run_in(tmp_path, curl)
    assert b"416" in caught.value.stderr
    _run_in(tmp_path, check)


def test_the_whole_store_is_fetched_and_checked(blocks, published, tmp_path):
    for sample in _shell(blocks, "downloads.html"):
        _run_in(tmp_path, sample)
    fetched = {path.relative_to(tmp_path) for path in tmp_path.glob("*/*.h5")}
    assert fetched == {path.relative_to(published.store) for path in published.store.glob("*/*.h5")}


def test_the_models_without_an_advisory_are_fetched(blocks, tmp_path):
    (sample,) = (block.text for block in blocks if block.page == "advisories.html")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**DIRECT, "PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run(["sh", "-euc", sample], cwd=tmp_path, check=True, env=env, capture_output=True)
    assert list(tmp_path.glob("winds/*/*.h5"))


@pytest.mark.browser
def test_scripts_run_in_a_browser(blocks, published, engine):
    """In a page of another origin, as that of a reader would be."""
    samples = [block for block in blocks if block.language == "javascript"]
    page = engine.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    for block in samples:
        page.evaluate(f"async () => {{ {block.text} }}")
        path = published.store / "observations" / f"{Path(block.page).stem}.h5"
        with h5py.File(path) as file:
            # The first line of the table of observations.
            assert float(said[-1]) == pytest.approx(file["CO_2-1_d00/spectrum"][()].max())
    page.close()
    assert len(said) == len(samples) == 2
