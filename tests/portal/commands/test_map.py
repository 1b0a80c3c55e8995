"""``portal map``: what it prints, what it writes, and its exit status."""

import json

import h5py
import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from portal.commands.map import COMMAND
from portal.errors import MappingError, ReadError
from portal.mapping import load_mapping
from portal.model.schema import OBSCORE
from portal.obscore.products import found_in

RULES = """\
target_name: TARGNAME | 'unknown'
facility_name:= 'VLT'
obs_id: LACKING
CUNIT3: 'm'
[hdu 5]
instrument_name: 'X'
"""


def call(*arguments):
    return CliRunner().invoke(COMMAND, [str(a) for a in arguments])


@pytest.fixture
def rules(tmp_path):
    (tmp_path / "rules.map").write_text(RULES)
    return tmp_path / "rules.map"


@pytest.fixture
def image(tmp_path):
    hdu = fits.PrimaryHDU(np.zeros((4, 4), np.float32))
    hdu.header.update({"OBJECT": "M 83", "TELESCOP": "ALMA", "EXPTIME": 5.0})
    hdu.writeto(tmp_path / "m83.fits")
    return tmp_path / "m83.fits"


def test_check_finds_all_that_is_wrong(tmp_path, rules):
    assert call("check", rules).exit_code == 0
    lacking = [c.name for c in OBSCORE if c.required and c.name != "obs_id"]
    told = f"{rules}: 5 rules, no findings\n  left to portal extract: {', '.join(lacking)}\n"
    assert call("check", rules).output == told
    wrong = tmp_path / "wrong.map"
    wrong.write_text("targt_name: OBJECT\ns_ra: (1\nt_min: 2460310.5\n")
    done = call("check", rules, wrong)
    assert done.exit_code == 1
    assert f"{wrong}: 2 rules, 3 findings" in done.output
    for said in ("expected target_name", "wrong.map:2:9", "2460310.5, which looks like JD"):
        assert said in done.output
    listed = json.loads(call("check", wrong, "--json").stdout)
    assert [(one["line"], one["column"]) for one in listed] == [(1, 1), (2, 9), (3, 8)]
    assert listed[2]["way_out"] == "subtract 2400000.5"


def test_check_complete(rules):
    done = call("check", rules, "--complete")
    lacking = [c.name for c in OBSCORE if c.required and c.name != "obs_id"]
    assert done.exit_code == 1
    assert [f"no rule {name}" in done.output for name in lacking] == [True] * len(lacking)


def test_explain_tells_who_won_and_who_lost(rules, image):
    output = call("explain", rules, image).output
    for said in (
        "m83.fits[0]\n",
        "  facility_name      'VLT'\n",
        f"facility_name:= 'VLT' [{rules}:2:1]",
        "  target_name        'M 83'\n                     HDU 0 OBJECT\n",
        f"lost: target_name: TARGNAME | 'unknown' [{rules}:1:1]\n    found without it: HDU 0 O",
        "null: obs_id: LACKING",
        "elsewhere: instrument_name: 'X'",
        "for HDU 5 only",
        "lost: facility_name = 'ALMA' from HDU 0 TELESCOP [found without a rule]\n"
        "    the rule in line 2 comes before it",
        "  CUNIT3             'm'\n",
    ):
        assert said in output
    (part,) = json.loads(call("explain", rules, image, "--json").stdout)
    values = {one["column"]: one for one in part["values"]}
    assert values["facility_name"]["where"] == f"{rules}:2:1"
    assert values["t_exptime"]["unit"] == "s"
    assert {one["state"] for one in part["rules"]} == {"lost", "null", "elsewhere"}


def test_explain_reads_hdf5(rules, example_store):
    done = call("explain", rules, next(example_store.glob("observations/*.h5")))
    assert done.exit_code == 0, done.exception
    assert "'VLT'" in done.output


def test_explain_applies_no_rule_to_another_format(tmp_path, image, example_store):
    observation = next(example_store.glob("observations/*.h5"))
    with h5py.File(observation) as file:
        held = next(iter(file))
    for pattern, given in ((held, [False, True]), ("fields/rho*", [False, False])):
        mapping = tmp_path / "own.map"
        mapping.write_text(f"match: {pattern}\nmodel_id: $STEM\nfacility_name:= 'VLT'\n")
        parts = json.loads(call("explain", mapping, image, observation, "--json").stdout)
        told = [{"VLT", "ALMA"} & {one["value"] for one in part["values"]} for part in parts]
        assert told[0] == {"ALMA"}
        assert ["VLT" in one for one in (told[0], told[-1])] == given
        # As extract has it.
        rows = [
            found_in(path, path.name, load_mapping(mapping)).rows for path in (image, observation)
        ]
        assert ["VLT" == one[-1].row.get("facility_name") for one in rows] == given
    why = "elsewhere: facility_name:= 'VLT'"
    output = call("explain", mapping, image).output
    assert f"{why} [{mapping}:3:1]\n    not of the format of the mapping: no fields/rho*" in output


def test_propose_writes_a_mapping_that_passes(tmp_path, image):
    printed = call("propose", image)
    assert "# 1: OBJECT in 1 of 1, always 'M 83'\ntarget_name: OBJECT\n" in printed.stdout
    first = tmp_path / "first.map"
    assert call("propose", image, "-o", first).output == ""
    assert first.read_text() == printed.stdout
    assert call("check", first).exit_code == 0
    (cell,) = [c for c in _cells(first, image) if c["column"] == "target_name"]
    assert cell["value"] == "M 83"
    listed = json.loads(call("propose", image, "--json").stdout)
    assert {"target": "facility_name", "values": ["ALMA"]}.items() <= listed[1].items()


def _cells(mapping, image):
    (part,) = json.loads(call("explain", mapping, image, "--json").stdout)
    return part["values"]


def test_code_runs_only_where_it_is_allowed(tmp_path, image, monkeypatch):
    (tmp_path / "ownmodule.py").write_text("def twice(name):\n    return name * 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    mapping = tmp_path / "own.map"
    mapping.write_text("use: ownmodule\ntarget_name: ownmodule.twice(OBJECT)\n")
    assert "--allow-code ownmodule" in call("check", mapping).output
    with pytest.raises(MappingError):
        load_mapping(mapping)
    assert isinstance(call("explain", mapping, image).exception, MappingError)
    assert "M 83M 83" in call("explain", mapping, image, "--allow-code", "ownmodule").output


def test_a_file_without_a_product_says_why(tmp_path, rules):
    (tmp_path / "empty.fits").write_bytes(b"")
    assert isinstance(call("explain", rules, tmp_path / "empty.fits").exception, ReadError)
    fits.PrimaryHDU().writeto(tmp_path / "bare.fits")
    done = call("propose", tmp_path / "bare.fits")
    assert isinstance(done.exception, ReadError)
    assert "bare.fits" in done.stderr


def test_propose_looks_into_folders_and_leaves_out_what_has_no_product(tmp_path, image, rules):
    (tmp_path / "empty.fits").write_bytes(b"")
    fits.PrimaryHDU().writeto(tmp_path / "bare.fits")
    done = call("propose", tmp_path)
    assert done.stdout == call("propose", image).stdout
    assert done.stderr.count("left out: ") == 2
