"""LAMDA files: real ones, small ones, and broken ones."""

import importlib.util
import logging
import re
from pathlib import Path

import numpy as np
import pytest

from lineform.constants import ATOMIC_MASS, LIGHT_SPEED, PLANCK
from lineform.errors import ReadError
from lineform.readers import read_lamda

SMALL = """!MOLECULE
CS  spectroscopy from CDMS
!MOLECULAR WEIGHT
44.0
!NUMBER OF ENERGY LEVELS
3
!LEVEL + ENERGIES(cm^-1) + WEIGHT + J
 1  0.0    1.0  " 00 "
 2  1.634  3.0  " 01 "
 3  4.902  5.0  2_1.5  ! odd
!NUMBER OF RADIATIVE TRANSITIONS
2
!TRANS + UP + LOW + EINSTEINA(s^-1) + FREQ(GHz) + E_u(K)
 1 2 1 1.749e-06 48.9909549 2.4
 2 3 2 1.679e-05 97.9809533
"""
RATES = """!NUMBER OF COLL PARTNERS
2
!COLLISIONS BETWEEN
2 CS-pH2 ! invented
!NUMBER OF COLL TRANS
2
!NUMBER OF COLL TEMPS
3
!COLL TEMPS
 10.0 20.0 316.2
!TRANS + UP + LOW + COLLRATES(cm^3 s^-1)
 1 2 1 1.0e-11 2.0e-11 3.0e-11
 2 3 1 4.0e-12 5.0e-12 6.0e-12
!COLLISIONS BETWEEN
3 CS-oH2 ! invented
!NUMBER OF COLL TRANS
1
!NUMBER OF COLL TEMPS
1
!COLL TEMPS
 10.0
!TRANS + UP + LOW + COLLRATES(cm^3 s^-1)
 1 3 2 7.0e-11
!NOTES:
anything
"""
FULL = SMALL + RATES
PACKAGED = 34
"""Files in the package spectralradex 1.1.5."""

BREAKS_ASTROQUERY = {"hcl@hfs.dat", "p-h3o+.dat", "so2@lowT.dat"}
"""astroquery 0.4.11 takes a heading that begins with a blank, or lacks its '!', for data."""

REAL = (
    "23Na-35Cl__Barton-ExoMol.dat",
    "SO-pH2.dat",
    "co.dat",
    "co_old.txt",
    "hcn.dat",
    "hco+.dat",
    "sio.dat",
    "two_level_test.txt",
)


def _write(tmp_path, text):
    path = tmp_path / "molecule.dat"
    path.write_text(text)
    return path


def test_small_file(tmp_path):
    cs = read_lamda(_write(tmp_path, SMALL))
    assert cs.name == "CS"
    assert cs.mass == pytest.approx(44 * ATOMIC_MASS)
    assert cs.weight.tolist() == [1, 3, 5]
    assert cs.energy[1] / (PLANCK * LIGHT_SPEED * 100) == pytest.approx(1.634)
    assert [line.transition for line in cs.lines] == ["1-0", "2_1.5-1"]
    assert cs.lines[0].frequency == 48.9909549e9
    assert cs.lines[1].einstein_a == 1.679e-5


@pytest.mark.parametrize("name", REAL)
def test_real_files(name, atomium_data, caplog):
    path = atomium_data / "lamda" / name
    molecule = read_lamda(path)
    assert len(molecule.energy) == len(molecule.weight) >= 2
    assert np.all(molecule.energy >= 0)
    assert len({line.name for line in molecule.lines}) == len(molecule.lines)
    column = _frequency_column(path)
    assert [line.frequency / 1e9 for line in molecule.lines] == pytest.approx(column, rel=1e-15)


def _frequency_column(path):
    lines = path.read_text(errors="replace").splitlines()
    start = 7 + int(lines[5])
    count = int(lines[start + 1].split()[0])
    return [float(line.split()[4]) for line in lines[start + 3 : start + 3 + count]]


