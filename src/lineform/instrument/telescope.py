"""A telescope: all that happens to a cube, in order."""

from dataclasses import dataclass, replace

import numpy as np

from lineform.cube import Beam, Observation
from lineform.errors import ConfigError, ReadError
from lineform.instrument.noise import with_noise
from lineform.instrument.sky import (
    dish_beam,
    primary_beam_corrected,
    taper_of_baseline,
    tapered,
    with_beam,
    with_primary_beam,
    without_large_scales,
)
from lineform.instrument.spectrometer import with_channels, with_hanning

__all__ = ["Telescope", "seen"]


@dataclass(frozen=True, slots=True)
class Telescope:
    """What a telescope does; a value is 0 or None where it does nothing.

    Parameters
    ----------
    beam : Beam or None
    taper : float [arcsec]
        Full width at half maximum on the sky of a taper, which makes the beam broader.
    taper_baseline : float [m]
        The same taper as the full width at half maximum of its weight over baselines.
    largest_scale : float [arcsec]
        That the shortest spacing recovers.
    primary_beam : float [arcsec]
        Full width at half maximum.
    dish : float [m]
        Diameter, for a primary beam that follows the frequency of the line.
    correct_primary_beam : bool
        Divide by the primary beam in the end.
    channel_width : float [km/s]
    hanning : bool
    noise : float [noise_unit]
        The rms.
    noise_unit : str
        ``Jy/beam`` or ``K``.
    seed : int
        Of the noise.
    """

    beam: Beam | None = None
    taper: float = 0.0
    taper_baseline: float = 0.0
    largest_scale: float = 0.0
    primary_beam: float = 0.0
    dish: float = 0.0
    correct_primary_beam: bool = False
    channel_width: float = 0.0
    hanning: bool = False
    noise: float = 0.0
    noise_unit: str = "Jy/beam"
    seed: int = 0

    def beam_at(self, frequency: float) -> tuple[Beam | None, float]:
        """The beam with its taper, and the taper [arcsec], at a frequency [Hz].

        Raises
        ------
        ConfigError
            If there is a taper and no beam.
        """
        taper = self.taper
        if self.taper_baseline:
            taper = taper_of_baseline(self.taper_baseline, frequency)
        if not taper:
            return self.beam, 0.0
        if self.beam is None:
            raise ConfigError("taper", expected="a beam that it makes broader", seen="none")
        return tapered(self.beam, taper), taper

    def primary_beam_at(self, frequency: float) -> float:
        """Full width at half maximum of the primary beam [arcsec] at a frequency [Hz]."""
        return dish_beam(self.dish, frequency) if self.dish else self.primary_beam


def seen(observation: Observation, telescope: Telescope) -> Observation:
    """The observation as the telescope sees it.

    In order: primary beam, loss of large scales, beam with taper, wider channels, Hanning
    smoothing, noise, correction for the primary beam.

    Raises
    ------
    ConfigError
        If a part of the telescope does not fit the observation.
    ReadError
        If the cube holds something that is no number, which a beam would spread.
    """
    bad = int((~np.isfinite(observation.intensity)).sum())
    if bad:
        raise ReadError(
            f"intensity of {observation.line.name}",
            expected="numbers",
            seen=f"NaN or infinite in {bad} of {observation.intensity.size} voxels",
            way_out="make the cube again",
        )
    frequency = observation.line.frequency
    beam, taper = telescope.beam_at(frequency)
    primary = telescope.primary_beam_at(frequency)
    if primary:
        observation = with_primary_beam(observation, primary)
    if telescope.largest_scale:
        observation = without_large_scales(observation, telescope.largest_scale)
    if beam is not None:
        response = replace(observation.response, taper=taper)
        observation = replace(with_beam(observation, beam), response=response)
    if telescope.channel_width:
        observation = with_channels(observation, telescope.channel_width)
    if telescope.hanning:
        observation = with_hanning(observation)
    if telescope.noise:
        observation = with_noise(observation, telescope.noise, telescope.noise_unit, telescope.seed)
    if telescope.correct_primary_beam:
        observation = primary_beam_corrected(observation)
    return observation
