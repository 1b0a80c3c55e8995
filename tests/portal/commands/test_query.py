"""``portal query`` and ``portal export``."""

import json

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
    with pytest.raises(ConfigError, match="got --observations"):
        query("", "--observations", "--metalink")


def test_a_name_cannot_move_the_cursor(query, monkeypatch):
    import pyarrow as pa

    rows = pa.table({"model_id": ["a\x1b[2Jb"]})
    monkeypatch.setattr("portal.catalog.query.select_models", lambda *arguments: rows)
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
