"""Every example on the page of the mapping language is what happens."""

import re
import shlex

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from portal.mapping import made_mapping
from portal.mapping.functions import FUNCTIONS
from portal.mapping.loading import findings
from portal.mapping.parsing import LARGEST, grammar
from portal.mapping.syntax import DEEPEST, FILE_VARIABLES
from tests.docs.conftest import ROOT
from tests.docs.reference import programs
from tests.portal.mapping.scripts import row

PAGE = (ROOT / "site_src" / "mapping.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.M | re.S)
TEXTS = [text for kind, text in BLOCKS if kind == "text"]
BETWEEN = re.compile(r" \| (?=(?:[^`]*`[^`]*`)*[^`]*$)")
"""What parts cells: a line that does not stand in code."""
CONSOLE = [text for kind, text in BLOCKS if kind == "console"]


def rows(heading):
    """Cells of the table under a heading."""
    table = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in BETWEEN.split(line.strip("|"))] for line in lines]


def code(cell):
    return cell.strip("` ")


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    tmp_path = tmp_path / "archive"
    tmp_path.mkdir()
    header = fits.Header.fromstring(TEXTS[1], sep="\n")
    fits.PrimaryHDU(np.zeros((4, 4), np.float32), header).writeto(tmp_path / "m83_cube.fits")
    (tmp_path / "survey.map").write_text(TEXTS[0])
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("session", CONSOLE)
def test_sessions_print_what_the_page_shows(session, workplace):
    line, _, shown = session.removeprefix("$ ").partition("\n")
    words = shlex.split(line)
    done = CliRunner().invoke(programs()[words[0]], words[1:])
    assert done.exit_code == 0, done.exception
    end = 0
    for part in shown.split("  ...\n"):
        assert part in done.output[end:]
        end = done.output.index(part, end) + len(part)
    assert end == len(done.output)


def test_the_grammar_is_the_one_that_is_used():
    assert TEXTS[-1] == grammar()
    assert len(TEXTS) == 3


def test_lines_of_the_tables_are_right():
    rest = "\nmodel_id: $STEM"
    for cell, _ in rows("Lines"):
        line = code(cell)
        found = findings(
            line + (rest if line.startswith("match") else ""), "own.map", (), ["OBSERVER"]
        )[1]
        assert [e.code for e in found] == (["code"] if line.startswith("use") else []), line


def test_values_of_the_table_are_right():
    names = set()
    for cell, _ in rows("Values"):
        for _, one in re.findall(r"(`+) ?(.+?) ?\1(?!`)", cell):
            text = code(one) if " TEL " not in one else one
            names |= set(re.findall(r"\$([A-Z]+)", text))
            alone = {"==", "!=", "<", "<=", ">", ">=", "in", "and", "or", "not"}
            line = f"A {text} B" if text in alone else text
            line = "not A" if text == "not" else line
            text = f"env: OBSERVER\nX{' [m/s]' if '[km/s]' in line else ''}: {line}"
            assert findings(text, "own.map", (), ["OBSERVER"])[1] == (), text
    assert names == {*FILE_VARIABLES, "OBSERVER"}


def test_functions_are_all_told_and_give_what_is_said():
    told = rows("Functions")
    assert [cell[0] for cell in told] == [
        f"`{f.signature(n)}`" for n, f in sorted(FUNCTIONS.items())
    ]
    for (_, meaning, example, wanted), name in zip(told, sorted(FUNCTIONS), strict=True):
        assert meaning == FUNCTIONS[name].meaning
        if name != "column":
            assert shown(code(example)) == code(wanted), name


def shown(expression):
    """The value of an expression as the page writes it."""
    if expression.startswith("matches"):
        expression = f"'true' if {expression} else 'false'"
    text = f"match: a\nmodel_id: 'a'\nparameter.x: {expression}"
    held = made_mapping(text).outcomes(row("store/m83_flux_B.fits"))[1].held
    if isinstance(held.value, str):
        return held.value if held.value in ("true", "false") else repr(held.value)
    number = f"{held.value:.7g}" if held.unit else repr(held.value)
    return f"{number} {held.unit or ''}".strip()


def test_errors_are_those_of_the_check():
    for line, said in rows("What is checked"):
        (error,) = findings(code(line), "own.map")[1]
        assert str(error).rsplit(" [", 1)[0] == said.replace("&#124;", "|")


def test_limits_are_those_of_the_parser():
    assert f"at most {LARGEST:,} characters, 2,000 in a line" in PAGE
    assert f"at most {DEEPEST} levels deep" in PAGE
