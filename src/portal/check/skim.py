"""A sound page read quickly: what `portal.check.page.examine` finds, at a fraction of its time.

The tags of a site repeat from page to page, and each distinct one is taken apart once, by
the parser of `portal.check.page` itself. Whatever does not fit a plain page to the letter is
left to that parser, so that all faults are found, and said, by it alone.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

from portal.check.page import (
    DATA_BLOCKS,
    ENDS,
    OMISSIBLE,
    VOID,
    Link,
    PageFacts,
    css_links,
    examine,
    taken_apart,
)

__all__ = ["skim"]

_NAME = r"[a-zA-Z][a-zA-Z0-9:-]*"
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>=`/]+)"""
_TOKEN = re.compile(
    rf"""([^<]*)(?:
        (<{_NAME}(?:\s+[^\s"'<>/=`]+(?:={_VALUE})?)*\s*/?>)
      | </({_NAME})\s*>
      | <!--(?!-?>)(?:(?!--).)*-->
      | <!(?:doctype|DOCTYPE)\ html>
      | \Z
    )""",
    re.VERBOSE | re.DOTALL,
)
_REFERENCE = re.compile(r"&(?:#(?:\d+|[xX][0-9a-fA-F]+);|([a-zA-Z][a-zA-Z0-9]*);)?")
_FOREIGN = ("svg", "math")
_RAW = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}
_OTHER_TEXT = frozenset("iframe noembed noframes noscript plaintext textarea xmp".split())
_END_OF_NAME = re.compile(r"[\s/>]")
_ATTRIBUTE = re.compile(rf"""\s([^\s"'<>/=`]+)(?:={_VALUE})?""")
_QUIET = frozenset(
    "article button circle code dd div dl dt em figcaption figure g h1 h2 h3 h4 label li line main "
    "nav ol p path polygon polyline pre rect section span strong svg table tbody td text th thead "
    "title tr tspan ul".split()
)  # fmt: skip
_SILENT = frozenset(
    "aria-hidden aria-label class cx cy d data-sort dx dy fill for font-size height hidden points "
    "r role scope stroke stroke-width text-anchor tabindex title transform type viewBox width x "
    "x1 x2 xmlns y y1 y2".split()
)  # fmt: skip
"""Elements and attributes that hold neither links nor ids, the frequent ones."""
_MARK = re.compile(
    r"(?=<(?:article|aside|body|div\ class=\"md|figure|footer|h2|header|main|nav|script|table)\b)"
)
"""Where pages are cut; a piece that is the same on many pages is read once."""
_MOST_PARTS = 4096
_MOST_TAGS = 1 << 16


