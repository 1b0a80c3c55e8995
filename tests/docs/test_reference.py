"""Pages made from the commands and from measured figures say what those say, and no more."""

import pytest

from tests.architecture.source import modules
from tests.docs import api, figures
from tests.docs.docstrings import markdown
from tests.docs.reference import PAGE, commands, examples, page, programs


def test_the_page_is_what_the_commands_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run make reference"


def test_every_command_has_help_and_an_example():
    silent = []
    for program, group in programs().items():
        for name, command in commands(group, program).items():
            shown = examples(command)
            if not command.help or not shown or name not in shown[0]:
                silent.append(name)
    assert silent == []


def test_every_option_has_help():
    silent = [
        f"{name} {option.opts[0]}"
        for program, group in programs().items()
        for name, command in commands(group, program).items()
        for option in command.params
        if option.param_type_name == "option" and not option.help
    ]
    assert silent == []


def test_the_figures_are_those_that_were_measured():
    assert figures.PAGE.read_text(encoding="utf-8") == figures.page(), "run make reference"


def test_every_result_has_its_program():
    missing = [p.stem for p in figures.RESULTS.glob("*.json") if not _program(p.stem).is_file()]
    assert missing == []


INNER = {
    "lineform.cli": "the commands, which have a page of their own",
    "lineform.dump": "between the readers of snapshots and the conversion",
    "lineform.gasfile": "part of lineform.io",
    "lineform.hdf5": "writes the files of all kinds, inside lineform",
    "lineform.layout": "part of lineform.io",
    "lineform.linelist": "part of lineform.setup",
    "lineform.magritte": "part of lineform.convert",
    "lineform.manifest": "part of lineform.store",
    "lineform.mesh": "part of lineform.magritte",
    "lineform.outputs": "where the commands write, inside lineform",
    "lineform.registry": "finds plug-ins, inside lineform",
}
"""Public modules of lineform that are on no page, and why."""

FOLDERS = (
    "commands",
    "deprojection",
    "excitation",
    "executors",
    "fits",
    "func",
    "inference",
    "instrument",
    "measurement",
    "posterior",
    "readers",
    "report",
    "synthesis",
)
"""Packages whose interface is that of their ``__init__``; the rest is files found by a registry."""


@pytest.mark.parametrize("page", api.PAGES, ids=lambda page: page.name)
def test_the_page_is_what_the_docstrings_say(page):
    if page is api.LINEFORM:
        pytest.importorskip("torch", reason="PyTorch is not installed")
    assert (api.SITE / page.name).read_text(encoding="utf-8") == api.page(page), (
        "run make reference"
    )


def test_every_public_module_is_on_the_page_or_said_to_be_inner():
    shown = {module for task in api.LINEFORM.tasks for module in task.modules}
    public = {m.name for m in modules() if m.public and m.name.startswith("lineform.")}
    inner = {name for name in public if name.split(".")[1] in FOLDERS}
    assert public - shown - inner == INNER.keys()


def test_docstrings_become_markdown():
    text = """What it is.

    Parameters
    ----------
    a, b : (point,) [m]
        Sides of ``c``.
    d : float

    Returns
    -------
    name -> (point,) [1]

    Notes
    -----
    If a < b * 2:

        a = 1
    """
    assert markdown(text) == (
        "What it is.\n\n"
        "**Parameters**\n\n- `a`, `b`: (point,) [m]  \n    Sides of `c`.\n- `d`: float\n\n"
        "**Returns**\n\n- name → (point,) [1]\n\n"
        "If a &lt; b \\* 2:\n\n```text\na = 1\n```"
    )


def _program(name):
    return figures.ROOT / "bench" / f"{name}.py"
