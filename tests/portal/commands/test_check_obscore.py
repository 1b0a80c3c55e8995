"""``portal check-obscore`` on files."""

import json

from click.testing import CliRunner

from portal.commands.check_obscore import COMMAND
from portal.obscore.files import load_table, write_table
from tests.portal.lint.rows import changed, clean


def run(*arguments):
    return CliRunner().invoke(COMMAND, list(map(str, arguments)))


def test_a_clean_table(tmp_path):
    write_table(clean(), tmp_path / "t.vot")
    done = run(tmp_path / "t.vot")
    assert (done.exit_code, done.output.strip()) == (0, f"{tmp_path}/t.vot: 8 rows, no findings")


def test_errors_are_told_and_written(tmp_path):
    write_table(changed(0, t_min=2458000.5), tmp_path / "t.csv")
    done = run(tmp_path / "t.csv", "-o", tmp_path / "findings.ecsv")
    assert done.exit_code == 1
    assert "t_min of row 0: expected MJD (d), got 2458000.5; subtract 2400000.5" in done.output
    assert "t-is-jd" in load_table(tmp_path / "findings.ecsv")["code"].tolist()
    said = json.loads(run(tmp_path / "t.csv", "--json").output)
    assert (said["rows"], said["findings"][0]["severity"]) == (8, "error")


def test_warnings_alone_are_no_failure(tmp_path):
    write_table(changed(0, target_name="IK Tau "), tmp_path / "t.parquet")
    done = run(tmp_path / "t.parquet")
    assert done.exit_code == 0
    assert "0 errors, 1 warning" in done.output
