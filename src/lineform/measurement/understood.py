"""What was understood of a file, in words."""

import numpy as np
from astropy.coordinates import SkyCoord

from lineform.cube import Beam
from lineform.func.radiation import brightness_temperature
from lineform.measurement.base import Measurement
from lineform.measurement.checks import brightest
from lineform.state import FloatArray

__all__ = ["understood"]

_WARNING = "warning: "


def understood(measurement: Measurement) -> list[str]:
    """What a command says of a cube before it starts: a line for each thing, warnings last.

    Parameters
    ----------
    measurement : Measurement
    """
    m = measurement
    facts = {
        "cube": m.source,
        "line": f"{m.line.species} {m.line.transition} at {m.line.frequency / 1e9:.9g} GHz",
        "channels": _channels(m),
        "image": _image(m),
        "beam": _beams(m.beams),
        "noise": _noise(m),
        "peak": _peak(m),
        "not measured": f"{1 - m.seen.mean():.1%} of the cube",
    }
    said = [f"{name}: {text}" for name, text in facts.items() if text]
    return [
        *said,
        *(remark for remark in m.remarks if not remark.startswith(_WARNING)),
        *(remark for remark in m.remarks if remark.startswith(_WARNING)),
    ]


def _channels(m: Measurement) -> str:
    response = {"": "samples", "boxcar": "means", "hanning": "Hanning smoothed"}
    return (
        f"{len(m.velocity)} of {m.channel:.4g} km/s, {m.velocity[0]:.6g} to {m.velocity[-1]:.6g}"
        f" km/s of radio velocity, {response[m.channel_response]}"
    )


def _image(m: Measurement) -> str:
    text = f"{len(m.x)} by {len(m.y)} pixels of {m.pixel:.4g} arcsec"
    if m.centre is None:
        return text
    ra, dec = m.centre
    place = SkyCoord(ra, dec, unit="deg").to_string("hmsdms", precision=2)
    return f"{text}, offset 0 at {place} ICRS"


def _beams(beams: tuple[Beam, ...]) -> str:
    if not beams:
        return "none"
    sizes = sorted(beams, key=lambda beam: beam.major * beam.minor)
    texts = [
        f"{b.major:.4g} by {b.minor:.4g} arcsec at {b.position_angle:.4g} deg"
        for b in (sizes[0], sizes[-1])
    ]
    return texts[0] if len(beams) == 1 else f"{len(beams)}, from {texts[0]} to {texts[1]}"


def _noise(m: Measurement) -> str:
    kelvin = float(brightness_temperature(1.0, m.line.frequency))
    low, middle, high = _range(m.rms * kelvin)
    level = f"rms {middle:.3g} K"
    if high > low * (1 + 1e-6):
        level += f" (95 % of places and channels from {low:.3g} to {high:.3g} K)"
    if not m.correlated:
        return f"{level}, independent in each pixel"
    grain = m.noise_beam or m.beam(0)
    size = "" if grain is None else f" by a beam of {grain.major:.3g} by {grain.minor:.3g} arcsec"
    return f"{level}, correlated{size}"


def _range(values: FloatArray) -> tuple[float, float, float]:
    low, middle, high = np.nanquantile(values, (0.025, 0.5, 0.975))
    return float(low), float(middle), float(high)


def _peak(m: Measurement) -> str:
    kelvin = float(brightness_temperature(1.0, m.line.frequency))
    ratio = np.where(m.seen, m.intensity / m.rms, -np.inf)
    channel, y, x = np.unravel_index(int(ratio.argmax()), ratio.shape)
    single, mean = brightest(m)
    averaged = f" ({mean:.3g} in means over channels)" if mean > single else ""
    return (
        f"{m.intensity[channel, y, x] * kelvin:.4g} K, {single:.3g} times the rms{averaged}, at"
        f" {m.velocity[channel]:.5g} km/s, offset ({m.x[x]:.3g}, {m.y[y]:.3g}) arcsec"
    )
