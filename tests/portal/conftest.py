"""A catalogue and a site of the example store."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.commands.scan import COMMAND as SCAN


@pytest.fixture(scope="session")
def example_catalog(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of the example store; for reading only."""
    folder = tmp_path_factory.mktemp("catalog")
    arguments = [str(example_store), "--catalog", str(folder), "--workers", "0"]
    done = CliRunner().invoke(SCAN, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder
