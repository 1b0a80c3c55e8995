"""Counts that fit the kind of product."""

from collections.abc import Iterator

from portal.lint._terms import NULL, uncounted
from portal.lint._vocabulary import PRODUCT_TYPES
from portal.lint.base import Rule, Ruled

__all__ = ["CHECK"]


def _kinds() -> Iterator[Rule]:
    for name in ("em_xel", "t_xel", "pol_xel"):
        yield Rule("count", name, uncounted(name), "elements, above 0, or -1 for none", NULL)
    kind = {name: f"equals(dataproduct_type, '{name}')" for name in PRODUCT_TYPES}
    yield Rule(
        "kind-cube",
        "em_xel",
        f"{kind['cube']} and em_xel <= 1 and not t_xel > 1 and not pol_xel > 1",
        "more than one channel, time or polarisation in a cube",
        "call it an image, or give the number of channels",
        "warning",
        "dataproduct_type",
    )
    yield Rule(
        "kind-image",
        "em_xel",
        f"{kind['image']} and em_xel > 1",
        "one channel in an image",
        "call it a cube",
        "warning",
        "dataproduct_type",
    )
    yield Rule(
        "kind-spectrum",
        "s_xel1",
        f"{kind['spectrum']} and fmax(s_xel1, s_xel2) > 1 and em_xel > 1",
        "one position in a spectrum",
        "call it a cube, if it has pixels",
        "warning",
        "em_xel",
    )
    yield Rule(
        "kind-spectrum",
        "em_xel",
        f"{kind['spectrum']} and em_xel <= 1 and em_xel != -1",
        "more than one channel in a spectrum",
        "give the number of channels",
        "warning",
    )
    yield Rule(
        "kind-timeseries",
        "t_xel",
        f"{kind['timeseries']} and t_xel <= 1 and t_xel != -1",
        "more than one time in a time series",
        "give the number of times",
        "warning",
    )


def _beside() -> Iterator[Rule]:
    event = "equals(dataproduct_type, 'event')"
    yield Rule(
        "kind-event",
        "o_ucd",
        f"{event} and known(o_ucd)",
        "no o_ucd for a list of events",
        "leave it empty",
    )
    for name in ("s_xel1", "s_xel2"):
        yield Rule(
            "kind-event",
            name,
            f"{event} and {name} > 0",
            "-1 for a list of events",
            "write -1: events have no pixels",
            "warning",
        )
    yield Rule(
        "pol-count",
        "pol_xel",
        "pol_xel > 0 and states(pol_states) > 0 and pol_xel != states(pol_states)",
        "as many as there are states in pol_states",
        "count the states",
        also="pol_states",
    )
    yield Rule(
        "pol-unnamed",
        "pol_states",
        "pol_xel > 1 and not states(pol_states) > 0",
        "the states that pol_xel counts",
        "name them",
        "warning",
        "pol_xel",
    )


CHECK = Ruled((*_kinds(), *_beside()))
