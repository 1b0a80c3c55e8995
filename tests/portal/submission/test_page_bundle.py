"""A bundle of the page Submit is one that `portal accept` takes."""

import json
import shutil
import subprocess

import pytest

from portal.mapping import made_mapping
from portal.model.collection_file import load
from portal.obscore.described import described_checks
from portal.obscore.words import described_words
from portal.submission.accepting import accept
from tests.conftest import ROOT
from tests.portal.obscore.test_browser_rows import image

NODE = shutil.which("node")
WRITE = """
import { openAsBlob, readFileSync, writeFileSync } from 'node:fs'
import { bundleOf } from './site_src/app/submit/bundle.js'
import { tomlOf } from './site_src/app/submit/settings.js'
import { take } from './site_src/app/submit/taking.js'
const { files, described, said, out } = JSON.parse(readFileSync(0, 'utf8'))
const given = await Promise.all(files.map(async (path) => {
  return new File([await (await openAsBlob(path)).arrayBuffer()], path.split('/').at(-1))
}))
const taken = await take(given, described, () => {})
const settings = { id: said.id, toml: tomlOf(said) }
const blob = await bundleOf(taken, [], settings, described, () => {})
writeFileSync(out, new Uint8Array(await blob.arrayBuffer()))
"""
SAID = {
    "id": "bright-winds",
    "title": 'Winds "in motion"',
    "description": "Images of the winds of two bright stars, made in May 2024 with a telescope.",
    "license": "CC-BY-4.0",
    "creators": "Ann Author; 0000-0002-1825-0097\nBo Other",
    "contact": "Ann Author",
    "email": "ann@example.org",
}
ROWS = "path,target_name,t_min,t_max,calib_level\n"
pytestmark = pytest.mark.skipif(NODE is None, reason="needs Node.js to run the code of the page")


def bundle(path, files):
    described = {**described_checks(), "versions": {"portal": "1"}, "words": described_words()}
    given = {"files": list(map(str, files)), "described": described, "said": SAID, "out": str(path)}
    subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-e", WRITE],
        input=json.dumps(given), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return path


def test_files_and_the_rows_about_them_become_a_collection(tmp_path):
    store = tmp_path / "store"
    store.mkdir()
    for number, name in enumerate(("one.fits", "two [b].fits")):
        image("TAN", number).writeto(store / name)
    table = tmp_path / "rows.csv"
    table.write_text(f"{ROWS}two [b].fits,Barnard's star,58000.5,58000.75,2\n")
    made = bundle(tmp_path / "winds.zip", [*sorted(store.iterdir()), table])
    accepted = accept(made, tmp_path / "catalog", store)
    assert [one for one in accepted.findings if one.severity == "error"] == []
    assert (accepted.files, accepted.rows, accepted.checked) == (2, 2, True)
    collection = load(accepted.file)
    assert collection.title == SAID["title"]
    assert [one.name for one in collection.creators] == ["Ann Author", "Bo Other"]
    rules = accepted.file.with_suffix(".map").read_text()
    assert "target_name:= 'Barnard''s star'" in rules
    assert "t_max:= 58000.75" in rules
    assert made_mapping(rules, "rules", "rules.map")


def test_rows_alone_become_one_too(tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text(
        "path,dataproduct_type,calib_level,obs_id,obs_publisher_did,s_ra,s_dec,t_min,t_max\n"
        "a.fits,image,2,a,ivo://example.org/winds?a,69.19,-62.08,58000.5,58000.75\n"
    )
    accepted = accept(bundle(tmp_path / "winds.zip", [table]), tmp_path / "catalog")
    assert [one for one in accepted.findings if one.severity == "error"] == []
    assert (accepted.files, accepted.rows, accepted.checked) == (0, 1, False)
    assert "s_ra:= 69.19" in accepted.file.with_suffix(".map").read_text()


def test_the_same_files_give_the_same_bytes(tmp_path):
    image("TAN", 0).writeto(tmp_path / "one.fits")
    one, other = (bundle(tmp_path / name, [tmp_path / "one.fits"]) for name in ("a.zip", "b.zip"))
    assert one.read_bytes() == other.read_bytes()