def test_every_real_file_is_tested(atomium_data):
    files = {path.name for path in (atomium_data / "lamda").iterdir()} - {"README.md"}
    assert files == set(REAL)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("co.dat", r"put 20 of 40 lines over 0.1 km/s .* most of all CO 3-2, by -2.08 km/s"),
        ("sio.dat", r"of 40 lines over 0.1 km/s .* most of all SiO 1-0, by -8.13 km/s"),
    ],
)
def test_energies_that_disagree_are_logged(name, text, atomium_data, caplog):
    caplog.set_level(logging.WARNING)
    read_lamda(atomium_data / "lamda" / name)
    (message,) = caplog.messages
    assert re.search(text, message)


def test_energies_that_agree_are_not_logged(tmp_path, caplog):
    exact = SMALL.replace("1.634", f"{48.9909549e9 / LIGHT_SPEED / 100:.9f}").replace(
        "4.902", f"{(48.9909549e9 + 97.9809533e9) / LIGHT_SPEED / 100:.9f}"
    )
    read_lamda(_write(tmp_path, exact))
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("44.0", "heavy", r"expected 1 numbers, got 'heavy' \[.*:4\]"),
        ("!MOLECULAR WEIGHT", "WEIGHT", r"heading that begins with '!', got 'WEIGHT' \[.*:3\]"),
        (" 2  1.634", " 7  1.634", r"expected level 2, got 7 \[.*:9\]"),
        ("3.0", "-3.0", r"expected a positive weight, got -3.0 \[.*:9\]"),
        ("3.0", "nan", r"expected 3 numbers, got .*nan"),
        (" 1 2 1 1.749e-06", " 1 9 1 1.749e-06", r"level from 1 to 3, got 9 \[.*:14\]"),
        ("48.9909549", "-48.9", r"positive frequency, got -48.9"),
        (
            " 2 3 2 1.679e-05 97.9809533\n",
            "",
            r"expected more lines, got the end of the file; .*cut off",
        ),
        ("\n3\n", "\n-3\n", r"positive number of rows, got -3"),
        ("CS  spectroscopy from CDMS", "", r"name of the molecule, got an empty line"),
    ],
)
def test_broken_files(tmp_path, old, new, message):
    assert old in SMALL
    with pytest.raises(ReadError, match=message):
        read_lamda(_write(tmp_path, SMALL.replace(old, new, 1)))


def test_missing_file(tmp_path):
    with pytest.raises(ReadError, match=r"LAMDA file: .*nothing\.dat.* built in"):
        read_lamda(tmp_path / "nothing.dat")


def _same(ours, theirs):
    assert [each.partner for each in ours] == [each.partner for each in theirs]
    for our, their in zip(ours, theirs, strict=True):
        for name in ("temperature", "upper", "lower", "rate"):
            assert np.array_equal(getattr(our, name), getattr(their, name)), name


def test_collision_rates(tmp_path):
    para, ortho = read_lamda(_write(tmp_path, FULL)).collisions
    assert (para.partner, ortho.partner) == ("pH2", "oH2")
    assert para.temperature.tolist() == [10.0, 20.0, 316.2]
    assert (para.upper.tolist(), para.lower.tolist()) == ([1, 2], [0, 0])
    assert para.rate == pytest.approx(np.array([[1e-17, 2e-17, 3e-17], [4e-18, 5e-18, 6e-18]]))
    assert (ortho.upper.tolist(), ortho.lower.tolist()) == ([2], [1])
    assert ortho.rate == pytest.approx(np.array([[7e-17]]))


def test_file_without_collision_rates(tmp_path):
    assert read_lamda(_write(tmp_path, SMALL + "\n\n")).collisions == ()


ODD = {
    "headings after a blank": (r"(?m)^!", " !"),
    "a heading without its mark": ("!NUMBER OF ENERGY LEVELS", "NUMBER OF ENERGY LEVELS"),
    "other words in headings": ("!COLLISIONS BETWEEN", "! Partner 1, collisions between:"),
    "temperatures over several lines": (" 10.0 20.0 316.2", " 10.0\n 20.0   ! K\n 316.2"),
    "rates over several lines": ("2.0e-11 3.0e-11", "2.0e-11\n   3.0e-11"),
    "more columns than temperatures": ("3.0e-11", "3.0e-11 8.0e-11 9.0e-11"),
    "a remark behind the rates": ("3.0e-11", "3.0e-11 extrapolated"),
    "remarks behind a number of rows": ("!NUMBER OF COLL TEMPS\n3", "!TEMPS\n3  ! see notes"),
    "exponents with D": ("1.0e-11", "1.0D-11"),
    "exponents without a letter": ("2.0e-11", "2.0-011"),
    "wave numbers behind the lines": ("48.9909549 2.4", "48.9909549 2.4 1.634 1.0"),
    "tabs": (" 1 2 1 1.0e-11 2.0e-11", "1\t2\t1\t1.0e-11\t2.0e-11"),
    "line ends of another system": ("\n", "\r\n"),
    "a partner without a number": ("2 CS-pH2", "CS - pH2"),
    "a partner spelt out": ("2 CS-pH2", "CS with para-H2"),
    "a partner with an underscore": ("2 CS-pH2", "CS - p_H2"),
}


