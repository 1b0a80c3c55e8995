"""A bundle becomes a collection, or is refused with the reason and nothing written."""

import hashlib
import json
import os
import stat
import subprocess
import warnings
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from portal.commands.scan import COMMAND as SCAN
from portal.errors import ConfigError, ReadError
from portal.model.collection import Collection, Contact, Creator
from portal.model.collection_file import load
from portal.submission.accepting import accept
from portal.submission.bundle import write_bundle
from portal.submission.checking import check_folder
from portal.submission.opening import open_bundle
from portal.submission.written import collection_toml
from tests.portal.submission.folders import accepted, folder, submit
from tests.portal.test_scan_products import image


@pytest.fixture(scope="module")
def winds(tmp_path_factory):
    return folder(tmp_path_factory.mktemp("submission") / "winds")


@pytest.fixture(scope="module")
def bundles(winds, tmp_path_factory):
    """Bundles without and with the data."""
    root = tmp_path_factory.mktemp("bundles")
    assert submit(winds, "--bundle", root / "bare.zip").exit_code == 0
    done = submit(winds, "--bundle", root / "whole.zip", "--with-data")
    assert done.output.endswith("whole.zip; hand it to the curator\n")
    return root


def files_in(root):
    """All but the lock, which says nothing."""
    there = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
    return {name for name in there if not name.endswith(".scan/lock")}


def test_a_bundle_is_the_same_to_the_byte(winds, bundles, tmp_path):
    os.utime(winds / "whya.fits", (0, 0))
    write_bundle(check_folder(winds), tmp_path / "again.zip", with_data=True)
    assert (tmp_path / "again.zip").read_bytes() == (bundles / "whole.zip").read_bytes()
    assert files_in(tmp_path) == {"again.zip"}


def test_other_programs_unpack_and_verify_it(bundles, tmp_path):
    subprocess.run(["unzip", "-q", bundles / "whole.zip", "-d", tmp_path], check=True)
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)
    said = json.loads((tmp_path / "manifest.json").read_text())
    assert [one["path"] for one in said["files"]] == ["deep/rdor.fits", "whya.fits"]
    assert said["versions"]["obscore"] == "1.1"
    assert len(pd.read_parquet(tmp_path / "obscore.parquet")) == 2


def test_a_folder_with_errors_makes_no_bundle(tmp_path):
    with pytest.raises(ConfigError, match="expected no errors, got no-data-files, no-row, sett"):
        write_bundle(check_folder(tmp_path), tmp_path / "b.zip")


def test_what_is_accepted_is_scanned(bundles, tmp_path):
    done = accepted(
        bundles / "whole.zip", "--catalog", tmp_path / "cat", "--store", tmp_path / "s/w"
    )
    assert done.exit_code == 0, done.output
    assert "look at: calib_level of 2 rows, such as '2' of deep/rdor.fits" in done.output
    assert done.output.endswith("next: portal scan\n")
    assert files_in(tmp_path / "s") == {"w/deep/rdor.fits", "w/whya.fits"}
    made = CliRunner().invoke(SCAN, ["--catalog", str(tmp_path / "cat"), "--workers", "0"])
    assert "2 observations, 2 files, 0 errors" in made.output
    rows = pd.read_parquet(tmp_path / "cat" / "observations.parquet").set_index("path")
    assert rows.loc["whya.fits", "t_min"] == 58000.0
    assert rows["em_max"].tolist() == pytest.approx([2e-6, 2e-6])
    assert set(rows["obs_collection"]) == {"bright-winds"}


def test_settings_of_the_author_and_of_the_catalogue_meet(bundles, winds, tmp_path):
    catalog = tmp_path / "cat"
    (catalog / "collections").mkdir(parents=True)
    (catalog / "collections" / "other.toml").write_text(
        'id = "other"\ntitle = "Other"\nsite_url = "https://example.org/"\n'
    )
    accept(bundles / "bare.zip", catalog, winds)
    made = load(catalog / "collections" / "bright-winds.toml")
    assert (made.title, made.doi) == ("Bright winds", "10.5281/zenodo.1234")
    assert made.site_url == "https://example.org/"
    assert made.data_url == "data/bright-winds/"
    assert made.stores == (str(winds),)
    assert made.exclude == ("submission.toml", "my.map", "rows.csv")
    assert made.creators[0].orcid == "0000-0002-1825-0097"


