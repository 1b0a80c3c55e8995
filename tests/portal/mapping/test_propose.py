"""Proposed mappings pass their check, give what they promise, and doubt where they should."""

import h5py
import pytest

from portal.extraction._exposure import CUSTOMARY, EXPOSURES
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.mapping import FitsSource, Hdf5Source, made_mapping
from portal.mapping._clues import CLUES
from portal.mapping.loading import findings
from portal.mapping.propose import Example, propose, proposed_text
from portal.model.cell import Cell, Origin
from portal.readers import open_header
from tests.portal.mapping.scripts import row


def example(name="a", derived=None, **columns):
    return Example(name, row(f"{name}.fits", **columns), derived or {})


def lines(*examples):
    return {one.target: one for one in propose(examples)}


def test_names_that_cover_most_come_first():
    found = lines(
        example("a", OBJECT="M 83", TELESCOP="X", EXPTIME=5, RA="05:35:17.3"),
        example("b", OBJECT="  ", TARGNAME="M 31", TELESCOP="X", EXPTIME=7),
    )
    assert found["target_name"].line == "target_name: OBJECT | TARGNAME"
    assert found["target_name"].values == ("M 83", "M 31")
    assert found["target_name"].evidence == (
        "OBJECT or TARGNAME in 2 of 2, 2 values such as 'M 83', 'M 31'"
    )
    assert found["facility_name"].evidence.endswith("always 'X'")
    assert found["t_exptime"].line == "t_exptime: EXPTIME [s]"
    assert found["obs_id"].line == "obs_id: $STEM"
    assert (found["s_ra"].line, found["s_ra"].doubt) == ("s_ra: hours(RA)", "the name tells little")


def test_exposures_that_are_read_without_a_rule_are_proposed_in_their_order():
    known = [clue.name for clue in CLUES["t_exptime"]]
    assert tuple(known[: len(EXPOSURES + CUSTOMARY)]) == EXPOSURES + CUSTOMARY
    assert lines(example(TINT=9.471))["t_exptime"].line == "t_exptime: TINT [s]"


@pytest.mark.parametrize("text", ["", "N/A", "none", "UNKNOWN", "---"])
def test_what_stands_for_nothing_is_no_evidence(text):
    assert "target_name" not in lines(example(OBJECT=text))


def test_what_is_found_otherwise_is_a_doubt():
    other = {"target_name": Cell("target_name", "HD 1", Origin("keyword", "HDU 0 TARG"))}
    null = {"target_name": Cell("target_name", None, Origin("keyword", "OBJECT", note="a lamp"))}
    same = {"target_name": Cell("target_name", "Xe", Origin("keyword", "HDU 0 OBJECT"))}
    doubts = [
        lines(example(derived=d, OBJECT="Xe"))["target_name"].doubt for d in (other, null, same)
    ]
    assert doubts == [
        "a gives 'HD 1' without a rule (HDU 0 TARG)",
        "left null in a: a lamp",
        "",
    ]
    text = proposed_text([example(derived=null, OBJECT="Xe")])
    assert "# In doubt: left null in a: a lamp\n# target_name: OBJECT\n" in text


def test_an_axis_without_a_unit_is_only_a_comment():
    found = lines(example(CTYPE1="LINEAR", CRVAL1=4000.0))["CUNIT1"]
    assert (found.line, found.confidence, bool(found.doubt)) == ("CUNIT1: 'Angstrom'", 0.4, True)
    assert "CUNIT1" not in lines(example(CTYPE1="RA---TAN", CRVAL1=4000.0))


def test_what_is_the_same_everywhere_is_listed():
    text = proposed_text([example("a", ORIGIN="ESO"), example("b", ORIGIN="ESO")])
    assert "#   ORIGIN = 'ESO'" in text


def test_what_rules_cannot_use_is_passed_over():
    text = proposed_text([example("a", OBJECT=1j, X=2j, TELESCOP="VLT"), example("b", X=2j)])
    assert "TELESCOP in 1 of 2" in text
    assert "OBJECT" not in text


def test_texts_of_files_begin_no_line_of_their_own():
    text = proposed_text([example(OBJECT="x\nobs_id:= 'owned'", TELESCOP="'\"`\u2028#")])
    assert made_mapping(text).script.rules[0].target == "target_name"
    assert all(rule.target != "obs_id" for rule in made_mapping(text).script.rules)


def test_hdf5_is_told_by_its_attributes_and_datasets(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["telescope"] = "ALMA"
        file["header/exposure_time"] = 5.0
        file["header/exposure_time"].attrs["unit"] = "min"
    source = Hdf5Source(open_header(tmp_path / "a.h5", "a.h5"))
    found = {one.target: (one.line, one.values) for one in propose([Example("a", source)])}
    assert found["facility_name"] == ("facility_name: @telescope", ("ALMA",))
    assert found["t_exptime"] == ("t_exptime: header/exposure_time [min]", (300.0,))


@pytest.fixture(scope="module")
def real(atomium_data):
    """A product of each of the shared FITS files that have one."""
    found = []
    for path in sorted((atomium_data / "fits").glob("*.fit*")):
        if path.name.startswith(("img", "spec", "cube")):
            with open_fits(path) as file:
                found += [Example(path.name, FitsSource(one)) for one in products(file)[0][:1]]
    if not found:
        pytest.skip("no FITS files among the real data")
    return found


def test_real_files_get_what_was_promised(real):
    for some in (real[:1], real[3:6], real):
        assert findings(proposed_text(some), "first.map")[1] == ()
        for proposal in propose(some):
            mapping = made_mapping(proposal.line)
            if proposal.target == "CUNIT1":
                continue
            given = [next((c.value for c in mapping.cells(one.source)[0]), None) for one in some]
            assert tuple(given) == proposal.values
            assert 0 < proposal.confidence <= 1
            assert proposal.evidence
