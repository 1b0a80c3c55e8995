"""Code samples with a model's own values in them, highlighted once and filled per page."""

import re
from collections.abc import Mapping
from functools import cache

from markupsafe import Markup, escape

from portal.columns import Column
from portal.pages.base import Leaf

__all__ = ["Example"]

_GAP = re.compile(r'"?__([a-z0-9_]+?)__"?')
# Names, punctuation and spaces, which the theme leaves (nearly) in the colour of the text.
_PLAIN = re.compile(r'<span class="(?:n|nn|nx|p|w|o)">([^<]*)</span>')
_HTML_GAP = re.compile(r'(?:"|&quot;|&#34;)?__([a-z0-9_]+?)__(?:"|&quot;|&#34;)?')


class Example:
    """A sample in `language` with gaps such as ``__url__``; each stands for one token.

    A gap in double quotes is highlighted as text; the quotes belong to it. Values are put in
    as they are, so the caller quotes them for the language: with `shlex.quote` in a shell,
    with `repr` in Python.
    """

    def __init__(self, language: str, source: str) -> None:
        self.language = language
        self.source = source.strip("\n")

    def text(self, values: Mapping[str, str]) -> str:
        """The sample to run."""
        return _GAP.sub(lambda found: values[found[1]], self.source)

    def html(self, values: Mapping[str, str]) -> Markup:
        """The sample to read; its text is that of `text`."""
        parts = _highlighted(self.language, self.source)
        out = list(parts)
        for at in range(1, len(parts), 2):
            out[at] = str(escape(values[parts[at]]))
        return Markup("".join(out))

    def parts(self, values: Mapping[str, Column]) -> list[Leaf]:
        """The same for many pages: constant parts and columns in turn."""
        found = _highlighted(self.language, self.source)
        # Trusted, since the highlighter escaped them.
        return [values[p] if n % 2 else Markup(p) for n, p in enumerate(found)]


@cache
def _highlighted(language: str, source: str) -> tuple[str, ...]:
    """Highlighted HTML cut at its gaps: text, name of a gap, text, ..."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    html = highlight(source, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
    return tuple(_HTML_GAP.split(_PLAIN.sub(r"\1", html.rstrip("\n"))))
