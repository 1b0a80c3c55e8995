"""Values that stand for themselves: nulls, vocabularies, identifiers, addresses, texts."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

from portal.lint._telling import tell
from portal.lint._view import Mask, Texts, View
from portal.lint.base import Finding
from portal.model.schema import OBSCORE

__all__ = [
    "ADDRESS",
    "CHECK",
    "CONTROL",
    "DID",
    "MIME",
    "NEVER_NULL",
    "PLACEHOLDERS",
    "POLARISATION",
    "PRODUCT_TYPES",
    "URL",
    "Values",
]

PRODUCT_TYPES = (
    "cube", "event", "image", "measurements", "sed", "spectrum", "timeseries", "visibility",
)  # fmt: skip
NEVER_NULL = ("calib_level", "obs_collection", "obs_id", "obs_publisher_did")
_TEXTS = tuple(column.name for column in OBSCORE if column.type == "string")
PLACEHOLDERS = frozenset(
    ["-", "--", "---", "?", "n/a", "na", "nan", "none", "null", "undefined", "unknown", "-999"]
)
_STATES = "I|Q|U|V|RR|LL|RL|LR|XX|YY|XY|YX|POLI|POLA"
POLARISATION = re.compile(rf"/(({_STATES})/)+")
MIME = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;\s*[\w.+-]+=(\"[^\"]*\"|[^;\s]+))*")
ADDRESS = re.compile(r"(?!file:)[a-z][a-z0-9+.-]*://[^\s/]+(/\S*)?", re.IGNORECASE)
"""Of any scheme that leads to another machine, such as s3."""
URL = re.compile(r"(https?|ftp)://[^\s/]+(/\S*)?", re.IGNORECASE)
DID = re.compile(r"ivo://[A-Za-z0-9][\w.!~*'()-]{2,}(/\S*)?([?#]\S*)?", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Values:
    """Looks at each column alone."""

    def findings(self, view: View) -> Iterator[Finding]:
        """Row by row."""
        yield from _nulls(view)
        yield from _vocabularies(view)
        yield from _identifiers(view)
        yield from _texts(view)


def _matching(texts: Texts, good: Callable[[str], object]) -> Mask:
    """(row,) where there is a text that is not `good`."""
    judged = {text: text is not None and not good(text) for text in set(texts)}
    return np.array([judged[text] for text in texts], bool)


def _nulls(view: View) -> Iterator[Finding]:
    for name in NEVER_NULL:
        if view.column(name) is not None:
            yield from tell(
                view, "null", name, ~view.known(name), "a value in every row", "give it a value"
            )


def _vocabularies(view: View) -> Iterator[Finding]:
    types = _matching(view.text("dataproduct_type"), lambda t: t in PRODUCT_TYPES or not t)
    yield from tell(
        view, "product-type", "dataproduct_type", types, " or ".join(PRODUCT_TYPES),
        "write one of these words in lower case, or nothing",
    )  # fmt: skip
    level = view.number("calib_level")
    wrong = view.known("calib_level") & ~np.isin(level, (0, 1, 2, 3, 4))
    yield from tell(
        view, "calib-level", "calib_level", wrong, "0, 1, 2, 3 or 4",
        "0 raw, 1 in standard form, 2 calibrated, 3 enhanced, 4 derived by analysis",
    )  # fmt: skip
    states = _matching(view.text("pol_states"), lambda t: not t or POLARISATION.fullmatch(t))
    yield from tell(
        view, "pol-states", "pol_states", states, "states between slashes, such as /I/Q/U/V/",
        "begin and end with a slash and use the letters of the standard",
    )  # fmt: skip
    ucds = _matching(view.text("o_ucd"), lambda t: not t or _is_ucd(t))
    yield from tell(
        view, "o-ucd", "o_ucd", ucds, "words of UCD1+, such as phot.flux.density;em.radio",
        "correct the words or their order",
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _is_ucd(text: str) -> bool:
    from astropy.io.votable.ucd import check_ucd

    return bool(check_ucd(text, check_controlled_vocabulary=True, has_colon=False))


def _identifiers(view: View) -> Iterator[Finding]:
    dids = view.text("obs_publisher_did")
    wrong = _matching(dids, lambda t: not t or DID.fullmatch(t))
    yield from tell(
        view, "did", "obs_publisher_did", wrong, "ivo://AUTHORITY/...", "begin it with ivo://"
    )
    yield from tell(
        view, "did-twice", "obs_publisher_did", _repeated(dids), "another one in each row",
        "tell the products of one observation apart in it",
    )  # fmt: skip
    urls = _matching(view.text("access_url"), lambda t: not t or URL.fullmatch(t))
    known = _matching(view.text("access_url"), lambda t: not t or ADDRESS.fullmatch(t))
    yield from tell(
        view, "access-url", "access_url", known, "an absolute address, http(s) or ftp",
        "give the whole address, without blanks",
    )  # fmt: skip
    yield from tell(
        view, "access-url", "access_url", urls & ~known, "an address that every program opens",
        "give one that begins with https, if there is one", severity="warning",
    )  # fmt: skip
    formats = _matching(view.text("access_format"), lambda t: not t or MIME.fullmatch(t))
    yield from tell(
        view, "access-format", "access_format", formats, "a media type, such as application/fits",
        "write type/subtype",
    )  # fmt: skip
    # A table of files that are not published yet has no address at all.
    lone = view.known("access_format") & ~view.known("access_url") & view.known("access_url").any()
    yield from tell(
        view, "format-without-url", "access_format", lone, "an access_url beside it",
        "give the address, or no format", severity="warning",
    )  # fmt: skip


def _repeated(texts: Texts) -> Mask:
    seen: set[str] = set()
    again = np.zeros(len(texts), bool)
    for row, text in enumerate(texts):
        again[row] = bool(text) and text in seen
        seen.add(text)
    return again


def _texts(view: View) -> Iterator[Finding]:
    for name in _TEXTS:
        texts = view.text(name)
        stand_in = _matching(texts, lambda t: t.strip().lower() not in PLACEHOLDERS)
        yield from tell(
            view, "placeholder", name, stand_in, "a value, or nothing",
            "leave the cell empty where nothing is known", severity="warning",
        )  # fmt: skip
        rough = _matching(texts, lambda t: t == t.strip() and not CONTROL.search(t))
        yield from tell(
            view, "blanks", name, rough, "text without blanks around it or control characters",
            "strip the text", severity="warning",
        )  # fmt: skip
    size = view.number("access_estsize")
    negative = view.known("access_estsize") & ~(size >= 0)
    yield from tell(
        view, "estsize", "access_estsize", negative, "kilobytes, more than 0",
        "leave it empty where it is not known",
    )  # fmt: skip
    yield from tell(
        view, "estsize", "access_estsize", size == 0, "kilobytes, more than 0", "round up to 1",
        severity="warning",
    )  # fmt: skip
    huge = view.number("access_estsize") > 1e9
    yield from tell(
        view, "estsize-unit", "access_estsize", huge, "kilobytes (this would be over 1 TB)",
        "divide bytes by 1000", severity="warning",
    )  # fmt: skip


CHECK = Values()
