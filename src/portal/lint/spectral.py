"""The spectral axis: vacuum wavelengths in metres that are possible and agree with one another."""

from collections.abc import Iterator

from portal.lint._terms import NULL, alone
from portal.lint.base import Rule, Ruled, Severity

__all__ = ["CHECK"]

_LONGEST, _LONGEST_RADIO = 100, 1e7
"""[m]; longer waves do not pass the ionosphere, but spacecraft receive them (30 Hz is 1e7 m)."""
_SHORTEST = 1e-22
"""[m]; shorter than any gamma ray that was seen (1e16 eV is 1e-22 m)."""
_LONGEST_LIGHT = 1e-2
"""[m]; no telescope with mirrors for light sees longer waves."""
_GAPS = 1000
"""Resolution elements in the mean distance of bins beyond which they are not of one product."""


def _bands() -> Iterator[Rule]:
    yield Rule(
        "em-order",
        "em_min",
        "em_min > em_max",
        "em_min not above em_max",
        "exchange them: the limits are wavelengths, not frequencies",
        also="em_max",
    )
    vacuum = "a vacuum wavelength in metres"
    radio = "known(o_ucd) and matches(o_ucd, 'radio')"
    for name in ("em_min", "em_max"):
        yield Rule(
            "em-not-positive",
            name,
            f"known({name}) and not {name} > 0",
            "a wavelength above 0 m",
            NULL,
        )
        yield Rule("em-unit", name, f"0 < {name} < {_SHORTEST}", vacuum, "convert the unit to m")
        long = f"{name} > {_LONGEST} and not ({radio} and {name} < {_LONGEST_RADIO})"
        for high, guess in (("> 1e6", "a frequency in Hz"), ("<= 1e6", "nanometres or angstroms")):
            yield Rule(
                "em-unit",
                name,
                f"{long} and largest({name}) {high}",
                f"{vacuum} (this looks like {guess})",
                "convert it to a vacuum wavelength in m",
            )
        yield Rule(
            "em-infinite", name, f"known({name}) and infinite({name})", "a number", "leave it empty"
        )
    for one, other in (("em_min", "em_max"), ("em_max", "em_min")):
        yield Rule(
            "em-alone", one, alone(one, other), "both limits or none", "give the other limit too"
        )
    yield Rule(
        "em-no-width",
        "em_max",
        "em_xel > 1 and em_min == em_max",
        "a range as wide as its channels",
        "give the outer edges of the first and last channel",
        also="em_xel",
    )


def _light() -> Iterator[Rule]:
    """What the UCD or the telescope calls light, with the wavelengths of radio waves."""
    graded: tuple[tuple[str, str, Severity], ...] = (
        ("o_ucd", "light", "error"), ("facility_name", "mirror", "warning"),
    )  # fmt: skip
    for column, pattern, severity in graded:
        yield Rule(
            "em-no-light",
            "em_min",
            f"em_min >= {_LONGEST_LIGHT} and matches(lower({column}), '{pattern}')",
            "the wavelength of light in metres",
            "convert the unit to m: this may be in micrometres",
            severity,
            column,
        )


def _resolution() -> Iterator[Rule]:
    yield Rule(
        "em-res-power",
        "em_res_power",
        "known(em_res_power) and not em_res_power >= 0.1",
        "wavelength over resolution, at least 1",
        "divide the wavelength by the resolution: this looks like a width",
        also="em_min",
    )
    yield Rule(
        "em-res-power",
        "em_res_power",
        "0.1 <= em_res_power < 1",
        "wavelength over resolution, rarely below 1",
        "look whether it is resolution over wavelength",
        "warning",
        "em_min",
    )
    # Bins that are told may leave gaps between them, but no such ones.
    yield Rule(
        "res-power-above-bins",
        "em_res_power",
        f"em_xel > 1 and em_res_power * (em_max - em_min) > {_GAPS} * em_xel * em_max",
        "a resolution not far below the width of a bin",
        "look at em_res_power and em_xel: they are not of one product",
        "warning",
        "em_xel",
    )
    yield Rule(
        "em-res-power",
        "em_res_power",
        "em_res_power > 1e11",
        "wavelength over resolution",
        "divide the wavelength by the resolution: this looks like a frequency",
    )


def _air() -> Rule:
    # Only other rows can tell: those of the same observation.
    return Rule(
        "em-air",
        "em_min",
        "in_air(em_min)",
        "vacuum wavelengths; another product of this observation has the same limits in vacuum",
        "convert air wavelengths to vacuum",
        also="em_max",
    )


CHECK = Ruled((*_bands(), *_light(), *_resolution(), _air()))
