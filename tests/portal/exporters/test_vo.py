"""The formats of the Virtual Observatory, shown to its own programs."""

import io
import json
import shutil
import subprocess
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from astropy.io import votable
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from mocpy import MOC
from pyvo.dal.adhoc import DatalinkResults

from portal.catalog.bins import Bins, bins_of, described, limits_of
from portal.catalog.selection import EVERYTHING, choose
from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND
from portal.exporters.base import exporters
from portal.lint import check_table
from portal.model.collection import Contact, Creator
from portal.model.schema import OBSERVATIONS
from portal.obscore.files import load_table
from portal.scan.products import read_product
from tests.layout import write_store
from tests.portal.test_scan_products import image

EXPORTERS = exporters()


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    top = tmp_path_factory.mktemp("vo")
    store = write_store(top / "store", 2)
    image(store / "alma" / "rdor.fits", OBJECT="R Dor")
    done = CliRunner().invoke(COMMAND, [str(store), "--catalog", str(top / "c"), "--workers", "0"])
    assert done.exit_code == 0
    return Catalog.open(top / "c")


@pytest.fixture
def written(catalog, tmp_path):
    def write(name, selection=EVERYTHING, other=None):
        path = tmp_path / EXPORTERS[name].filename
        path.write_bytes(b"".join(EXPORTERS[name].write(other or catalog, selection)))
        return path

    return write


def stilts(*arguments):
    if shutil.which("stilts") is None:
        pytest.skip("stilts is not installed")
    done = subprocess.run(["stilts", *arguments], capture_output=True, text=True, check=True)
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("name", ["datalink", "simdm", "votable"])
def test_votlint_has_nothing_to_say(written, name):
    assert stilts("votlint", "ucd=true", "unit=true", f"votable={written(name)}") == ""


def test_the_table_of_observations_is_obscore(written, catalog):
    table = load_table(written("votable"))
    assert len(table) == catalog.counts["observations"] == 13
    assert [one for one in check_table(table) if one.severity == "error"] == []


def test_links_are_those_of_the_standard(written):
    path = written("datalink")
    told = stilts("datalinklint", f"votable={path}")
    assert "Errors: 0; Warnings: 0" in told
    links = DatalinkResults(votable.parse(str(path)))
    kinds = [link["semantics"] for link in links]
    assert kinds.count("#this") == 13
    assert kinds.count("#progenitor") == 12
    own = {link["semantics"]: link for link in links if "rdor" in link["access_url"]}
    this = own["#this"]
    assert (this["content_type"], this["content_length"]) == ("application/fits", 5760)
    page = "o/e5/default~alma~rdor.fits~0"
    assert own["#auxiliary"]["access_url"].endswith(f"{page}.html")
    assert own["#preview"]["access_url"].endswith(f"{page}.webp")


# The documents are looked at one by one above; here they are published.
@pytest.mark.slow
def test_the_site_has_a_document_for_each_model_and_file(catalog, tmp_path):
    from portal.site import Options, build

    build(Options(catalog.root, tmp_path / "site"))
    found = {p.relative_to(tmp_path / "site").as_posix() for p in tmp_path.rglob("*.vot")}
    links = {path for path in found if path.startswith("datalink/")}
    assert "datalink/default/alma/rdor.fits.vot" in links
    assert len(links) == 3
    for path in sorted(links):
        told = stilts("datalinklint", f"votable={tmp_path / 'site' / path}")
        assert "Errors: 0; Warnings: 0" in told
    before = {path: (tmp_path / "site" / path).read_bytes() for path in links}
    build(Options(catalog.root, tmp_path / "site"))
    assert before == {path: (tmp_path / "site" / path).read_bytes() for path in links}


def test_the_coverage_is_that_of_the_footprints(written, catalog):
    coverage = MOC.from_fits(written("moc"))
    from astropy import units
    from astropy.coordinates import Latitude, Longitude

    inside = coverage.contains_lonlat(
        Longitude([150, 151] * units.deg), Latitude([2, 2] * units.deg)
    )
    assert inside.tolist() == [True, False]
    none = choose(catalog, 'model_id == "test-000"')
    assert MOC.from_fits(written("moc", none)).empty()


def test_the_record_is_valid_and_says_where_all_is(written, catalog):
    site = "https://winds.example.org/"
    named = replace(catalog.collections[0], site_url=site, contact=Contact("Ada Lee", "a@b.org"))
    record = _record(replace(catalog, collections=(named,)), written)
    addresses = [one.text for one in record.iter("accessURL")]
    assert addresses == [
        site,
        *(f"{site}downloads/{n}" for n in ("obscore.vot", "datalink.vot", "coverage.fits")),
    ]
    assert record.findtext(".//resultType") == "application/x-votable+xml"
    assert record.findtext("curation/contact/name") == "Ada Lee"
    assert record.findtext("curation/contact/email") == "a@b.org"


