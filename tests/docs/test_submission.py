"""The page on handing in data: its settings are good, and its commands print what stands there."""

import re
import shlex

from click.testing import CliRunner

from tests.docs.conftest import ROOT
from tests.docs.reference import programs
from tests.docs.test_examples import BLOCK
from tests.portal.test_scan_products import image

PAGE = (ROOT / "site_src" / "submission.md").read_text("utf-8")
DATES = "path,t_min,t_max\nwhya.fits,60431.0,60431.1\n"


def blocks(language):
    return [body for kind, body in BLOCK.findall(PAGE) if kind == language]


def test_the_page_is_true(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rdor", "whya"):
        image(tmp_path / "winds" / f"{name}.fits", OBJECT=name)
    (tmp_path / "winds" / "submission.toml").write_text(blocks("toml")[0])
    (tmp_path / "winds" / "rows.csv").write_text(DATES)
    (tmp_path / "winds" / "band.map").write_text("em_min [um]:= 2.0\nem_max [um]:= 2.4\n")
    for block in blocks("console"):
        command, _, shown = block.removeprefix("$ ").partition("\n")
        done = CliRunner().invoke(programs()["portal"], shlex.split(command)[1:])
        assert done.exit_code == 0, done.output
        pattern = re.escape(shown).replace(re.escape("..."), ".*")
        assert re.fullmatch(pattern, done.output, re.S), done.output
