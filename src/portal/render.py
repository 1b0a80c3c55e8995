"""Turns a context into HTML: plain Jinja2 is the truth, a skeleton per shape is the speed.

A template is rendered by Jinja2 once for each *shape* of its context: its nesting, the
lengths of its lists, which leaves are None and which are trusted markup. Leaves are then
stand-ins, and the result is cut at them into static parts. Every further page of that shape
is the static parts joined with its own escaped leaves. Templates may therefore branch on
structure only, never on the text of a leaf; the first page of each shape is also rendered
by plain Jinja2 and must come out the same.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

import jinja2
from jinja2 import meta
from markupsafe import Markup, escape

from portal.errors import BuildError

__all__ = ["SHELL_PREFIX", "TEMPLATES", "Context", "Renderer", "flatten", "shell_template"]

Context: TypeAlias = Mapping[str, "str | Context | Sequence[str | None] | Sequence[Context] | None"]
"""What a template prints; see `portal.pages.base.Contents`."""

TEMPLATES = Path(__file__).parent / "pages" / "templates"
SHELL_PREFIX = "site:"
_MAX_SKELETONS = 512
_SEPARATOR = "\0"
_STAND_IN = re.compile("\ue000([a-z]+)([0-9]+)\ue001")
_SLOTS = {
    "title": re.compile(r"(<title>).*?(</title>)", re.S),
    "description": re.compile(r'(<meta name="description" content=").*?(">)', re.S),
    "canonical": re.compile(r'(<link rel="canonical" href=").*?(">)', re.S),
    "head": re.compile(r"(\n\s*)(</head>)"),
    "skip": re.compile(r'(<a href=")#[^"]*(" class="md-skip">)'),
    "topic": re.compile(
        r'(<div class="md-header__topic" data-md-component="header-topic">\s*'
        r'<span class="md-ellipsis">).*?(</span>)',
        re.S,
    ),
    "content": re.compile(r'(<article class="md-content__inner md-typeset">).*?(</article>)', re.S),
}
_BLOCKS = {
    "title": "{{ title }}",
    "description": "{{ description }}",
    "canonical": "{{ canonical }}",
    "head": "",
    "skip": "#content",
    "topic": "{{ topic }}",
    "content": "",
}


_WITHOUT = {"404.html": ("canonical", "skip")}
"""Slots that a page of mkdocs does not have: an error page has no address of its own."""


def shell_template(html: str, where: str = "", without: Sequence[str] = ()) -> str:
    """Jinja2 source made from a page of mkdocs: a block for each slot, all else kept as it is.

    `without` names slots that this page is known not to have.

    Raises
    ------
    BuildError
        If a slot does not occur exactly once.
    """
    if "{% endraw" in html:
        raise BuildError("shell: holds template syntax", seen="{% endraw", where=where)
    cuts = []
    for name, pattern in _SLOTS.items():
        found = list(pattern.finditer(html))
        if name in without and not found:
            continue
        if len(found) != 1:
            raise BuildError(
                f"shell: slot '{name}'",
                seen=f"{len(found)} of them",
                expected="exactly one",
                way_out="compare the theme's version with the patterns of portal.render",
                where=where,
            )
        cuts.append((found[0].end(1), found[0].start(2), name))
    parts, position = [], 0
    for start, end, name in sorted(cuts):
        block = f"{{% block {name} %}}{_BLOCKS[name]}{{% endblock %}}"
        parts += [_raw(html[position:start]), block]
        position = end
    return "".join([*parts, _raw(html[position:])])


def _raw(html: str) -> str:
    # The theme leaves an empty line for every tag of its own; a page is a third smaller without.
    return "{% raw %}" + re.sub(r"\s*\n\s*", "\n", html) + "{% endraw %}"


@dataclass(frozen=True, slots=True)
class _Skeleton:
    """The static parts of a page, and which leaf follows each of them but the last."""

    static: tuple[str, ...]
    order: tuple[int, ...]

    def fill(self, values: list[str]) -> str:
        out = [""] * (2 * len(self.order) + 1)
        out[0::2] = self.static
        if len(self.order) > 1:
            out[1::2] = itemgetter(*self.order)(values)
        elif self.order:
            out[1] = values[self.order[0]]
        return "".join(out)


class Renderer:
    """Renders the templates of `folder`, and the shells below `prose` that they extend.

    Parameters
    ----------
    prose
        Output of mkdocs. ``{% extends "site:downloads.html" %}`` extends the page
        ``downloads.html`` of it.
    folder
        Where the templates lie.
    """

    def __init__(self, prose: Path, folder: Path = TEMPLATES) -> None:
        self._prose = prose
        self._folder = folder
        self._environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(self._source),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._skeletons: dict[tuple[str, tuple[object, ...]], _Skeleton] = {}

    def plain(self, template: str, context: Context) -> str:
        """The page as Jinja2 renders it."""
        try:
            return self._environment.get_template(template).render(context)
        except jinja2.TemplateNotFound as error:
            raise BuildError(
                "template not found", seen=str(error), expected=f"a file in {self._folder}"
            ) from error
        except jinja2.TemplateError as error:
            raise BuildError(f"template {template}", seen=str(error)) from error

    def render(self, template: str, context: Context) -> str:
        """The same page, by joining the parts of a skeleton.

        Raises
        ------
        BuildError
            If the template depends on the text of a leaf.
        """
        shape, texts, markups = flatten(context)
        values = _escaped(texts)
        values += markups
        skeleton = self._skeletons.get((template, shape))
        if skeleton is not None:
            return skeleton.fill(values)
        skeleton = self._compile(template, context, len(texts))
        html = skeleton.fill(values)
        truth = self.plain(template, context)
        if html != truth:
            raise BuildError(
                f"template {template}: branches on the text of a value",
                seen=_first_difference(html, truth),
                expected="branches on None, lists and their lengths alone",
            )
        if len(self._skeletons) >= _MAX_SKELETONS:
            del self._skeletons[next(iter(self._skeletons))]
        self._skeletons[template, shape] = skeleton
        return html

    def version(self, template: str) -> str:
        """Hash of the sources of `template` and of all that it extends or includes."""
        seen: dict[str, str] = {}
        self._collect(template, seen)
        text = "".join(f"{name}\0{seen[name]}\0" for name in sorted(seen))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def _collect(self, template: str, seen: dict[str, str]) -> None:
        source = self._source(template)
        if source is None:
            raise BuildError(
                "template not found", seen=template, expected=f"a file in {self._folder}"
            )
        seen[template] = source
        for name in meta.find_referenced_templates(self._environment.parse(source)):
            if name is not None and name not in seen:
                self._collect(name, seen)

    def _source(self, name: str) -> str | None:
        if name.startswith(SHELL_PREFIX):
            page = name.removeprefix(SHELL_PREFIX)
            path = self._prose / page
            if not path.is_file():
                return None
            return shell_template(path.read_text("utf-8"), str(path), _WITHOUT.get(page, ()))
        path = self._folder / name
        return path.read_text("utf-8") if path.is_file() else None

    def _compile(self, template: str, context: Context, n_texts: int) -> _Skeleton:
        parts = _STAND_IN.split(self.plain(template, _stand_ins(context)))
        first = {"text": 0, "markup": n_texts}
        order = tuple(
            first[kind] + int(number) for kind, number in zip(parts[1::3], parts[2::3], strict=True)
        )
        return _Skeleton(tuple(parts[0::3]), order)


def flatten(context: Context) -> tuple[tuple[object, ...], list[str], list[str]]:
    """Shape of `context`, its plain leaves and its trusted ones, each in the order met."""
    shape: list[object] = []
    texts: list[str] = []
    markups: list[str] = []
    _visit_dict(context, shape, texts, markups)
    return tuple(shape), texts, markups


def _visit_dict(node: Context, shape: list[object], texts: list[str], markups: list[str]) -> None:
    for key, value in node.items():
        shape.append(key)
        kind = type(value)
        # The commonest case first, and with nothing added: this loop is the cost of a page.
        if kind is str:
            texts.append(value)  # type: ignore[arg-type]  # the type was just compared
        else:
            _visit(value, shape, texts, markups)
    shape.append(dict)


def _visit(value: object, shape: list[object], texts: list[str], markups: list[str]) -> None:
    if value is None:
        shape.append(None)
    elif isinstance(value, Markup):
        shape.append(Markup)
        markups.append(str(value))
    elif isinstance(value, dict):
        shape.append(dict)
        _visit_dict(value, shape, texts, markups)
    elif isinstance(value, list):
        shape.append(len(value))
        for item in value:
            if type(item) is str:
                shape.append(str)
                texts.append(item)
            else:
                _visit(item, shape, texts, markups)
    else:
        raise BuildError(
            "page context: a leaf that is not text",
            seen=f"{type(value).__name__} {value!r}",
            expected="str, markupsafe.Markup or None",
        )


def _stand_ins(context: Context) -> Context:
    counts = {"text": 0, "markup": 0}

    def replaced(value: object) -> object:
        if isinstance(value, dict):
            return {key: replaced(item) for key, item in value.items()}
        if isinstance(value, list):
            return [replaced(item) for item in value]
        if value is None:
            return None
        kind = "markup" if isinstance(value, Markup) else "text"
        name = f"\ue000{kind}{counts[kind]}\ue001"
        counts[kind] += 1
        return Markup(name) if kind == "markup" else name

    result = replaced(context)
    assert isinstance(result, dict)
    return result


def _escaped(texts: list[str]) -> list[str]:
    if not texts:
        return []
    # One call for all leaves: escaping them one by one is half of the cost of a page.
    values = str.split(escape(_SEPARATOR.join(texts)), _SEPARATOR)
    if len(values) == len(texts):
        return values
    return [str(escape(text)) for text in texts]


def _first_difference(html: str, truth: str) -> str:
    pairs = enumerate(zip(html, truth, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(html), len(truth)))
    start = max(at - 20, 0)
    return f"{html[start : at + 20]!r} where Jinja2 gives {truth[start : at + 20]!r}"