@pytest.mark.parametrize(
    ("publisher", "creators", "name"),
    [("An Institute", (), "An Institute"), ("", (Creator("Ada Lee"),), "Ada Lee"), ("", (), None)],
)
def test_nobody_is_made_up_as_a_contact(written, catalog, publisher, creators, name):
    named = replace(catalog.collections[0], publisher=publisher, creators=creators)
    record = _record(replace(catalog, collections=(named,)), written, valid=name is not None)
    assert record.findtext("curation/contact/name") == name


def test_without_models_no_subject_is_of_models(written, catalog):
    none = choose(catalog, 'model_id == "nobody"')
    for selection, expected in ((EVERYTHING, "AGB stars"), (none, "observational astronomy")):
        record = ElementTree.parse(written("voresource", selection))
        assert record.findtext("content/subject") == expected
        told = json.loads(written("datacite", selection).read_text())["data"][0]["attributes"]
        assert told["subjects"][0] == {"subject": expected}


def _record(catalog, written, valid=True):
    path = written("voresource", EVERYTHING, catalog)
    if valid:
        assert stilts("xsdvalidate", f"doc={path}", "uselocals=true") == ""
    return ElementTree.parse(path)


def test_models_are_experiments(written, catalog):
    tables = {t.name: t.to_table() for t in votable.parse(str(written("simdm"))).iter_tables()}
    assert list(tables) == ["Protocol", "InputParameter", "Experiment", "OutputDataset"]
    assert len(tables["Experiment"]) == 2
    assert tables["InputParameter"]["parameter"].tolist() == [c.name for c in catalog.parameters]
    assert len(tables["OutputDataset"]) == 12
    used = set(tables["Experiment"]["protocol"]) | set(tables["OutputDataset"]["protocol"])
    assert used == set(tables["Protocol"]["protocol"])


def test_bins_give_the_limits_of_obscore(written, catalog):
    lines = [json.loads(line) for line in written("fourdbin").read_text().splitlines()]
    rows = catalog.table("observations", ["obs_publisher_did", "em_min", "em_max"]).to_pylist()
    assert [line["id"] for line in lines] == [row["obs_publisher_did"] for row in rows]
    for line, row in zip(lines, rows, strict=True):
        axis = line["axes"]["em"]
        if row["em_min"] is not None:
            found = axis.get("limits") or [
                axis["centre"] - axis["width"] / 2,
                axis["centre"] + axis["width"] / 2,
            ]
            assert found == [row["em_min"], row["em_max"]]
    assert lines[0]["class"] == "4DBIN.cube"
    assert lines[0]["value"] == {"ucd": "phot.flux.density.sb", "unit": "W m-2 Hz-1 sr-1"}
    assert lines[0]["indexing"] == "ordinal"


REAL = {
    # A column of wavelengths, a sky and inverse variances beside it.
    "spec_sdss-0266-51602-0013.fits": (
        {"em": "array", "t": "ordinal", "x": "ordinal", "y": "ordinal"},
        "10**-17 erg Angstrom-1 s-1 cm-2",
        None,
        "HDU 1 column sky",
        {"at": "HDU 1 column ivar", "kind": "inverse variance"},
    ),
    "img_herschel_pacs_blue.fits.gz": (
        {"em": "ordinal", "t": "ordinal", "x": "ordinal", "y": "ordinal"},
        "Jy pix-1",
        None,
        None,
        {"at": "HDU 3 stDev", "kind": "standard deviation"},
    ),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_bins_of_real_products(atomium_data, name):
    record = read_product(atomium_data / "fits" / name, name, None)
    row = dict.fromkeys(c.name for c in OBSERVATIONS) | dict(record.observations[0])
    made = described(row)
    axes = {axis: told["indexing"] for axis, told in made["axes"].items()}
    unit = made["value"]["unit"]
    found = axes, unit, made["filter"], made["background"], made["uncertainties"]
    assert found == REAL[name]
    hubble = read_product(atomium_data / "fits" / "img_hst_acs_flt.fits", name, None)
    assert hubble.observations[0]["filters"] == "F606W; CLEAR2L"
    assert made["indexing"] == ("array" if "array" in axes.values() else "ordinal")
    for axis in ("em", "t"):
        told = made["axes"][axis]
        if row[f"{axis}_max"] is not None:
            bins = Bins(told["centre"], told["width"], told.get("limits"))
            assert tuple(limits_of(bins)) == (row[f"{axis}_min"], row[f"{axis}_max"])


@given(st.floats(1e-12, 1e3), st.floats(0, 1e3))
def test_limits_come_back_to_the_last_bit(low, width):
    high = low + width
    bins = bins_of(low, high)
    assert limits_of(bins) == (low, high)
    assert np.isclose(bins.width, high - low)


def test_a_selection_is_a_part(written, catalog):
    chosen = choose(catalog, 'target_name == "R Dor"', "observations")
    (table,) = votable.parse(io.BytesIO(written("votable", chosen).read_bytes())).iter_tables()
    assert table.to_table()["target_name"].tolist() == ["R Dor"]
