"""Docstrings in NumPy's form as Markdown."""

import inspect
import re
import textwrap
from dataclasses import dataclass

_HEADING = re.compile(r"^([A-Z][a-z]+)\n-{3,}\n", re.M)
_LISTED = ("Parameters", "Attributes", "Returns", "Yields", "Raises")


@dataclass(frozen=True)
class Docstring:
    """The parts of a docstring."""

    prose: str
    sections: dict[str, str]


def parsed(text: str) -> Docstring:
    """A docstring in its parts."""
    parts = _HEADING.split(inspect.cleandoc(text) + "\n")
    return Docstring(parts[0].strip(), dict(zip(parts[1::2], parts[2::2], strict=True)))


def markdown(text: str, *, summary_only: bool = False) -> str:
    """A docstring as Markdown; arguments and the like as lists."""
    doc = parsed(text)
    if summary_only:
        return prose(doc.prose)
    parts = [prose(doc.prose)]
    for name, body in doc.sections.items():
        if name in _LISTED:
            parts.append(f"**{name}**\n\n{_listed(body)}")
        elif name == "Notes":
            parts.append(prose(body))
        else:
            raise ValueError(f"section {name} of a docstring: not known")
    return "\n\n".join(parts)


def prose(text: str) -> str:
    """Paragraphs; indented ones as code."""
    return "\n\n".join(_paragraph(part) for part in re.split(r"\n\s*\n", text.strip("\n")))


def _paragraph(text: str) -> str:
    lines = text.rstrip().splitlines()
    if all(line.startswith("    ") for line in lines):
        return "\n".join(["```text", *textwrap.dedent("\n".join(lines)).splitlines(), "```"])
    if lines[0].lstrip().startswith("- "):
        return "\n".join(_escaped(line) for line in textwrap.dedent("\n".join(lines)).splitlines())
    return _escaped(" ".join(line.strip() for line in lines))


def _escaped(text: str) -> str:
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    parts = text.split("`")
    for i in range(0, len(parts), 2):
        for plain, shown in (("<", "&lt;"), ("*", "\\*"), ("$", "\\$"), ("->", "→")):
            parts[i] = parts[i].replace(plain, shown)
    return "`".join(parts)


def _listed(body: str) -> str:
    entries = re.split(r"\n(?=\S)", body.strip("\n"))
    return "\n".join(_entry(entry) for entry in entries)


def _entry(entry: str) -> str:
    head, _, rest = entry.partition("\n")
    names, colon, what = head.partition(" : ")
    shown = ", ".join(f"`{name.strip()}`" for name in names.split(",")) if colon else ""
    term = f"- {shown}: {_escaped(what)}" if colon else f"- {_escaped(head)}"
    meaning = prose(textwrap.dedent(rest)).replace("\n", "\n    ") if rest.strip() else ""
    return f"{term}  \n    {meaning}" if meaning else term
