"""Times: days of the Modified Julian Date, seconds of exposure, and the two at one."""

from collections.abc import Iterator

from portal.lint._terms import NULL, alone
from portal.lint.base import Rule, Ruled, Severity

__all__ = ["CHECK"]

_EARLIEST, _LATEST = 0, 88069
"""1858-11-17, before any photograph of a star's spectrum that is kept as data, and 2100-01-01."""
_JD = 2400000.5
_AHEAD = 730.5
"""[d]; of what was proposed and not yet observed a table may tell, but not much earlier."""
_MODERN, _MODERN_SINCE = ("cube", "event", "visibility"), 15020
"""Products that photographic plates were not, and 1900-01-01."""
_SPAN = "((t_max - t_min) * 86400)"
_EQUAL, _CLOSE = 0.002, 0.02
"""Part by which an exposure in another unit differs from the span; wider ones may be by chance."""
_UNITS = {"minutes": 60.0, "hours": 3600.0, "days": 86400.0, "milliseconds": 1e-3}


def _times() -> Iterator[Rule]:
    for name in ("t_min", "t_max"):
        odd = f"known({name}) and not {_EARLIEST} < {name} < {_LATEST}"
        julian, seconds = f"{_JD + _EARLIEST} < {name} < {_JD + _LATEST}", f"{name} > 1e7"
        yield Rule(
            "t-is-jd",
            name,
            f"{odd} and {julian}",
            "MJD (d)",
            "subtract 2400000.5: this looks like JD",
        )
        yield Rule(
            "t-is-seconds",
            name,
            f"{odd} and {seconds}",
            "MJD (d)",
            "convert it to MJD: this looks like seconds",
        )
        yield Rule(
            "t-is-year",
            name,
            f"1850 <= {name} < 2100",
            "MJD (d)",
            "convert it to MJD: this looks like a year",
        )
        yield Rule(
            "t-range",
            name,
            f"{odd} and not ({julian}) and not {seconds}",
            "MJD (d), from 1858 to 2100",
            "convert the date to MJD, or leave it empty",
        )
        yield Rule(
            "t-ahead",
            name,
            f"ahead({name}) > {_AHEAD} and {name} < {_LATEST}",
            "MJD (d), at most two years ahead of today",
            "look at the date: nothing was observed then yet",
            "warning",
        )
    yield Rule(
        "t-order", "t_min", "t_min > t_max", "t_min not after t_max", "exchange them", also="t_max"
    )
    for one, other in (("t_min", "t_max"), ("t_max", "t_min")):
        yield Rule(
            "t-alone",
            one,
            # Without an exposure nobody may know how long it was.
            f"{alone(one, other)} and known(t_exptime)",
            "both t_min and t_max or none",
            "give the other one too",
            "warning",
            "t_exptime",
        )
    modern = " or ".join(f"equals(dataproduct_type, '{kind}')" for kind in _MODERN)
    yield Rule(
        "t-is-short-jd",
        "t_min",
        f"0 < t_min < {_MODERN_SINCE} and not 1850 <= t_min < 2100 and ({modern})",
        "MJD (d), after 1900 for such a product",
        "add 49999.5 if it is JD - 2450000",
        "warning",
        "dataproduct_type",
    )


def _exposures() -> Iterator[Rule]:
    for name in ("t_exptime", "t_resolution"):
        yield Rule(
            "exposure-range",
            name,
            f"known({name}) and not 0 <= {name} < 1e10",
            "seconds, above 0",
            NULL,
        )
        yield Rule(
            "exposure-zero",
            name,
            f"{name} == 0",
            "seconds, above 0 but for a bias",
            NULL,
            "warning",
        )


def _spans() -> Iterator[Rule]:
    told = "1 == 2"
    for unit, factor in _UNITS.items():
        equal, wrong = (
            f"({_SPAN} > 0 and abs(t_exptime * {factor} / {_SPAN} - 1) < {part})"
            for part in (_EQUAL, _CLOSE)
        )
        graded: tuple[tuple[str, Severity], ...] = (
            (equal, "error"), (f"{wrong} and not {equal}", "warning"),
        )  # fmt: skip
        for near, severity in graded:
            yield Rule(
                f"exposure-in-{unit}",
                "t_exptime",
                f"{near} and not ({told})",
                "seconds, as t_max - t_min tells",
                f"multiply it by {factor:g}: this looks like {unit}",
                severity,
            )
        told = f"{told} or {wrong}"
    # A sum over detectors or telescopes may exceed the span, but not by much.
    yield Rule(
        "exposure-longer",
        "t_exptime",
        f"t_exptime > 10 * max({_SPAN}, 1) and known(t_max) and not ({told})",
        "no more than t_max - t_min",
        "look at units and dates",
        "warning",
        "t_max",
    )
    yield Rule(
        "resolution-longer",
        "t_resolution",
        f"t_resolution > 1.01 * fmax(t_exptime, {_SPAN})",
        "no longer than the exposure",
        "give it in seconds",
        "warning",
        "t_exptime",
    )


CHECK = Ruled((*_times(), *_exposures(), *_spans()))
