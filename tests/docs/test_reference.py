"""Pages made from the commands and from measured figures say what those say, and no more."""

from tests.docs import figures
from tests.docs.reference import PAGE, examples, page, programs


def test_the_page_is_what_the_commands_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run make reference"


def test_every_command_has_help_and_an_example():
    silent = []
    for program, group in programs().items():
        for name in group.list_commands(None):
            command = group.get_command(None, name)
            shown = examples(command)
            if not command.help or not shown or f"{program} {name}" not in shown[0]:
                silent.append(f"{program} {name}")
    assert silent == []


def test_every_option_has_help():
    silent = [
        f"{program} {name} {option.opts[0]}"
        for program, group in programs().items()
        for name in group.list_commands(None)
        for option in group.get_command(None, name).params
        if option.param_type_name == "option" and not option.help
    ]
    assert silent == []


def test_the_figures_are_those_that_were_measured():
    assert figures.PAGE.read_text(encoding="utf-8") == figures.page(), "run make reference"


def test_every_result_has_its_program():
    missing = [p.stem for p in figures.RESULTS.glob("*.json") if not _program(p.stem).is_file()]
    assert missing == []


def _program(name):
    return figures.ROOT / "bench" / f"{name}.py"
