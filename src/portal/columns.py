"""Texts of many pages at once: distinct values, and which of them stands on each page."""

import json
import re
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

__all__ = ["Column", "Integers", "numbers", "same", "script_json"]

Integers = npt.NDArray[np.intp]
_END = "\0"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_POWER = re.compile(f"(?:(?<={_END})(1)|)e([+-])0*([0-9]+)")


class _Pool:
    """Distinct texts, with the forms in which pages print them made once."""

    def __init__(self, texts: Sequence[str], markup: bool) -> None:
        self.texts = texts
        self.markup = markup
        self.mapped: dict[Callable[[str], str], _Pool] = {}

    @cached_property
    def html(self) -> npt.NDArray[np.object_]:
        """(text,) bytes, escaped unless they are trusted."""
        joined = _END.join(self.texts)
        if not self.markup:
            # One call for all: escaping and encoding them one by one takes five times as long.
            joined = str(escape(joined))
        return _filled(joined.encode("utf-8", "replace").split(_END.encode()), len(self.texts))

    @cached_property
    def json(self) -> "_Pool":
        """The texts as they stand between the quotes of JSON in a script element."""
        text = script_json(list(self.texts), (_END, ":"))
        return _Pool([part[1:-1] for part in text[1:-1].split(_END)] if self.texts else [], True)


def _filled(values: Sequence[bytes], count: int) -> npt.NDArray[np.object_]:
    if len(values) != count and count:
        raise ValueError("a text with NUL")
    out = np.empty(count, object)
    out[:] = values[:count]
    return out


class Column:
    """A leaf of the contexts of many pages.

    Parameters
    ----------
    texts
        Distinct values, without NUL.
    codes : (page,) [1]
        Place in `texts` of the value of each page; each its own, in order, if left out.
    markup
        Whether the texts are trusted HTML; others are escaped.
    """

    __slots__ = ("_pool", "codes")

    def __init__(
        self, texts: Sequence[str] | _Pool, codes: Integers | None = None, markup: bool = False
    ) -> None:
        self._pool = texts if isinstance(texts, _Pool) else _Pool(texts, markup)
        self.codes = np.arange(len(self._pool.texts)) if codes is None else codes

    @property
    def markup(self) -> bool:
        """Whether the texts are trusted HTML."""
        return self._pool.markup

    def take(self, rows: Integers) -> "Column":
        """The column of these pages alone, or of these pages again and again."""
        return Column(self._pool, self.codes[rows])

    def text(self, page: int) -> str:
        """The value on one page."""
        said = self._pool.texts[self.codes[page]]
        return Markup(said) if self._pool.markup else said

    def texts(self) -> list[str]:
        """(page,) the values."""
        return [self._pool.texts[code] for code in self.codes.tolist()]

    def html(self) -> npt.NDArray[np.object_]:
        """(page,) the values as bytes of a page."""
        found: npt.NDArray[np.object_] = self._pool.html[self.codes]
        return found

    def json(self) -> "Column":
        """The values as they stand between quotes in a script element of JSON."""
        return Column(self._pool.json, self.codes)

    def map(self, change: Callable[[str], str]) -> "Column":
        """The column with each distinct value changed, once for all columns that share them."""
        mapped = self._pool.mapped
        if change not in mapped:
            mapped[change] = _Pool([change(text) for text in self._pool.texts], False)
        return Column(mapped[change], self.codes)


def same(text: str, pages: int) -> Column:
    """A column of one value."""
    return Column([text], np.zeros(pages, np.intp))


def numbers(values: npt.NDArray[np.float64], digits: int) -> list[str]:
    """(value,) what `portal.pages._text.number` says of each; '' for NaN.

    All at once: a number takes a third of a microsecond, not two.
    """
    if not len(values):
        return []
    said = (f"%.{digits}g{_END}" * len(values)) % tuple((values + 0.0).tolist())
    said = _POWER.sub(_power, _END + said)[1:-1].replace("-", "−").replace("nan", "")
    return said.split(_END)


def _power(found: re.Match[str]) -> str:
    alone, sign, power = found.groups()
    shown = (("-" if sign == "-" else "") + power).translate(_SUPERSCRIPTS)
    return f"10{shown}" if alone else f" × 10{shown}"


def script_json(data: object, separators: tuple[str, str] = (",", ":")) -> str:
    """JSON of `data` for a script element: no text in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=separators, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
