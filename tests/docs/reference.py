"""Writes the page of commands from the commands themselves: ``python -m tests.docs.reference``."""

import sys
from pathlib import Path

import click

PAGE = Path(__file__).parents[2] / "site_src" / "commands.md"

HEAD = """\
---
title: Commands
description: Every command and every option of portal and lineform.
---

# Commands

<!-- Written by `make reference`; a test compares it with the commands. -->

Exit status of every command: 0 is good; 1 means that it looked and found something wrong;
2 that it could not do its work, and an error in one line says why. Progress is drawn on a terminal
only. `--help` prints what stands here.
"""


def programs() -> dict[str, click.Group]:
    """The command groups by the name of their program."""
    import lineform.cli
    import portal.cli

    found = {}
    for name, module in (("portal", portal.cli), ("lineform", lineform.cli)):
        groups = [value for value in vars(module).values() if isinstance(value, click.Group)]
        assert len(groups) == 1, f"{module.__name__} has {len(groups)} command groups"
        found[name] = groups[0]
    return found


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, group in programs().items():
        parts.append(f"## {name}\n\n{_prose(group.help)}\n")
        for command_name, command in commands(group, name).items():
            parts.extend(_command(command_name, command))
    return "\n".join(parts)


def commands(group: click.Group, name: str) -> dict[str, click.Command]:
    """All commands by their full names, those of groups inside `group` among them."""
    context = click.Context(group, info_name=name)
    found: dict[str, click.Command] = {}
    for short in group.list_commands(context):
        command = group.get_command(context, short)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{name} {short}")
        else:
            found[f"{name} {short}"] = command
    return found


def _command(name: str, command: click.Command) -> list[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    parts = [f"### {name}\n\n{_prose(command.help)}\n", f"```text\n{usage}\n```\n"]
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        rows = "".join(_row(option, context) for option in options)
        parts.append(f"| option | meaning |\n|---|---|\n{rows}")
    shown = "\n".join(examples(command))
    parts.append(f"```sh\n{shown}\n```\n")
    return parts


def examples(command: click.Command) -> list[str]:
    """The examples that the help of a command gives, one a line."""
    lines = f"{command.help or ''}\n{command.epilog or ''}".splitlines()
    bare = [line.strip().removeprefix("Example: ") for line in lines]
    return [line for line in bare if line.startswith(("portal ", "lineform "))]


def _row(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    assert record is not None
    names, meaning = record
    return f"| `{names}` | {' '.join(meaning.split())} |\n".replace("<", "&lt;")


def _prose(text: str | None) -> str:
    parts = [" ".join(part.split()) for part in (text or "").split("\n\n")]
    return "\n\n".join(part for part in parts if part and not part.startswith("Example"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
