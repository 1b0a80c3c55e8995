"""One HTML page: its faults of form, its links, its ids.

Python's `html.parser` reports tags as they are written, where a browser's parser repairs
them silently; a stack of open elements then finds what does not balance. End tags that HTML
lets a page omit may be omitted.
"""

import json
import re
from dataclasses import dataclass, field
from html.entities import html5
from html.parser import HTMLParser

__all__ = [
    "DATA_BLOCKS",
    "ENDS",
    "OMISSIBLE",
    "VOID",
    "Fault",
    "Link",
    "PageFacts",
    "StartTag",
    "css_links",
    "examine",
    "taken_apart",
]

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)  # fmt: skip
OMISSIBLE = frozenset(
    "body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)  # fmt: skip
_BLOCKS = frozenset(
    "address article aside blockquote details div dl fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul".split()
)  # fmt: skip
ENDS = {
    "body": {"head"},
    "dd": {"dd", "dt"},
    "dt": {"dd", "dt"},
    "li": {"li"},
    "optgroup": {"optgroup", "option"},
    "option": {"option"},
    "tbody": {"td", "th", "tr", "thead", "tbody"},
    "td": {"td", "th"},
    "tfoot": {"td", "th", "tr", "thead", "tbody"},
    "th": {"td", "th"},
    "tr": {"td", "th", "tr"},
} | {name: {"p"} for name in _BLOCKS}
"""Elements that a start tag ends without their end tag."""
_LINKS = {
    "action": {"form"},
    "data": {"object"},
    "href": {"a", "area", "base", "feimage", "image", "link", "use"},
    "poster": {"video"},
    "src": {"audio", "embed", "iframe", "img", "input", "script", "source", "track", "video"},
    "xlink:href": {"a", "image", "use"},
}
DATA_BLOCKS = frozenset({"application/json", "application/ld+json"})
"""Types of script elements that run nothing; the policy of the site forbids others in a page."""
_HINTS_ONLY = frozenset({"dns-prefetch", "preconnect"})
_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)|@import\s+["']([^"']+)""")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,])(?:\s+[\d.]+[wx])?\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class Link:
    """An address as the page writes it, and the line it stands in."""

    url: str
    line: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a page."""

    code: str
    what: str
    seen: str
    line: int


@dataclass(slots=True)
class PageFacts:
    """What a page says of itself."""

    ids: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def examine(text: str) -> PageFacts:
    """Ids, links and faults of the page `text`."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    parser.finish()
    return parser.facts


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag by itself: name, whether it ends in a slash, attributes, what it says."""

    name: str
    closed: bool
    attributes: tuple[tuple[str, str | None], ...]
    facts: PageFacts


def taken_apart(source: str) -> StartTag | None:
    """The start tag `source`; None if it is anything else, or more than a start tag."""
    parser = _Single()
    parser.feed(source)
    if parser.tag is None or parser.get_starttag_text() != source or parser.rawdata:
        return None
    name, closed, attributes = parser.tag
    return StartTag(name, closed, attributes, parser.facts)


def css_links(text: str) -> list[str]:
    """Addresses in a style sheet."""
    found = _URL.findall(_COMMENT.sub("", text))
    return [url for match in found if (url := next(filter(None, match), ""))]


class _Parser(HTMLParser):
    """Follows the open elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.facts = PageFacts()
        self._open: list[tuple[str, int]] = []
        self._foreign = 0
        self._kind = ""
        self._title = ""

    def finish(self) -> None:
        """Judge what is only known at the end."""
        for name, line in self._open:
            if name not in OMISSIBLE:
                self._fault("unclosed", "element is never closed", f"<{name}>", line)
        if not self._title.strip():
            self._fault("no-title", "page has no title", "", 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)
        if tag in VOID and not self._foreign:
            return
        if tag in ("svg", "math"):
            self._foreign += 1
        if tag in ("script", "style"):
            self._kind = dict(attrs).get("type") or tag
        self._open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)
        if tag not in VOID and not self._foreign and tag not in ("svg", "math"):
            # A browser ignores the slash, and the element stays open.
            self._fault("self-closing", "element must have an end tag", f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID and not self._foreign:
            self._fault("stray-end-tag", "element has no end tag in HTML", f"</{tag}>")
            return
        if tag not in (name for name, _ in self._open):
            self._fault("stray-end-tag", "end tag of an element that is not open", f"</{tag}>")
            return
        while True:
            name, line = self._open.pop()
            if name in ("svg", "math"):
                self._foreign -= 1
            if name == tag:
                return
            if name not in OMISSIBLE:
                what = f"element is still open at </{tag}>"
                self._fault("unbalanced", what, f"<{name}> of line {line}")

    def handle_data(self, data: str) -> None:
        inside = self._open[-1][0] if self._open else ""
        if inside == "script":
            self._script(data)
        elif inside == "style":
            self._add(*css_links(data))
        else:
            if inside == "title" and not self._foreign:
                self._title += data
            if "<" in data:
                start = data.index("<")
                self._fault("unescaped", "text has a bare <", data[start : start + 20])

    def handle_entityref(self, name: str) -> None:
        self._title += name if self._open and self._open[-1][0] == "title" else ""
        if f"{name};" not in html5:
            self._fault("unescaped", "text has a bare &, or an unknown character", f"&{name}")

    def _element(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._foreign:
            while self._open and self._open[-1][0] in ENDS.get(tag, ()):
                self._open.pop()
        names = [name for name, _ in attrs]
        for name in names:
            if set(name) & set("\"'<="):
                self._fault("broken-attribute", "attribute is malformed", f"<{tag} {name}")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            self._fault("duplicate-attribute", "attribute stands twice", f"<{tag} {twice}>")
        if handler := next((name for name in names if name.startswith("on")), None):
            what = "script in an attribute, which the policy of the site forbids"
            self._fault("inline-script", what, f"<{tag} {handler}>")
        self._attributes(tag, {name: value or "" for name, value in attrs})

    def _attributes(self, tag: str, attrs: dict[str, str]) -> None:
        if (own := attrs.get("id")) is not None:
            self._id(own)
        if tag == "a" and "name" in attrs:
            self.facts.ids.add(attrs["name"])
        if tag == "html" and not attrs.get("lang"):
            self._fault("no-language", "page does not say its language", "<html>")
        if tag == "img" and "alt" not in attrs:
            self._fault("no-alternative", "image without alt", attrs.get("src", ""))
        if not _HINTS_ONLY & set(attrs.get("rel", "").split()):
            self._add(*(attrs[a] for a, tags in _LINKS.items() if tag in tags and a in attrs))
        if "srcset" in attrs:
            self._add(*_CANDIDATE.findall(attrs["srcset"]))
        if "url(" in attrs.get("style", ""):
            self._add(*css_links(attrs["style"]))

    def _id(self, own: str) -> None:
        if own in self.facts.ids:
            self._fault("duplicate-id", "id stands twice", own)
        if not own or re.search(r"\s", own):
            self._fault("bad-id", "id is empty or has a space", repr(own))
        self.facts.ids.add(own)

    def _script(self, data: str) -> None:
        if self._kind == "application/ld+json":
            self._json(data)
        elif self._kind not in DATA_BLOCKS and data.strip():
            what = "script inside the page, which the policy of the site forbids"
            self._fault("inline-script", what, data.strip()[:40])

    def _json(self, data: str) -> None:
        try:
            said = json.loads(data)
        except ValueError as error:
            self._fault("bad-json-ld", "JSON-LD cannot be read", str(error))
            return
        if not isinstance(said, dict) or "@context" not in said:
            self._fault("bad-json-ld", "JSON-LD has no @context", data.strip()[:40])

    def _add(self, *urls: str) -> None:
        line = self.getpos()[0]
        self.facts.links.extend(Link(url, line) for url in urls)

    def _fault(self, code: str, what: str, seen: str, line: int | None = None) -> None:
        self.facts.faults.append(Fault(code, what, seen, line or self.getpos()[0]))


class _Single(_Parser):
    """Takes one start tag apart."""

    def __init__(self) -> None:
        super().__init__()
        self.tag: tuple[str, bool, tuple[tuple[str, str | None], ...]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)
        self.tag = (tag, False, tuple(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)
        self.tag = (tag, True, tuple(attrs))
