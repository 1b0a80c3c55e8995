r"""Formulas of the written pages: TeX becomes MathML, which browsers draw without a script.

An extension of Python-Markdown, named in mkdocs.yml: ``$x$`` within a line, ``$$`` around a
paragraph for a formula that stands alone, with ``\quad`` where it may be broken.
"""

import re
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from portal.errors import BuildError

__all__ = ["Formulas", "makeExtension", "mathml"]

_INLINE = r"(?<![\\$])\$([^\s$](?:[^$]*[^\s$])?)\$(?![\d$])"
_DISPLAY = re.compile(r"\$\$(.+)\$\$", re.S)
_BREAK = r"\quad"
"""Where a formula that stands alone may be broken, if the page is narrow."""

_BEFORE_ESCAPES = 185
"""Priority: after code, before backslashes and underscores mean anything to Markdown."""

_BEFORE_PARAGRAPHS = 85


def mathml(tex: str, *, display: bool = False) -> str:
    """A formula as MathML.

    Parameters
    ----------
    tex : str
        As LaTeX has it between its dollar signs.
    display : bool
        Whether it stands alone.

    Raises
    ------
    BuildError
        If the formula is not understood.
    """
    try:
        written = convert(tex, display="block" if display else "inline")
    except Exception as error:  # the converter has a dozen kinds, of no common base
        raise BuildError("formula: not understood", seen=tex) from error
    left = re.search(r"\\\w+|<mi>&</mi>", written)
    if left:
        raise BuildError("formula: a command that is not understood", seen=f"{left[0]} in {tex}")
    written = re.sub(r' xmlns="[^"]*"', "", written)
    # Readers of the search index would meet the letters of a formula without their places.
    return written.replace("<math", "<math data-search-exclude", 1)


class _Inline(InlineProcessor):
    def handleMatch(  # type: ignore[override]  # the newer of two forms that the base allows
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        return self.md.htmlStash.store(mathml(m[1])), m.start(0), m.end(0)


class _Display(BlockProcessor):
    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return _DISPLAY.fullmatch(block.strip()) is not None

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        tex = blocks.pop(0).strip().strip("$")
        # A formula wider than a phone is scrolled, by keyboard too.
        box = ElementTree.SubElement(parent, "div", {"class": "portal-formula", "tabindex": "0"})
        parts = [mathml(part.strip(), display=True) for part in tex.split(_BREAK)]
        box.text = AtomicString(self.parser.md.htmlStash.store("".join(parts)))


class Formulas(Extension):
    """Adds formulas to Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Hang the two processors in."""
        md.inlinePatterns.register(_Inline(_INLINE, md), "formula", _BEFORE_ESCAPES)
        md.parser.blockprocessors.register(_Display(md.parser), "formula", _BEFORE_PARAGRAPHS)


def makeExtension(**settings: Any) -> Formulas:  # noqa: ANN401
    """What Python-Markdown calls."""
    return Formulas(**settings)