@dataclass(frozen=True, slots=True)
class _Tag:
    """A start tag without fault."""

    name: str
    closed: bool
    kind: str
    ids: frozenset[str]
    names: frozenset[str]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a page between two marks: what it says, and the elements open at its end."""

    open: tuple[str, ...]
    title: str
    ids: frozenset[str]
    names: frozenset[str]
    links: tuple[Link, ...]
    lines: int


def skim(text: str) -> PageFacts:
    """Ids, links and faults of the page `text`."""
    try:
        return _plain(text)
    except _NotPlain:
        return examine(text)


class _NotPlain(Exception):
    """The page needs the parser."""


def _plain(text: str) -> PageFacts:
    facts, title, line = PageFacts(), "", 0
    still: tuple[str, ...] = ()
    for piece in _MARK.split(text):
        part = _part(piece, still)
        if not facts.ids.isdisjoint(part.ids):
            raise _NotPlain
        facts.ids |= part.ids | part.names
        facts.links += [Link(link.url, link.line + line) for link in part.links]
        title += part.title
        line += part.lines
        still = part.open
    if not title.strip() or not OMISSIBLE.issuperset(still):
        raise _NotPlain
    return facts


@lru_cache(_MOST_PARTS)
def _part(text: str, still: tuple[str, ...]) -> _Part:
    """What `text` says where the elements `still` are open; pages share most of their parts."""
    return _Skimmer(text, still).part()


class _Skimmer:
    """Goes through a piece of a page."""

    def __init__(self, text: str, still: tuple[str, ...]) -> None:
        self._text = text
        self._open = list(still)
        self._foreign = sum(name in _FOREIGN for name in still)
        self._ids: set[str] = set()
        self._names: set[str] = set()
        self._links: list[Link] = []
        self._title = ""
        self._place, self._line = 0, 1

    def part(self) -> _Part:
        self._walk()
        return _Part(
            tuple(self._open),
            self._title,
            frozenset(self._ids),
            frozenset(self._names),
            tuple(self._links),
            self._text.count("\n"),
        )

    def _walk(self) -> None:
        text, end, match_at, place = self._text, len(self._text), _TOKEN.match, 0
        while place < end:
            match = match_at(text, place)
            if match is None:
                raise _NotPlain
            data, start, close = match.groups()
            if data:
                self._data(data)
            place = match.end()
            if start is not None:
                place = self._start(start, match.start(2), place)
            elif close is not None:
                self._end(close.lower())

    def _data(self, data: str) -> None:
        if "&" in data and not _sound(data):
            raise _NotPlain
        if self._open and self._open[-1] == "title" and not self._foreign:
            self._title += data

    def _start(self, source: str, place: int, after: int) -> int:
        """Take a start tag; where what follows it begins."""
        tag = _tag(source)
        if tag is None:
            raise _NotPlain
        if not self._foreign:
            while self._open and self._open[-1] in ENDS.get(tag.name, ()):
                self._open.pop()
        if tag.ids or tag.names:
            if tag.ids & (self._ids | self._names):
                raise _NotPlain
            self._ids |= tag.ids
            self._names |= tag.names
        if tag.links:
            self._link(place, *tag.links)
        if tag.closed:
            if tag.name not in VOID and not self._foreign and tag.name not in _FOREIGN:
                raise _NotPlain
            return after
        if tag.name in VOID and not self._foreign:
            return after
        self._foreign += tag.name in _FOREIGN
        if tag.name in _RAW:
            return self._raw(tag, after)
        self._open.append(tag.name)
        return after

    def _raw(self, tag: _Tag, start: int) -> int:
        """Take the text of a script or a style sheet."""
        found = _RAW[tag.name].search(self._text, start)
        if found is None:
            raise _NotPlain
        data = self._text[start : found.start()]
        if tag.name == "style":
            self._link(start, *css_links(data))
        elif tag.kind not in DATA_BLOCKS and data.strip():
            raise _NotPlain
        elif "<!--" in data or (tag.kind == "application/ld+json" and not _is_json_ld(data)):
            raise _NotPlain
        return found.end()

    def _end(self, name: str) -> None:
        if name in VOID and not self._foreign:
            raise _NotPlain
        while self._open:
            last = self._open.pop()
            self._foreign -= last in _FOREIGN
            if last == name:
                return
            if last not in OMISSIBLE:
                break
        raise _NotPlain

    def _link(self, place: int, *urls: str) -> None:
        self._line += self._text.count("\n", self._place, place)
        self._place = place
        self._links.extend(Link(url, self._line) for url in urls)


@lru_cache(_MOST_TAGS)
def _tag(source: str) -> _Tag | None:
    """The start tag `source` taken apart; None if something about it is not plain."""
    name = source[1 : _END_OF_NAME.search(source).start()]  # type: ignore[union-attr]  # a tag ends
    attributes = _ATTRIBUTE.findall(source)
    if (
        name in _QUIET
        and _SILENT.issuperset(attributes)
        and len(set(attributes)) == len(attributes)
    ):
        return _Tag(name, source.endswith("/>"), "", frozenset(), frozenset(), ())
    found = taken_apart(source)
    if found is None or found.facts.faults or found.name in _OTHER_TEXT:
        return None
    links = tuple(link.url for link in found.facts.links)
    own = frozenset(value or "" for name, value in found.attributes if name == "id")
    kind = dict(found.attributes).get("type") or ""
    return _Tag(found.name, found.closed, kind, own, frozenset(found.facts.ids), links)


def _sound(data: str) -> bool:
    """Whether each & begins a reference to a known character, or stands before a space."""
    for match in _REFERENCE.finditer(data):
        if match[1] is not None and f"{match[1]};" not in html5:
            return False
        if match[1] is None and match[0] == "&":
            return False
    return True


def _is_json_ld(data: str) -> bool:
    try:
        said = json.loads(data)
    except ValueError:
        return False
    return isinstance(said, dict) and "@context" in said
