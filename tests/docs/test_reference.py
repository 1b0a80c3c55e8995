"""The page of commands says what the commands say, and no more."""

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
