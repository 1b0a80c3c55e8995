"""What lies in the repository: text of ours, few open ends, nothing of one machine."""

import re
import shutil
import subprocess

import pytest

from tests.architecture.source import ROOT

MACHINE_PATH = re.compile(r"(?<![\w./:-])/(?:home|root|work|Users|opt/[a-z])(?:/|\b)")
ALLOWED = {"tests/architecture/test_tree.py"}


def _tracked() -> list[str]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def _texts() -> dict[str, str]:
    texts = {}
    for name in _tracked():
        data = (ROOT / name).read_bytes()
        if b"\0" not in data[:8192] and name not in ALLOWED:
            texts[name] = data.decode("utf-8")
    return texts


def test_few_todos_each_with_an_issue():
    todos = [
        line for text in _texts().values() for line in text.splitlines() if "TO" + "DO" in line
    ]
    todos = [line for line in todos if re.search(r"(#|//|<!--)\s*TO" + r"DO", line)]
    assert len(todos) <= 5
    assert [line for line in todos if not re.search(r"#\d+", line)] == []


def test_no_path_of_one_machine():
    found = {
        name: match.group(0)
        for name, text in _texts().items()
        if (match := MACHINE_PATH.search(text)) and not name.endswith("package-lock.json")
    }
    assert found == {}


def test_stored_binaries_are_small():
    names = set(_tracked()) - set(_texts()) - ALLOWED
    assert sum((ROOT / name).stat().st_size for name in names) <= 1_000_000


def test_no_data_file_is_stored():
    assert [n for n in _tracked() if n.endswith((".h5", ".hdf5", ".fits", ".parquet"))] == []


def test_the_changelog_ends_where_the_version_is():
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert version is not None
    assert headings[:2] == ["Unreleased", version.group(1)]


def test_versions_agree():
    import lineform
    import portal

    text = (ROOT / "pyproject.toml").read_text()
    assert f'version = "{portal.__version__}"' in text
    assert portal.__version__ == lineform.__version__
    assert f"version: {portal.__version__}" in (ROOT / "CITATION.cff").read_text()
