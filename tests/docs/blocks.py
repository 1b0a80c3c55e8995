"""The blocks of code on the rendered pages of a site."""

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path


@dataclass(frozen=True)
class Shown:
    """A block as its reader sees it: the page, its language, its number among those, its text."""

    page: str
    language: str
    number: int
    text: str


def shown_on(page: Path, site: Path) -> list[Shown]:
    """All blocks of a page, in their order."""
    reader = _Blocks()
    reader.feed(page.read_text(encoding="utf-8"))
    counts: dict[str, int] = {}
    found = []
    for language, text in reader.blocks:
        number = counts[language] = counts.get(language, -1) + 1
        name = page.relative_to(site).as_posix()
        found.append(Shown(name, language, number, text.removesuffix("\n")))
    return found


class _Blocks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self._language = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = (dict(attrs).get("class") or "").split()
        if tag == "div" and "highlight" in words:
            self._language = next((w[9:] for w in words if w.startswith("language-")), "")
        if tag == "pre":
            self._inside = True
            self.blocks.append((self._language, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._inside = False
            self._language = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            language, text = self.blocks[-1]
            self.blocks[-1] = language, text + data
