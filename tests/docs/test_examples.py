"""Every example of the written pages runs against a served site."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs import tutorials
from tests.docs.conftest import ROOT, Published

PAGES = [ROOT / "README.md", *sorted((ROOT / "site_src").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
PLACEHOLDER = "https://portal.example.org/"

NOT_RUN = {
    ("commands.md", "sh"): "tests/docs/test_commands.py runs them",
    ("architecture.md", "python"): "a whole module; tests/architecture/test_plugins.py adds it",
    (
        "for-data-managers.md",
        "sh",
    ): "names folders of another machine; two tests below run its parts",
    ("make-a-store.md", "python", 1): "needs a queue; tests/docs/test_make_store.py runs it",
    ("README.md", "sh", 0): "make demo and make test, which CI runs",
}


def _blocks(path: Path, language: str) -> list[str]:
    found = [body for kind, body in BLOCK.findall(path.read_text()) if kind == language]
    return [b for i, b in enumerate(found) if (path.name, language, i) not in NOT_RUN]


def _pages(language: str) -> list[Path]:
    """Pages with examples; but those whose languages follow on one another."""
    return [
        p
        for p in PAGES
        if _blocks(p, language) and (p.name, language) not in NOT_RUN and p not in tutorials.PAGES
    ]


def _filled(text: str, published: Published) -> str:
    return text.replace(PLACEHOLDER, published.url).replace("NAME", "test-000")


def _run(command: list[str], where: Path) -> str:
    done = subprocess.run(
        command,
        cwd=where,
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(where / "cache"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("page", _pages("python"), ids=lambda p: p.name)
def test_python_examples_run(page, published, workplace):
    code = "\n".join(_blocks(page, "python"))
    if "import torch" in code:
        pytest.importorskip("torch")
    printed = _run([sys.executable, "-c", _filled(code, published)], workplace)
    assert len(printed.splitlines()) >= code.count("\nprint(")


def _shell_examples() -> list[object]:
    """Blocks of one page follow on one another, but on the page with a choice of programs."""
    found = []
    for page in _pages("sh"):
        blocks = _blocks(page, "sh")
        parts = blocks if page.name == "download.md" else ["\n".join(blocks)]
        found += [pytest.param(b, id=f"{page.name}-{i}") for i, b in enumerate(parts)]
    return found


@pytest.mark.parametrize("code", _shell_examples())
def test_shell_examples_run(code, published, workplace):
    for program in ("wget", "curl", "aria2c", "rclone", "sha256sum"):
        if program in code and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not code.startswith("sha256sum"):
        for folder in ("models", "observations"):
            shutil.rmtree(workplace / folder)
    if "wind_00600" in code:
        _run([sys.executable, str(tutorials.ASSETS / "make_phantom_dump.py")], workplace)
    _run(["sh", "-euc", _filled(code, published)], workplace)
    assert list(workplace.rglob("*.h5"))


def test_the_python_quick_start_reads_what_h5py_reads(published, workplace):
    page = ROOT / "site_src" / "quickstart-python.md"
    code = _filled("\n".join(_blocks(page, "python")), published) + (
        "import io\n"
        "with urlopen(row['access_url']) as answer:\n"
        "    with h5py.File(io.BytesIO(answer.read())) as file:\n"
        "        group = file[row['hdf5_group']]\n"
        "        for name in ('spectrum', 'velocity', 'moment0', 'moment1', 'moment2'):\n"
        "            assert fetch(row, name).tobytes() == group[name][()].tobytes(), name\n"
        "print('same')\n"
    )
    assert _run([sys.executable, "-c", code], workplace).endswith("same\n")


def test_the_wget_quick_start_fetches_whole_files(published, workplace):
    page = ROOT / "site_src" / "quickstart-wget.md"
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    for folder in ("models", "observations"):
        shutil.rmtree(workplace / folder)
    _run(["sh", "-euc", _filled("\n".join(_blocks(page, "sh")), published)], workplace)
    fetched = sorted(workplace.rglob("*.h5"))
    assert len(fetched) == 2
    for path in fetched:
        original = published.store / path.relative_to(workplace)
        assert path.read_bytes() == original.read_bytes()


class Codes(HTMLParser):
    """Text of the code blocks of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "pre":
            self.inside = True
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.codes[-1] += data


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "README.md"], ids=lambda p: p.name)
def test_the_site_prints_what_was_run_with_its_own_address(page, published):
    html = (published.site / page.with_suffix(".html").name).read_text()
    codes = Codes()
    codes.feed(html)
    for language in ("python", "sh"):
        for block in _blocks(page, language):
            shown = block.replace("data/observations/NAME.h5", "data/observations/test-000.h5")
            assert shown.replace(PLACEHOLDER, published.url) in codes.codes
    assert PLACEHOLDER not in html


def test_the_check_for_a_new_server_shows_a_range(published, workplace):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    blocks = _blocks(ROOT / "site_src" / "for-data-managers.md", "sh")
    code = next(block for block in blocks if block.startswith("curl"))
    answer = _run(["sh", "-euc", _filled(code, published)], workplace).lower()
    assert " 206 " in answer.splitlines()[0]
    assert "content-range: bytes 0-99/" in answer
    assert "access-control-allow-origin: *" in answer
    assert "content-encoding" not in answer


def test_the_nightly_commands_have_those_options():
    from tests.docs.reference import programs

    blocks = _blocks(ROOT / "site_src" / "for-data-managers.md", "sh")
    night = next(block for block in blocks if block.startswith("portal scan"))
    commands = programs()["portal"]
    for line in night.splitlines():
        _, name, *words = line.split()
        known = {o for p in commands.get_command(None, name).params for o in p.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_links_of_the_readme_lead_somewhere():
    for path in (ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
            assert "://" in target or (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_setting_of_a_collection_is_documented():
    from dataclasses import fields

    from portal.model.collection import Collection

    text = (ROOT / "site_src" / "configuration.md").read_text()
    named = set(re.findall(r"^\| `(\w+)`", text, re.M))
    assert named == {field.name for field in fields(Collection)}


def test_every_query_of_the_docs_is_understood():
    from portal.catalog.query import compile_query
    from portal.model.schema import MODELS, OBSERVATIONS, PARAMETERS

    columns = list({c.name: c for c in (*MODELS, *PARAMETERS, *OBSERVATIONS)}.values())
    text = (ROOT / "site_src" / "finding-models.md").read_text()
    queries = re.findall(r"^\| `([^`]+)` \|", text, re.M)
    assert len(queries) >= 8
    for query in queries:
        assert compile_query(query, columns).columns, query
