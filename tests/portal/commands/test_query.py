"""``portal query`` and ``portal export``."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from portal.commands.export import COMMAND as EXPORT
from portal.commands.query import COMMAND as QUERY
from portal.errors import ConfigError, QueryError


@pytest.fixture
def query(example_catalog):
    def call(*arguments):
        arguments = [*arguments, "--catalog", str(example_catalog)]
        done = CliRunner().invoke(QUERY, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    return call


@pytest.fixture
def export(example_catalog):
    def call(*arguments):
        arguments = [*arguments, "--catalog", str(example_catalog)]
        return CliRunner().invoke(EXPORT, arguments, catch_exceptions=False)

    return call


def test_a_table_has_names_units_and_rows(query):
    done = query("mass_loss_rate > 1.5e-7", "--limit", "1")
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["model_id", "morphology", "mass_loss_rate"]
    assert lines[1].split()[:2] == ["solMass/yr", "km/s"]
    assert lines[2].split()[:3] == ["test-002", "bipolar", "1.69e-07"]
    assert len(lines) == 3
    assert done.stderr == "2 models, 1 shown\n"


def test_columns_as_wanted(query):
    done = query("", "--columns", "model_id, license")
    assert done.stdout.splitlines()[1].split() == ["test-000", "CC-BY-SA-4.0"]
    with pytest.raises(QueryError, match=r"column: unknown.*got parrot"):
        query("", "--columns", "parrot")


def test_machines_get_json_and_csv(query):
    rows = json.loads(query("n_points > 1", "--json").stdout)
    assert [row["model_id"] for row in rows] == [f"test-00{n}" for n in range(4)]
    csv = query('model_id == "test-001"', "--csv", "--columns", "model_id,species").stdout
    assert csv == '"model_id","species"\n"test-001","CO;H2;SiO"\n'


def test_downloads_of_a_selection(query):
    urls = query('model_id == "test-001"', "--urls").stdout.splitlines()
    assert [url.rpartition("/")[2] for url in urls] == ["test-001.h5"] * 2
    assert query('model_id == "test-001"', "--metalink").stdout.count("<file ") == 2
    assert query("", "--urls", "--limit", "1").stdout.count("\n") == 2


def test_observations_of_a_selection(query):
    done = query('terminal_velocity > 7 and line == "CO 2-1"', "--observations")
    assert done.stdout.count("test-003") == 6
    assert done.stderr == "3 observations\n"
    urls = query("terminal_velocity > 6", "--observations", "--urls").stdout.splitlines()
    assert [url.rpartition("/")[2] for url in urls] == ["test-002.h5", "test-003.h5"]
    listed = query("terminal_velocity > 6", "--observations", "--metalink").stdout
    assert listed.count("<file ") == 2
    assert "models/" not in listed


@pytest.mark.parametrize("form", ["aria2", "checksums", "curl", "metalink", "rclone", "urls"])
def test_every_list_is_written_under_its_name(query, export, form):
    where = 'model_id == "test-001"'
    assert query(where, "--as", form).stdout == export(form, "--where", where).stdout
    assert query(where, "--as", form).stdout.count("test-001.h5") >= 2


def test_rows_of_both_tables_become_parquet(query, example_catalog, tmp_path):
    path = tmp_path / "rows.parquet"
    query('line == "CO 2-1"', "--observations", "--as", "parquet", "-o", str(path))
    rows = pq.read_table(path)
    whole = pq.read_table(example_catalog / "observations.parquet")
    assert rows.equals(whole.filter(pc.field("line") == "CO 2-1"))
    assert rows.schema.field("rest_frequency").metadata[b"unit"] == b"Hz"
    columns = ["mass_loss_rate", "model_id"]
    query("", "--as", "parquet", "--columns", ",".join(columns), "-o", str(path))
    some = pq.read_table(path)
    assert some.column_names == columns
    assert [c["name"] for c in json.loads(some.schema.metadata[b"columns"])] == columns
    assert some.schema.metadata[b"license"] == whole.schema.metadata[b"license"]


def test_a_plan_says_files_size_time_and_disk(query, example_catalog):
    files = pq.read_table(example_catalog / "files.parquet").to_pylist()
    sizes = [f["bytes"] for f in files if f["model_id"] == "test-001"]
    where = 'model_id == "test-001"'
    said = query(where, "--plan", "--speed", "8 kbit/s").stdout.splitlines()
    assert [line.split()[0] for line in said] == ["files", "size", "time", "disk"]
    assert f"({sum(sizes):,} bytes)" in said[1]
    planned = json.loads(query(where, "--plan", "--speed", "1 kB/s", "--json").stdout)
    assert planned == {"bytes": sum(sizes), "files": 2, "seconds": sum(sizes) / 1000}
    some = json.loads(query("", "--observations", "--limit", "1", "--plan", "--json").stdout)
    assert some["files"] == 1
    for speed in ("100", "100 Mbps", "100 mbps", "12,5 MB/s", "12.5MBps", "0.1 gbit/s"):
        at = json.loads(query(where, "--plan", "--speed", speed, "--json").stdout)
        assert at["seconds"] == pytest.approx(sum(sizes) / 12.5e6)
    assert query(where, "--plan", "--speed", "50").stdout.splitlines()[2].endswith(" at 50 Mbit/s")
    for wrong in ("fast", "0 Mbit/s", "-1 Mbit/s", "1,000 Mbit/s", "100 MB"):
        with pytest.raises(ConfigError, match=r"--speed: .*100 Mbit/s"):
            query("", "--plan", "--speed", wrong)


def test_output_that_cannot_be_written_is_one_line(example_catalog):
    words = [sys.executable, "-m", "portal", "query", "--catalog", str(example_catalog)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    said = "portal: a file cannot be read or written: got No space left on device"
    assert done.stderr.splitlines() == [said]


def test_two_forms_are_refused(query):
    with pytest.raises(ConfigError, match="got aria2 and urls"):
        query("", "--as", "aria2", "--urls")
    for two, said in (
        (("--urls", "--csv"), "urls and csv"),
        (("--sql", "--plan"), "--sql and --plan"),
        (("--sql", "--json"), "--as json and --sql"),
        (("--plan", "--as", "names"), "--as names and --plan"),
    ):
        with pytest.raises(ConfigError, match=f"got {said}"):
            query("", *two)


@pytest.mark.parametrize("form", [(), ("--json",), ("--sql",), ("--plan",), ("--csv",)])
def test_everything_is_written_to_the_file_as_it_is_printed(query, tmp_path, form):
    printed = query("n_points > 1", *form).stdout
    assert query("n_points > 1", *form, "-o", str(tmp_path / "out")).stdout == ""
    assert (tmp_path / "out").read_text() == printed != ""


def test_a_command_line_says_how_to_make_its_names(query):
    done = query('line == "CO 2-1"', "--observations", "--as", "fetch")
    assert "--names names.txt" in done.stdout
    assert "--as names -o names.txt" in done.stderr
    assert query("n_points > 1", "--as", "fetch").stderr == ""


def test_duckdb_finds_the_same_rows_with_the_printed_sql(query):
    for text, *options in (
        ('mass_loss_rate > 1.5e-7 and species in ["CO"]',),
        ('terminal_velocity > 7 and "co 2" in line', "--observations"),
        ("", "--columns", "model_id,n_points", "--limit", "2"),
    ):
        found = duckdb.sql(query(text, *options, "--sql").stdout).arrow().read_all()
        same = json.loads(query(text, *options, "--json").stdout)
        assert sorted(found["model_id"].to_pylist()) == sorted(row["model_id"] for row in same)
        assert set(found.column_names) == set(same[0])


def test_a_name_cannot_move_the_cursor(query, monkeypatch):
    import pyarrow as pa

    rows = pa.table({"model_id": ["a\x1b[2Jb"]})
    monkeypatch.setattr("portal.catalog.selection.select_models", lambda *arguments: rows)
    assert query("").stdout.splitlines()[1] == "a?[2Jb"


def test_export_to_a_file_is_whole_or_absent(export, tmp_path):
    output = tmp_path / "SHA256SUMS"
    assert export("checksums", "--where", "n_points > 1", "-o", str(output)).exit_code == 0
    assert output.read_bytes() == export("checksums").stdout_bytes
    assert output.read_text().count("\n") == 8
    assert [path.name for path in tmp_path.iterdir()] == ["SHA256SUMS"]
    with pytest.raises(ConfigError, match=r"cannot be written.*--output"):
        export("urls", "-o", str(tmp_path / "none" / "urls.txt"))


def test_an_unknown_format_lists_the_known_ones(export):
    done = export("parrot")
    assert done.exit_code == 2
    assert "'metalink'" in done.stderr
