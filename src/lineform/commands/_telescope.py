"""Texts of the command line as a telescope."""

import json
from collections.abc import Sequence
from pathlib import Path

import astropy.units as u

from lineform.cube import Beam, Observation
from lineform.errors import ConfigError, UnitsError
from lineform.instrument import Telescope
from lineform.instrument.noise import NOISE_UNITS
from lineform.units import parse


def beam_from(text: str | None, position_angle: str) -> Beam | None:
    """``0.2,0.15 arcsec`` and ``30 deg`` as a beam; one width makes it round.

    Raises
    ------
    ConfigError
        If there are more than two widths, or the second is the larger.
    UnitsError
        If a width or the angle is no number with a unit of the right kind.
    """
    angle = parse(position_angle, "deg", "position angle")
    if text is None:
        return None
    *first, last = (part.strip() for part in text.split(","))
    minor = parse(last, "arcsec", "beam")
    if len(first) > 1:
        raise ConfigError("beam", expected="one or two widths", seen=repr(text))
    major = _width(first[0], last) if first else minor
    if not major >= minor > 0:
        raise ConfigError("beam", expected="the larger width first, both positive", seen=repr(text))
    return Beam(major, minor, angle)


def _width(text: str, last: str) -> float:
    """The first of two widths, which may leave its unit to the last."""
    try:
        return float(text) * parse(f"1 {u.Quantity(last).unit}", "arcsec", "beam")
    except ValueError:
        return parse(text, "arcsec", "beam")


def angle_or_length(text: str | None, name: str) -> tuple[float, float]:
    """A width on the sky [arcsec] or a length [m]; the other is 0.

    Raises
    ------
    ConfigError
        If it is not positive.
    UnitsError
        If it is neither.
    """
    if text is None:
        return 0.0, 0.0
    try:
        found = parse(text, "arcsec", name), 0.0
    except UnitsError:
        try:
            found = 0.0, parse(text, "m", name)
        except UnitsError as error:
            raise UnitsError(
                name, expected="an angle such as 20 arcsec or a length in m", seen=repr(text)
            ) from error
    if not max(found) > 0:
        raise ConfigError(name, expected="a positive width", seen=repr(text))
    return found


def positive(text: str | None, unit: str, name: str) -> float:
    """A positive number of `unit`, or 0 for nothing.

    Raises
    ------
    ConfigError
        If it is not positive.
    UnitsError
        If it is no number with a unit of this kind.
    """
    if text is None:
        return 0.0
    number = parse(text, unit, name)
    if not number > 0:
        raise ConfigError(name, expected="a positive number", seen=repr(text))
    return number


def noise_from(text: str | None) -> tuple[float, str]:
    """``3 mJy/beam`` or ``0.1 K`` as an rms and its unit.

    Raises
    ------
    ConfigError
        If it is not positive.
    UnitsError
        If it is neither.
    """
    for unit in NOISE_UNITS:
        try:
            return positive(text, unit, "noise"), unit
        except UnitsError:
            continue
    raise UnitsError("noise", expected="a number of Jy/beam or K", seen=repr(text))


def telescope_from(
    beam: Beam | None,
    *,
    taper: str | None,
    largest_scale: str | None,
    primary_beam: str | None,
    correct_primary_beam: bool,
    channel_width: str | None,
    hanning: bool,
    noise: str | None,
    seed: int,
) -> Telescope:
    """The telescope that the options describe.

    Raises
    ------
    ConfigError
        If they describe nothing, or a number is not positive.
    UnitsError
        If a unit is of another kind.
    """
    on_sky, baseline = angle_or_length(taper, "taper")
    width, dish = angle_or_length(primary_beam, "primary beam")
    rms, unit = noise_from(noise)
    telescope = Telescope(
        beam=beam,
        taper=on_sky,
        taper_baseline=baseline,
        largest_scale=positive(largest_scale, "arcsec", "largest scale"),
        primary_beam=width,
        dish=dish,
        correct_primary_beam=correct_primary_beam,
        channel_width=positive(channel_width, "km/s", "channel width"),
        hanning=hanning,
        noise=rms,
        noise_unit=unit,
        seed=seed,
    )
    if telescope == Telescope(noise_unit=unit, seed=seed):
        raise ConfigError("telescope", expected="something that it does", seen="no option")
    return telescope


def report(path: Path, names: Sequence[str], observations: Sequence[Observation]) -> str:
    """What was written, as JSON."""
    rows = [_row(name, o) for name, o in zip(names, observations, strict=True)]
    return json.dumps({"path": str(path), "observations": rows}, indent=2, sort_keys=True)


def _row(name: str, o: Observation) -> dict[str, object]:
    return {
        "name": name,
        "beam_major_arcsec": o.beam.major,
        "beam_minor_arcsec": o.beam.minor,
        "beam_position_angle_deg": o.beam.position_angle,
        "channels": len(o.velocity),
        "channel_width_km_s": float(o.velocity[1] - o.velocity[0]),
        "spectral_resolution_km_s": o.response.spectral_resolution,
        "primary_beam_arcsec": o.response.primary_beam,
        "noise_rms": o.response.noise_rms,
        "noise_unit": o.response.noise_unit,
        "peak_flux_density_jy": float(o.spectrum.max()),
    }