@pytest.mark.parametrize("what", ODD)
def test_odd_files_read_like_the_plain_one(what, tmp_path):
    old, new = ODD[what]
    odd, changes = re.subn(old, new, FULL)
    assert changes
    plain = read_lamda(_write(tmp_path, FULL))
    ours = read_lamda(_write(tmp_path, odd))
    assert ours.lines == plain.lines
    assert np.array_equal(ours.energy, plain.energy)
    _same(ours.collisions, plain.collisions)


def test_a_heading_without_its_mark_is_logged(tmp_path, caplog):
    read_lamda(_write(tmp_path, FULL.replace("!NUMBER OF COLL TRANS", "NUMBER OF COLL TRANS", 1)))
    assert any(":20: heading without '!'" in message for message in caplog.messages)


@pytest.mark.parametrize(
    ("text", "partner"),
    [
        ("1 CS-H2 scaled from CS-He", "H2"),
        ("4 C + e", "e-"),
        ("5 C + H", "H"),
        ("6 C + He", "He"),
        ("7 C + H+", "H+"),
        ("OH - H2", "H2"),
        ("HCl-He from somewhere", "He"),
        ("CS + electrons", "e-"),
        ("p-NH3 on o-H2: someone", "oH2"),
        ("11 H2O with H2", "H2"),
    ],
)
def test_partners(text, partner, tmp_path):
    other = "2 CS-pH2"
    molecule = read_lamda(
        _write(tmp_path, FULL.replace("2 CS-pH2", text).replace("3 CS-oH2", other))
    )
    assert molecule.collisions[0].partner == partner


def test_quantum_numbers_as_fractions(tmp_path):
    text = FULL.replace("2_1.5", "2,3/2").replace('" 01 "', "2PI3/2")
    assert [line.transition for line in read_lamda(_write(tmp_path, text)).lines] == [
        "2PI1.5-0",
        "2,1.5-2PI1.5",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("316.2", "", r"expected 3 numbers, got 2 and then '!TRANS .* \[.*:26\]"),
        ("316.2", "15.0", r"temperatures that ascend, got \[10.0, 20.0, 15.0\] \[.*:25\]"),
        ("1 3 2 7.0e-11", "1 4 2 7.0e-11", r"level from 1 to 3, got 4 \[.*:38\]"),
        ("1 3 2 7.0e-11", "1 2 2 7.0e-11", r"expected two levels .*, got 2 2 7e-11 \[.*:38\]"),
        ("7.0e-11", "-7.0e-11", r"rates of at least 0, got 3 2 -7e-11"),
        ("7.0e-11", "seven", r"expected 4 numbers, got 3 and then '1 3 2 seven'"),
        (" 2 3 1 4.0e", " 2 2 1 4.0e", r"pair of levels once, got a pair twice for pH2"),
        ("3 CS-oH2", "2 CS-pH2", r"expected another partner, got pH2 \[.*:30\]"),
        ("3 CS-oH2", "9 CS-Ar", r"partner 1 \(H2\), .* or its name, got '9 CS-Ar"),
        ("PARTNERS\n2", "PARTNERS\n-2", r"number of rows, got -2 \[.*:17\]"),
        ("PARTNERS\n2", "PARTNERS\n3", r"or its name, got 'anything'"),
    ],
)
def test_broken_collision_rates(tmp_path, old, new, message):
    assert old in FULL
    with pytest.raises(ReadError, match=message):
        read_lamda(_write(tmp_path, FULL.replace(old, new, 1)))


