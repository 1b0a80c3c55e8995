"""Turns a context into HTML: plain Jinja2 is the truth, a skeleton per shape is the speed.

A single page is rendered by Jinja2. Pages made in great number share a context whose leaves
are columns: the text of each page. Their template is rendered once for each *shape* of the
context: its nesting, the lengths of its lists, and all that the pages share. Columns are then
stand-ins, and the result is cut at them into static parts. Every page of that shape is the
static parts joined with its own escaped texts. Templates may therefore branch on structure
only, never on the text of a column; the first page of each shape is also rendered by plain
Jinja2 and must come out the same.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeAlias

import jinja2
import numpy as np
import numpy.typing as npt
from jinja2 import meta
from markupsafe import Markup

from portal.columns import Column
from portal.errors import BuildError
from portal.shell import WITHOUT, shell_template

__all__ = [
    "SHELL_PREFIX",
    "TEMPLATES",
    "Context",
    "Filled",
    "Renderer",
    "flatten",
    "pick",
]

Context: TypeAlias = Mapping[
    str, "str | Column | Context | Sequence[str | Column | None] | Sequence[Context] | None"
]
"""What a template prints; see `portal.pages.base.Contents`."""
Shape: TypeAlias = tuple[object, ...]

TEMPLATES = Path(__file__).parent / "pages" / "templates"
SHELL_PREFIX = "site:"
_MAX_SKELETONS = 512
_AT_ONCE = 256  # pages whose parts are laid out together
_STAND_IN = re.compile("\ue000([0-9]+)\ue001")


@dataclass(frozen=True, slots=True)
class _Skeleton:
    """The static parts of a page, and which column follows each of them but the last."""

    static: tuple[bytes, ...]
    order: tuple[int, ...]
    mark: bytes


@dataclass(frozen=True, slots=True)
class Filled:
    """Pages of one shape: a skeleton, and the bytes of each column on each page.

    Parameters
    ----------
    leaves : (column, page)
        What goes into the gaps.
    """

    skeleton: _Skeleton
    leaves: list[npt.NDArray[np.object_]]

    def keys(self, more: Sequence[str], version: str) -> list[str]:
        """(page,) hashes of all that each page prints, and of `more`."""
        begin = hashlib.blake2b(self.skeleton.mark + version.encode(), digest_size=12)
        rows = [leaf.tolist() for leaf in self.leaves]
        if more:
            rows.append([text.encode("utf-8", "replace") for text in more])
        keys = []
        for row in zip(*rows, strict=True):
            digest = begin.copy()
            # No leaf holds NUL, so that two rows never join to the same bytes.
            digest.update(b"\0".join(row))
            keys.append(digest.hexdigest())
        return keys

    def pages(self, chosen: Sequence[int]) -> Iterator[bytes]:
        """The pages of those numbers."""
        static, order = self.skeleton.static, self.skeleton.order
        for start in range(0, len(chosen), _AT_ONCE):
            some = np.array(chosen[start : start + _AT_ONCE], np.intp)
            cells = np.empty((len(some), 2 * len(order) + 1), object)
            cells[:, 0::2] = static
            for gap, number in enumerate(order):
                cells[:, 2 * gap + 1] = self.leaves[number][some]
            yield from map(b"".join, cells.tolist())


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
        self._skeletons: dict[tuple[str, Shape], _Skeleton] = {}

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

    def fill(self, template: str, context: Context, page: int = 0) -> Filled:
        """All pages of a group, by joining the parts of a skeleton.

        Parameters
        ----------
        template
            Name of the template.
        context
            Leaves that differ from page to page are columns.
        page
            The page that is compared with what Jinja2 makes of it, if the skeleton is new.

        Raises
        ------
        BuildError
            If the template depends on the text of a column.
        """
        shape, columns = flatten(context)
        found = self._skeletons.get((template, shape))
        skeleton = self._compile(template, context, shape) if found is None else found
        filled = Filled(skeleton, [column.html() for column in columns])
        if found is None:
            html = next(filled.pages([page])).decode()
            truth = self.plain(template, pick(context, page))
            if html != truth.encode("utf-8", "replace").decode():
                raise BuildError(
                    f"template {template}: branches on the text of a value",
                    seen=_first_difference(html, truth),
                    expected="branches on None, lists and their lengths alone",
                )
            if len(self._skeletons) >= _MAX_SKELETONS:
                del self._skeletons[next(iter(self._skeletons))]
            self._skeletons[template, shape] = skeleton
        return filled

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
            return shell_template(path.read_text("utf-8"), str(path), WITHOUT.get(page, ()))
        path = self._folder / name
        return path.read_text("utf-8") if path.is_file() else None

    def _compile(self, template: str, context: Context, shape: Shape) -> _Skeleton:
        parts = _STAND_IN.split(self.plain(template, _stand_ins(context)))
        static = tuple(part.encode("utf-8", "replace") for part in parts[0::2])
        mark = hashlib.blake2b(repr(shape).encode("utf-8", "replace"), digest_size=16).digest()
        return _Skeleton(static, tuple(map(int, parts[1::2])), mark)


def flatten(context: Context) -> tuple[Shape, list[Column]]:
    """Shape of `context` with all that its pages share, and its columns in the order met."""
    shape: list[object] = []
    columns: list[Column] = []
    _visit(context, shape, columns)
    return tuple(shape), columns


def _visit(value: object, shape: list[object], columns: list[Column]) -> None:
    if isinstance(value, Column):
        shape.append("markup column" if value.markup else "column")
        columns.append(value)
    elif value is None or isinstance(value, str):
        # A text is told from the words of a shape, and a trusted one from one that is escaped.
        shape.append(value if value is None else (isinstance(value, Markup), str(value)))
    elif isinstance(value, dict):
        for key, item in value.items():
            shape.append(key)
            _visit(item, shape, columns)
        shape.append("end")
    elif isinstance(value, list):
        shape.append(len(value))
        for item in value:
            _visit(item, shape, columns)
    else:
        raise BuildError(
            "page context: a leaf that is not text",
            seen=f"{type(value).__name__} {value!r}",
            expected="str, markupsafe.Markup, portal.columns.Column or None",
        )


def pick(context: Context, page: int) -> Context:
    """The context of one page of a group."""
    return _replaced(context, lambda column: column.text(page))


def _stand_ins(context: Context) -> Context:
    numbers = count()

    def stand_in(column: Column) -> str:
        name = f"\ue000{next(numbers)}\ue001"
        # No text of others is in it.
        return Markup(name) if column.markup else name

    return _replaced(context, stand_in)


def _replaced(context: Context, change: Callable[[Column], str]) -> Context:
    def visit(value: object) -> object:
        if isinstance(value, dict):
            return {key: visit(item) for key, item in value.items()}
        if isinstance(value, list):
            return [visit(item) for item in value]
        return change(value) if isinstance(value, Column) else value

    result = visit(context)
    assert isinstance(result, dict)
    return result


def _first_difference(html: str, truth: str) -> str:
    pairs = enumerate(zip(html, truth, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(html), len(truth)))
    start = max(at - 20, 0)
    return f"{html[start : at + 20]!r} where Jinja2 gives {truth[start : at + 20]!r}"
