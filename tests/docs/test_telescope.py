"""The commands of the page on telescopes run, one after the other, on a cube made by a test."""

import re
import shlex
import shutil

import pytest
from astropy.io import fits
from click.testing import CliRunner

from lineform.io import read_observations, write_observations
from tests.docs.conftest import ROOT
from tests.docs.reference import programs
from tests.lineform.skies import HEADER, point, verify

PAGE = (ROOT / "site_src" / "telescope.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.M | re.S)
    for line in block.splitlines()
]

EVERYTHING = (
    "lineform observe observations/wind.h5 -o all.h5 --beam '0.6 arcsec' --taper '0.3 arcsec' "
    "--largest-scale '6 arcsec' --primary-beam '20 arcsec' --correct-primary-beam "
    "--channel-width '2 km/s' --hanning --noise '1 mJy/beam'"
)


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    sky = point(7, 32, 36, shape=(15, 64, 64), pixel=0.2)
    write_observations(tmp_path / "observations" / "wind.h5", HEADER, [sky])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(line):
    program, *words = shlex.split(line)
    assert program == "lineform"
    done = CliRunner().invoke(programs()["lineform"], words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_commands_run(workplace):
    for line in COMMANDS:
        if "repair-fits" not in line:
            assert _run(line)
    written = sorted(path.relative_to(workplace).as_posix() for path in workplace.rglob("*.fits"))
    assert written == ["cubes/wind-1_CO_2-1_d00.fits", "kelvin/wind-1_CO_2-1_d00.fits", "wind.fits"]
    for name in written:
        assert verify(workplace / name) == "verification OK"
    (alma,) = read_observations(workplace / "alma.h5")
    assert alma.response.primary_beam == pytest.approx(25.26, abs=0.01)


def test_the_command_that_repairs_runs(workplace, atomium_data):
    (line,) = (line for line in COMMANDS if "repair-fits" in line)
    (workplace / "magritte").mkdir()
    real = atomium_data / "magritte" / "wind_cart16_co21.fits"
    shutil.copy(real, workplace / "magritte" / "image.fits")
    assert _run(line) == "image.fits\n"
    assert verify(workplace / "image.fits") == "verification OK"


def test_the_page_lists_every_option_and_keyword(workplace):
    command = programs()["lineform"].commands["observe"]
    options = {name for option in command.params for name in option.opts if name.startswith("--")}
    written = set(re.findall(r"--[a-z-]+", PAGE))
    assert options - {"--output"} <= written
    _run(EVERYTHING)
    _run("lineform export-fits all.h5 -o all.fits")
    cards = fits.getheader(workplace / "all.fits")
    known = set(re.findall(r"`([A-Z0-9]+)`", PAGE))
    structure = re.compile(r"SIMPLE|BITPIX|EXTEND|NAXIS.*|CRVAL.|CRPIX.|CDELT.|CUNIT.|.*SUM")
    assert {key for key in cards if not structure.fullmatch(key)} <= known
    assert {key for key in known if key.isupper() and len(key) > 4} - {"PARAMETERS"} <= set(cards)
