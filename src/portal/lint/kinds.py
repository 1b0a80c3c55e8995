"""Counts that fit the kind of product."""

from collections.abc import Iterator

import numpy as np

from portal.lint._telling import tell
from portal.lint._view import Mask, View
from portal.lint.base import Finding

__all__ = ["CHECK", "Kinds"]

_COUNTS = ("em_xel", "t_xel", "pol_xel")


class Kinds:
    """Compares dataproduct_type with the elements along the axes."""

    def findings(self, view: View) -> Iterator[Finding]:
        """Row by row."""
        for name in _COUNTS:
            count = view.number(name)
            wrong = view.known(name) & ~((count > 0) | (count == -1))
            yield from tell(
                view, "count", name, wrong, "elements, above 0, or -1 for none",
                "leave it empty where it is not known",
            )  # fmt: skip
        yield from _axes(view)
        yield from _events(view)
        yield from _polarisation(view)


def _is(view: View, kind: str) -> Mask:
    return np.array([text == kind for text in view.text("dataproduct_type")], bool)


def _axes(view: View) -> Iterator[Finding]:
    em, time, pol = (view.number(name) for name in _COUNTS)
    pixels = np.fmax(view.number("s_xel1"), view.number("s_xel2"))
    flat = _is(view, "cube") & (em <= 1) & ~(time > 1) & ~(pol > 1)
    yield from tell(
        view, "kind-cube", "em_xel", flat, "more than one channel, time or polarisation in a cube",
        "call it an image, or give the number of channels", severity="warning",
        also="dataproduct_type",
    )  # fmt: skip
    yield from tell(
        view, "kind-image", "em_xel", _is(view, "image") & (em > 1), "one channel in an image",
        "call it a cube", severity="warning", also="dataproduct_type",
    )  # fmt: skip
    yield from tell(
        view, "kind-spectrum", "s_xel1", _is(view, "spectrum") & (pixels > 1) & (em > 1),
        "one position in a spectrum", "call it a cube, if it has pixels", severity="warning",
        also="em_xel",
    )  # fmt: skip
    yield from tell(
        view, "kind-spectrum", "em_xel", _is(view, "spectrum") & (em <= 1) & (em != -1),
        "more than one channel in a spectrum", "give the number of channels", severity="warning",
    )  # fmt: skip
    yield from tell(
        view, "kind-timeseries", "t_xel", _is(view, "timeseries") & (time <= 1) & (time != -1),
        "more than one time in a time series", "give the number of times", severity="warning",
    )  # fmt: skip


def _events(view: View) -> Iterator[Finding]:
    events = _is(view, "event")
    yield from tell(
        view, "kind-event", "o_ucd", events & view.known("o_ucd"), "no o_ucd for a list of events",
        "leave it empty",
    )  # fmt: skip
    for name in ("s_xel1", "s_xel2"):
        yield from tell(
            view, "kind-event", name, events & (view.number(name) > 0), "-1 for a list of events",
            "write -1: events have no pixels", severity="warning",
        )  # fmt: skip


def _polarisation(view: View) -> Iterator[Finding]:
    states = np.array(
        [
            np.nan if not text else len([s for s in text.split("/") if s])
            for text in view.text("pol_states")
        ],
        float,
    )
    count = view.number("pol_xel")
    wrong = (count > 0) & (states > 0) & (count != states)
    yield from tell(
        view, "pol-count", "pol_xel", wrong, "as many as there are states in pol_states",
        "count the states", also="pol_states",
    )  # fmt: skip
    lone = (count > 1) & ~(states > 0)
    yield from tell(
        view, "pol-unnamed", "pol_states", lone, "the states that pol_xel counts", "name them",
        severity="warning", also="pol_xel",
    )  # fmt: skip


CHECK = Kinds()
