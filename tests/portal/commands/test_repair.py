"""``portal repair`` on the command line."""

import json
import sys

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.commands.repair import COMMAND
from tests.portal.fits.files import image


def test_repairs_are_told(tmp_path):
    path, copy = tmp_path / "a.fits", tmp_path / "b.fits"
    path.write_bytes(image(2, cards=["RESTFREQ= 1.0", "object  = 'x\x1b[31m'"]))
    done = CliRunner().invoke(COMMAND, [str(path), "-o", str(copy)])
    assert done.exit_code == 0
    assert "RESTFREQ: 1.0 -> RESTFRQ=1.0 (old-keyword" in done.output
    assert "b.fits: 2 repairs" in done.output
    assert "\x1b" not in done.output
    done = CliRunner().invoke(COMMAND, [str(copy), "-o", str(tmp_path / "c.fits"), "--json"])
    assert json.loads(done.stdout)["repairs"] == []


def test_a_copy_that_exists_is_refused(tmp_path, monkeypatch, capsys):
    path = tmp_path / "a.fits"
    path.write_bytes(image(2))
    monkeypatch.setattr(sys, "argv", ["portal", "repair", str(path), "-o", str(path)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "in place" in capsys.readouterr().err