def test_every_cut_file_is_refused_or_lacks_rates(tmp_path):
    lines = FULL.splitlines(keepends=True)
    without_rates = len(SMALL.splitlines())
    last = lines.index("!NOTES:\n")
    for length in range(last):
        path = _write(tmp_path, "".join(lines[:length]))
        if length == without_rates:
            assert read_lamda(path).collisions == ()
        else:
            with pytest.raises(ReadError):
                read_lamda(path)


def test_damaged_files_are_read_or_refused_by_name(tmp_path):
    rng = np.random.default_rng(0)
    signs = "0123456789.-+eD! xnaif\t\n\0é"
    refused = []
    for _ in range(600):
        text = list(FULL)
        for place in rng.integers(len(text), size=rng.integers(1, 6)):
            text[place] = signs[rng.integers(len(signs))]
        try:
            read_lamda(_write(tmp_path, "".join(text)))
        except ReadError as error:
            refused.append(str(error))
    assert 100 < len(refused) < 600
    assert all("molecule.dat:" in message for message in refused)


@pytest.mark.parametrize("name", REAL)
def test_real_collision_rates(name, atomium_data):
    _check_rates(read_lamda(atomium_data / "lamda" / name))


def _check_rates(molecule):
    assert molecule.collisions
    for rates in molecule.collisions:
        assert rates.rate.shape == (len(rates.upper), len(rates.temperature))
        pairs = set(zip(rates.upper.tolist(), rates.lower.tolist(), strict=True))
        assert len(pairs) == len(rates.upper)
        # A rate coefficient is at most a gas-kinetic one, for electrons a few 1e-6 cm3 s-1.
        assert rates.rate.min() >= 0
        assert 1e-20 < rates.rate.max() < 1e-11


def _packaged():
    """The LAMDA files of the package spectralradex, which need not be importable."""
    found = importlib.util.find_spec("spectralradex")
    if found is None or found.origin is None:
        pytest.skip("spectralradex is not installed")
    return sorted((Path(found.origin).parent / "radex" / "data").glob("*.dat"))


def test_all_files_of_spectralradex():
    files = _packaged()
    assert len(files) == PACKAGED
    for path in files:
        molecule = read_lamda(path)
        _check_rates(molecule)
        for line in molecule.lines:
            assert molecule.line(line.transition) is line, path.name
            assert "/" not in line.name


def _astroquery(path):
    lamda = pytest.importorskip("astroquery.lamda.core", reason="astroquery is not installed")
    return lamda.parse_lamda_datafile(str(path))


@pytest.mark.parametrize("name", REAL)
def test_real_files_as_astroquery_reads_them(name, atomium_data):
    path = atomium_data / "lamda" / name
    _compare_tables(read_lamda(path), *_astroquery(path))


def test_files_of_spectralradex_as_astroquery_reads_them():
    for path in _packaged():
        if path.name in BREAKS_ASTROQUERY:
            with pytest.raises(ValueError, match="invalid literal for int"):
                _astroquery(path)
        else:
            _compare_tables(read_lamda(path), *_astroquery(path))


def _compare_tables(ours, rates, lines, levels):
    kayser = 100 * PLANCK * LIGHT_SPEED
    assert ours.energy / kayser == pytest.approx(np.asarray(levels["Energy"], float), rel=1e-14)
    # astroquery cuts the decimals of weights and of temperatures.
    assert ours.weight.astype(int).tolist() == list(levels["Weight"])
    assert [line.frequency / 1e9 for line in ours.lines] == pytest.approx(list(lines["Frequency"]))
    assert [line.einstein_a for line in ours.lines] == pytest.approx(list(lines["EinsteinA"]))
    assert [line.upper + 1 for line in ours.lines] == list(lines["Upper"])
    for mine in ours.collisions:
        theirs = rates[mine.partner.upper().rstrip("-")]
        assert theirs is not None
        assert mine.temperature.astype(int).tolist() == theirs.meta["temperatures"]
        assert (mine.upper + 1).tolist() == list(theirs["Upper"])
        assert (mine.lower + 1).tolist() == list(theirs["Lower"])
        # One of its names can stand for two columns, such as 316.2 and 316.9 K: by position.
        columns = [list(column) for column in theirs.itercols()][3 : 3 + mine.rate.shape[1]]
        assert mine.rate * 1e6 == pytest.approx(np.array(columns).T)
