"""``SHA256SUMS`` as coreutils write and read it."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.client.sums import Sums
from portal.errors import FetchError

PATHS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


@settings(max_examples=40)
@given(st.dictionaries(PATHS, DIGESTS))
def test_sums_come_back(tmp_path_factory, sums):
    folder = tmp_path_factory.mktemp("sums")
    Sums(folder).add(sums)
    assert Sums(folder).read() == sums


def test_sums_are_added_and_sorted(tmp_path):
    Sums(tmp_path).add({"b": "0" * 64, "none": ""})
    Sums(tmp_path).add({"a\\b": "1" * 64, "b": "2" * 64})
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert lines == [f"\\{'1' * 64}  a\\\\b", f"{'2' * 64}  b"]


def test_sha256sum_agrees(tmp_path):
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    names = ["a b.h5", "back\\slash.h5", "ü.h5"]
    for name in names:
        (tmp_path / name).write_text(name)
    done = subprocess.run(["sha256sum", *names], cwd=tmp_path, capture_output=True, check=True)
    (tmp_path / "SHA256SUMS").write_bytes(done.stdout)
    sums = Sums(tmp_path).read()
    assert set(sums) == set(names)
    Sums(tmp_path).path.unlink()
    Sums(tmp_path).add(sums)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_a_line_of_another_form_is_said(tmp_path):
    (tmp_path / "SHA256SUMS").write_text("# made by hand\nparrot\n")
    with pytest.raises(FetchError, match=r"got parrot .*SHA256SUMS:2"):
        Sums(tmp_path).read()


def test_a_folder_without_sums(tmp_path):
    with pytest.raises(FetchError, match=r"cannot be read.*--catalog"):
        Sums(tmp_path).read()
