"""The workflows and the citation file fit their schemas and call what exists."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.architecture.source import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHELL = {"apt-get", "command", "cp", "python", "sudo"}
OURS = {"portal", "lineform", "python", "pytest"}


def _targets() -> set[str]:
    text = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z-]+):(?!=)", text, re.M))


def _runs(path: Path) -> list[str]:
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    return [
        line.strip()
        for job in jobs
        for step in job["steps"]
        for line in step.get("run", "").splitlines()
        if line.strip()
    ]


def _schema(name: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", name, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_workflow_fits_the_schema(path):
    done = _schema("vendor.github-workflows", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_citation_file_fits_the_schema():
    done = _schema("vendor.citation-file-format", ROOT / "CITATION.cff")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_every_step_calls_something_that_exists(path):
    for line in _runs(path):
        words = line.split()
        if words[0] == "make":
            assert words[1] in _targets(), line
        elif "/" in words[0]:
            program = words[0].rsplit("/", 1)[-1]
            assert program in OURS or (ROOT / words[0]).is_file(), line
        else:
            assert words[0] in SHELL, line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_jobs_have_a_time_limit_and_few_rights(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"]["contents"] == "read"
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_the_ci_script_is_sound_and_calls_make():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    called = re.findall(r"^make ([a-z-]+)", script.read_text(), re.M)
    assert called == ["test", "slow-tests", "demo"]
    assert set(called) <= _targets()


def test_the_readme_names_only_targets_that_exist():
    texts = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md"]
    named = {
        t
        for path in texts
        for t in re.findall(r"(?:^|`| {4})make ([a-z-]+)", path.read_text(), re.M)
    }
    assert {"demo", "test"} <= named
    assert named <= _targets()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_says_what_is_wrong_with_an_old_python(tmp_path):
    old = tmp_path / "python2.7"
    old.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Python 2.7.18' && exit 0\nexit 1\n")
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = subprocess.run(
        ["make", ".venv/bin/python", f"PYTHON={old}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Python 2.7.18, expected Python 3.11 or newer" in done.stderr
