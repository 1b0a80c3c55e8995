"""A folder is checked: settings, rules, rows, files and values, each fault under its name."""

import json
import shutil

import pytest

from portal.errors import ConfigError
from portal.obscore.files import load_table
from portal.submission.checking import check_folder
from portal.submission.settings import write_template
from tests.portal.submission.folders import RULES, SETTINGS, folder, submit
from tests.portal.test_scan_products import image


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return folder(tmp_path_factory.mktemp("submission") / "winds")


@pytest.fixture
def winds(clean, tmp_path):
    return shutil.copytree(clean, tmp_path / "winds")


LONG = ", taken to try out how data come"
TWICE = "path,t_xel\nwhya.fits,1\nwhya.fits,2\n"
OUTSIDE = "path,s_ra\nwhya.fits,361.0\n"


def found(winds):
    return {(one.severity, one.code, one.path) for one in check_folder(winds).findings}


def test_a_good_folder_has_no_error(clean):
    checked = check_folder(clean)
    assert checked.good
    assert [one.row["target_name"] for one in checked.response.given] == ["R Dor", "W Hya"]
    assert {f.code for f in checked.findings} == {"incomplete-time"}


def test_rules_and_rows_become_values_with_their_origin(clean):
    _, row = (one.row for one in check_folder(clean).response.given)
    assert (row["em_min"], row["em_max"]) == pytest.approx((1e-6, 2e-6))
    assert (row["t_min"], row["facility_name"]) == (58000.0, "O'Hara")
    assert row["obs_collection"] == "bright-winds"
    origins = check_folder(clean).response.provenance()
    used = {(row["path"], row["column"]): row for row in origins if row["used"]}
    assert used["whya.fits", "t_min"]["where"].startswith("rules.map:")


def settings(old, new):
    return lambda winds: (winds / "submission.toml").write_text(SETTINGS.replace(old, new))


def written(name, text):
    return lambda winds: (winds / name).write_text(text)


FAULTS = [
    ("error", "settings", "submission.toml", lambda w: (w / "submission.toml").unlink()),
    ("error", "settings", "submission.toml", settings("id =", "id ==")),
    ("error", "settings", "submission.toml", settings("bright-winds", "Bright Winds")),
    ("error", "settings", "submission.toml", settings('title = "Bright winds"\n', "")),
    ("error", "settings", "submission.toml", settings("Ann Author", "")),
    ("error", "settings", "submission.toml", settings("0000-0002-1825-0097", "0000")),
    ("error", "settings", "submission.toml", settings("doi", "stores = []\ndoi")),
    ("error", "settings", "submission.toml", settings("doi", "colour = 3\ndoi")),
    ("error", "settings", "submission.toml", settings("email =", "affiliation =")),
    ("error", "settings", "submission.toml", settings('email = "ann@example.org"', "")),
    ("warning", "settings-orcid", "submission.toml", settings("orcid =", "affiliation =")),
    ("warning", "settings-short", "submission.toml", settings(LONG, "")),
    ("error", "rules", "my.map", written("my.map", "targt_name: OBJECT\n")),
    ("error", "rules", "my.map", written("my.map", "use: os\ntarget_name: os.getcwd()\n")),
    ("error", "rules-environment", "my.map", written("my.map", "env: SITE\nobs_id: $SITE\n")),
    ("error", "several", "", written("other.map", RULES)),
    ("error", "several", "", written("other.csv", "path\nwhya.fits\n")),
    ("error", "row-without-file", "rows.csv", written("rows.csv", "path,s_ra\nnone.fits,3\n")),
    ("error", "row-without-file", "rows.csv", written("rows.csv", "target_name\nW Hya\n")),
    ("error", "row-twice", "rows.csv", written("rows.csv", TWICE)),
    ("error", "rows", "rows.csv", written("rows.csv", "")),
    ("warning", "not-fits", "notes.txt", written("notes.txt", "hello")),
    ("error", "not-fits", "notes.fits", written("notes.fits", "hello")),
    ("error", "link", "there.fits", lambda w: (w / "there.fits").symlink_to("whya.fits")),
    ("error", "name", "whya.data", lambda w: shutil.copy(w / "whya.fits", w / "whya.data")),
    ("error", "em-order", "whya.fits", written("my.map", "em_min:= 2e-6\nem_max:= 1e-6\n")),
    ("error", "rules", "rows.csv", written("rows.csv", OUTSIDE)),
    ("warning", "incomplete-band", "whya.fits", written("my.map", "")),
]  # fmt: skip


@pytest.mark.parametrize(("severity", "code", "path", "spoil"), FAULTS)
def test_each_fault_has_its_name(winds, severity, code, path, spoil):
    spoil(winds)
    checked = check_folder(winds)
    assert (severity, code, path) in {(f.severity, f.code, f.path) for f in checked.findings}
    assert all(f.way_out for f in checked.findings if f.severity == "error")
    assert checked.good == (severity == "warning")


def test_a_row_that_fits_two_paths_is_refused(winds):
    image(winds / "deep" / "whya.fits")
    assert ("error", "path-unclear", "rows.csv") in found(winds)


def test_an_empty_folder_says_what_to_put_there(tmp_path):
    assert {code for _, code, _ in found(tmp_path)} == {"no-data-files", "no-row", "settings"}


def test_many_findings_of_a_kind_are_told_in_one_word(winds):
    for number in range(25):
        (winds / f"note{number}.txt").write_text("hello")
    told = [one for one in check_folder(winds).findings if one.code == "not-fits"]
    assert len(told) == 21
    assert [one.seen for one in told if not one.path] == ["5 more"]


def test_the_template_names_all_that_is_wanted(tmp_path):
    path = write_template(tmp_path)
    assert {f.column for f in check_folder(tmp_path).findings if f.code == "settings"} == {
        "id", "title", "description", "creators", "contact",
    }  # fmt: skip
    with pytest.raises(ConfigError, match="is there already"):
        write_template(tmp_path)
    assert path.name == "submission.toml"


def test_the_command_tells_findings_as_text_json_and_table(winds, tmp_path):
    good = submit(winds)
    assert good.exit_code == 0
    assert good.output.startswith("2 files, 2 rows, 0 errors, 1 warning\n")
    (winds / "bad.fits").write_text("SIMPLE")
    bad = submit(winds, "--json", "-o", tmp_path / "findings.csv", "--bundle", tmp_path / "b.zip")
    assert bad.exit_code == 1
    said = json.loads(bad.output)
    assert {one["path"] for one in said["findings"] if one["severity"] == "error"} == {"bad.fits"}
    assert load_table(tmp_path / "findings.csv")["path"].tolist()[0] == "bad.fits"
    assert not (tmp_path / "b.zip").exists()


def test_the_command_writes_a_template(tmp_path):
    assert submit(tmp_path, "--init").exit_code == 0
    assert (tmp_path / "submission.toml").read_text().startswith("# Who submits what")
