"""The commands of the page on conversion run, on snapshots made by tests."""

import re
import shlex
import subprocess
import sys

import pytest

from tests.docs.conftest import ROOT
from tests.lineform.dumps import amrvac_bytes, header, phantom_bytes, tree, uniform, wind

PAGE = (ROOT / "site_src" / "convert.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.M | re.S)
    for line in block.splitlines()
]
PAR = "&usr_list\n unit_length=1.496d13\n unit_numberdensity=1d9\n unit_velocity=1d6\n/\n"


def test_the_page_has_commands():
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run(line, tmp_path):
    (tmp_path / "wind_00600").write_bytes(phantom_bytes(*wind(20), header(20)))
    corners = (-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)
    data = amrvac_bytes("Cartesian", *corners, tree(1, 3), 1, uniform())
    (tmp_path / "wind0100.dat").write_bytes(data)
    (tmp_path / "wind.par").write_text(PAR)
    program, *words = shlex.split(line)
    assert program == "lineform"
    code = "from lineform.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "models" / "wind.h5").stat().st_size > 0