def test_without_the_data_the_tables_of_the_bundle_are_looked_at(bundles, tmp_path):
    done = accepted(bundles / "bare.zip", "--catalog", tmp_path / "cat", "--json")
    said = json.loads(done.output)
    assert (said["checked"], said["rows"]) == (False, 2)
    assert {one["column"] for one in said["doubts"]} == {
        "calib_level",
        "obs_id",
        "obs_publisher_did",
    }
    text = accepted(bundles / "bare.zip", "--catalog", tmp_path / "cat", "--replace").output
    assert "replaced as" in text
    assert "not at hand and not checked again" in text


def test_nothing_is_replaced_unless_asked(bundles, winds, tmp_path):
    accept(bundles / "bare.zip", tmp_path, winds)
    file = tmp_path / "collections" / "bright-winds.toml"
    file.write_text(file.read_text().replace('version = "1.0"', 'version = "2.0"'))
    with pytest.raises(ConfigError, match="is there already"):
        accept(bundles / "bare.zip", tmp_path)
    accept(bundles / "bare.zip", tmp_path, replace_it=True)
    assert (load(file).version, load(file).stores) == ("2.0", (str(winds),))


def test_data_that_are_there_are_never_replaced(bundles, tmp_path):
    store = tmp_path / "store"
    image(store / "whya.fits", OBJECT="Another")
    before = (store / "whya.fits").read_bytes()
    with pytest.raises(ReadError, match="not the file of the bundle"):
        accept(bundles / "whole.zip", tmp_path / "cat", store)
    assert (store / "whya.fits").read_bytes() == before
    assert files_in(tmp_path / "cat") == set()
    with pytest.raises(ConfigError, match="--store: not given"):
        accept(bundles / "whole.zip", tmp_path / "cat")


def test_stores_stay_apart(bundles, winds, tmp_path):
    accept(bundles / "bare.zip", tmp_path, winds)
    made = tmp_path / "collections" / "bright-winds.toml"
    made.rename(made.with_name("other.toml"))
    made.with_suffix(".map").rename(made.with_name("other.map"))
    text = made.with_name("other.toml").read_text()
    made.with_name("other.toml").write_text(text.replace("bright-winds", "other"))
    with pytest.raises(ConfigError, match="shares files with another collection"):
        accept(bundles / "bare.zip", tmp_path, winds)


def test_a_full_write_or_none(bundles, winds, tmp_path, monkeypatch):
    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(ConfigError, match="No space left"):
        accept(bundles / "bare.zip", tmp_path, winds)
    assert files_in(tmp_path) == set()


def rebuilt(source, target, change, sums=True):
    """A copy whose members `change` gave, with their hashes."""
    with zipfile.ZipFile(source) as old:
        members = {one.filename: old.read(one) for one in old.infolist()}
    members = change(members) or members
    if sums:
        members["SHA256SUMS"] = "".join(
            f"{hashlib.sha256(data).hexdigest()}  {name}\n"
            for name, data in members.items()
            if name != "SHA256SUMS"
        ).encode()
    with zipfile.ZipFile(target, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return target


def with_member(name, data=b"x"):
    return lambda members: members.update({name: data})


def text_of(name, old, new):
    def change(members):
        assert old.encode() in members[name]
        members[name] = members[name].replace(old.encode(), new.encode())

    return change


def less(name):
    return lambda members: {k: v for k, v in members.items() if k != name}


ATTACKS = [
    ("leads elsewhere", with_member("data/../../x.fits")),
    ("leads elsewhere", with_member("/etc/x.fits")),
    ("leads elsewhere", with_member("data/a\\..\\x.fits")),
    ("leads elsewhere", with_member("data/c:x.fits")),
    ("leads elsewhere", with_member("data/./x.fits")),
    ("leads elsewhere", with_member("data//x.fits")),
    ("leads elsewhere", with_member("data/a\nb.fits")),
    ("no bundle has", with_member("setup.py")),
    ("no bundle has", with_member("data/folder/")),
    ("hidden", with_member("data/.bashrc")),
    ("two members of one name", with_member("data/WHYA.fits")),
    ("not those of the manifest", with_member("data/more.fits")),
    ("not those of the manifest", less("data/whya.fits")),
    ("is missing", less("rules.map")),
    ("says too little", with_member("manifest.json", b"[]")),
    ("says too little", with_member("manifest.json", b"[" * 100_000)),
    ("another layout", text_of("manifest.json", '"bundle": 1', '"bundle": 9')),
    ("leads elsewhere", text_of("manifest.json", "deep/rdor", "../rdor")),
    ("cannot be used", text_of("submission.toml", 'id = "bright', 'id = "../b')),
    ("rules.map", text_of("rules.map", "em_min", "targt_name")),
    ("rules.map", with_member("rules.map", b"use: os\nobs_id: os.getcwd()\n")),
]  # fmt: skip


@pytest.mark.parametrize(("said", "change"), ATTACKS)
def test_what_no_bundle_has_is_refused(bundles, tmp_path, said, change):
    bad = rebuilt(bundles / "whole.zip", tmp_path / "bad.zip", change)
    with pytest.raises(ReadError, match=said):
        accept(bad, tmp_path / "cat", tmp_path / "store")
    assert files_in(tmp_path) == {"bad.zip"}


def test_bytes_have_to_be_those_of_their_hash(bundles, tmp_path):
    change = text_of("obscore.csv", "R Dor", "R Dur")
    bad = rebuilt(bundles / "whole.zip", tmp_path / "bad.zip", change, sums=False)
    with pytest.raises(ReadError, match=r"not those of the hash: .* got obscore"):
        accept(bad, tmp_path / "cat")


def special(path, entry, data=b"x"):
    with zipfile.ZipFile(path, "a") as bundle:
        bundle.writestr(entry, data)


def test_links_devices_and_packed_members_are_refused(bundles, tmp_path):
    bad = tmp_path / "bad.zip"
    for said, kind in (("no file", stat.S_IFLNK), ("no file", stat.S_IFIFO)):
        bad.write_bytes((bundles / "whole.zip").read_bytes())
        entry = zipfile.ZipInfo("data/link.fits")
        entry.external_attr = (kind | 0o777) << 16
        special(bad, entry, b"/etc/passwd")
        with pytest.raises(ReadError, match=said), open_bundle(bad):
            pass
    bad.write_bytes((bundles / "whole.zip").read_bytes())
    entry = zipfile.ZipInfo("data/bomb.fits")
    entry.compress_type = zipfile.ZIP_DEFLATED
    special(bad, entry, bytes(10_000_000))
    with pytest.raises(ReadError, match="packed"), open_bundle(bad):
        pass


def test_overlapping_members_are_refused(bundles, tmp_path):
    bad = tmp_path / "bad.zip"
    bad.write_bytes((bundles / "whole.zip").read_bytes())
    with zipfile.ZipFile(bad, "a") as bundle:
        for number in range(40):
            entry = zipfile.ZipInfo(f"data/n{number}.fits")
            entry.header_offset = entry.CRC = 0
            entry.file_size = entry.compress_size = 5000
            bundle.filelist.append(entry)
            bundle.NameToInfo[entry.filename] = entry
        bundle._didModify = True
    with pytest.raises(ReadError, match=r"overlap|cannot be read"), open_bundle(bad):
        pass


@pytest.mark.parametrize("size", [0, 10, 3000, -30])
def test_what_is_cut_off_is_refused(bundles, tmp_path, size):
    bad = tmp_path / "bad.zip"
    bad.write_bytes((bundles / "whole.zip").read_bytes()[:size])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ReadError, match="bundle: cannot be read"), open_bundle(bad):
            pass


def test_errors_in_the_data_refuse_it(bundles, winds, tmp_path):
    worse = rebuilt(
        bundles / "bare.zip", tmp_path / "bad.zip", text_of("rules.map", "[um]:= 2.0", "[um]:= 0.5")
    )
    done = accepted(worse, "--catalog", tmp_path / "cat", "--store", winds)
    assert done.exit_code == 1
    assert "refused, nothing was written" in done.output
    assert "error em-order: whya.fits[0]: em_min" in done.output
    assert files_in(tmp_path / "cat") == set()


def test_settings_survive_their_file(tmp_path):
    made = Collection(
        "x", 'A "title" \\ \x7f\x01\n', "Zwölf\tλ", (str(tmp_path / "a b"),), mirrors=("http://a/",),
        creators=(Creator("A", "B", kind="organization"), Creator("C")), contact=Contact("D", "e"),
        sort_by=("one",), exclude=("[[]*",), mapping=str(tmp_path / "x.map"),
    )  # fmt: skip
    (tmp_path / "x.toml").write_text(collection_toml(made), "utf-8")
    assert load(tmp_path / "x.toml") == made
