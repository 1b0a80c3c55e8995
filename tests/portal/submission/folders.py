"""Folders of data as authors hand them in."""

from pathlib import Path

from click.testing import CliRunner

from portal.commands import accept, submit_check
from tests.portal.test_scan_products import image

SETTINGS = """\
id = "bright-winds"
title = "Bright winds"
description = "Images of the bright winds of two stars, taken to try out how data come here."
license = "CC-BY-4.0"
license_url = "https://creativecommons.org/licenses/by/4.0/"
doi = "10.5281/zenodo.1234"

[[creators]]
name = "Ann Author"
orcid = "0000-0002-1825-0097"

[contact]
name = "Ann Author"
email = "ann@example.org"
"""
RULES = "em_min [um]:= 1.0\nem_max [um]:= 2.0\n"
ROWS = "path,t_min,t_max,facility_name\nwhya.fits,58000.0,58000.1,O'Hara\n"


def folder(root: Path) -> Path:
    """A folder without a fault: two images, settings, rules, and a row."""
    (root / "deep").mkdir(parents=True)
    image(root / "deep" / "rdor.fits", OBJECT="R Dor")
    image(root / "whya.fits", OBJECT="W Hya")
    (root / "submission.toml").write_text(SETTINGS)
    (root / "my.map").write_text(RULES)
    (root / "rows.csv").write_text(ROWS)
    return root


def submit(*arguments: object):
    """Run ``portal submit-check``."""
    return CliRunner().invoke(submit_check.COMMAND, list(map(str, arguments)))


def accepted(*arguments: object):
    """Run ``portal accept``."""
    return CliRunner().invoke(accept.COMMAND, list(map(str, arguments)))
