"""The pages on deprojection say what the commands take, and what the models hold."""

import re
import shlex

import pytest

from tests.docs.conftest import ROOT
from tests.docs.reference import programs

SITE = ROOT / "site_src"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
STATISTICS = (SITE / "statistics.md").read_text(encoding="utf-8")


def _commands():
    """Words of each call of lineform on the pages."""
    for name in ("deproject.md", "tutorial-deproject.md"):
        for block in BLOCK.findall((SITE / name).read_text(encoding="utf-8")):
            for line in block.replace("\\\n", "").splitlines():
                words = shlex.split(line)
                if words[0] == "lineform":
                    yield words[1:]


def test_the_commands_have_the_options_of_the_pages():
    calls = list(_commands())
    assert {name for name, *_ in calls} == {"deproject", "estimate", "report", "train"}
    for name, *words in calls:
        command = programs()["lineform"].get_command(None, name)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if re.match(r"-\D", word)} <= known, words


def test_options_named_in_words_exist():
    command = programs()["lineform"].get_command(None, "deproject")
    known = {option for parameter in command.params for option in parameter.opts}
    for name in ("deproject.md", "statistics.md", "report.md"):
        text = (SITE / name).read_text(encoding="utf-8")
        told = set(re.findall(r"`(--[\w-]+)", text))
        assert told <= known, name
        assert told


def _rows(head):
    lines = STATISTICS.split(f"| {head} |", 1)[1].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_the_priors_of_winds_are_those_of_the_page():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from lineform.deprojection.windpriors import MODELS, described

    told = {row[0].strip("`"): row for row in _rows("number")}
    usual, units = {}, described(())
    for model in MODELS.values():
        for name, prior in model.items():
            usual.setdefault(name, set()).add(prior.text)
    assert told.keys() == usual.keys()
    for name, (_, prior, unit, reason) in told.items():
        assert set(re.findall(r"`([^`]+)`", prior)) == usual[name], name
        assert unit == units[name].unit, name
        assert reason, name


def test_the_deviations_and_options_of_free_winds_are_those_of_the_page():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from lineform.deprojection.freepriors import ARCS, CLUMPS, OPTIONS, free_priors

    told = {name.strip("`"): values.split(", ") for name, values, _ in _rows("option")}
    assert {k: tuple(v.strip("`") for v in vs) for k, vs in told.items()} == OPTIONS
    all_fields = {name: values[-1] for name, values in OPTIONS.items()}
    priors = free_priors(all_fields | {"deviations": "fixed"}, {"CO": None})
    learned = free_priors(all_fields | {"deviations": "learned"}, {"CO": None})
    varied = set()
    for name, *deviations, reason in _rows("what varies"):
        quantity = name.strip("`").replace("abundance", "co_abundance")
        structure = {
            **{f"{quantity}_arcs_{scale}": deviations[1] for scale in ARCS},
            **{f"{quantity}_clumps_{scale}": deviations[2] for scale in CLUMPS},
        }
        assert priors[f"{quantity}_curve"].text == f"fixed {deviations[0]}"
        for each, value in structure.items():
            assert priors[each].text == f"fixed {value}"
            # Half the number in the table, within a factor of 2.
            assert learned[each].text == f"log-normal {float(value) / 2:g} 2"
        assert reason
        varied.add(quantity)
    assert {name.removesuffix("_curve") for name in priors if name.endswith("_curve")} == varied
