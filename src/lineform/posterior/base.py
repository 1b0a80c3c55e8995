"""What a posterior is made of, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from lineform.cube import Beam
from lineform.species import Line
from lineform.state import FloatArray

__all__ = ["QUANTILES", "Field", "Fit", "Number", "Posterior"]

QUANTILES = (0.025, 0.16, 0.5, 0.84, 0.975)
"""Probabilities of the quantiles that are stored: the median, and the ends of 68 and 95 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One property of the gas on the cells of the grid.

    Parameters
    ----------
    name : str
        ``density_CO`` and so on for each molecule, ``temperature``, ``velocity_x``,
        ``velocity_y``, ``velocity_z``, ``velocity_radial`` (away from the star), ``turbulence``.
    unit : str
        VOUnit.
    description : str
    logarithmic : bool
        Whether widths and correlations are those of the natural logarithm.
    samples : (sample, x, y, z) [unit]
    mean, deviation : (x, y, z) [unit]
        Weighted by the weights of the samples.
    quantiles : (quantile, x, y, z) [unit]
        Of `QUANTILES`.
    prior : (quantile, x, y, z) [unit]
        The same of the prior.
    width_ratio : (x, y, z) [1]
        Width of the 68 % interval over that of the prior: 1 where nothing was learned; NaN of a
        single sample.
    """

    name: str
    unit: str
    description: str
    logarithmic: bool
    samples: FloatArray
    mean: FloatArray
    deviation: FloatArray
    quantiles: FloatArray
    prior: FloatArray
    width_ratio: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """One number that the model has, such as the mass-loss rate.

    Parameters
    ----------
    name : str
    unit : str
        VOUnit; empty for a pure number.
    description : str
    prior : str
        In words.
    logarithmic : bool
        Whether it is best shown on a logarithmic axis.
    period : float [unit]
        Of an angle; 0 for all else. Quantiles of an angle may lie outside of one period, so that
        they ascend.
    samples : (sample,) [unit]
    prior_samples : (any,) [unit]
    mean, deviation : float [unit]
    quantiles, prior_quantiles : (quantile,) [unit]
        Of `QUANTILES`.
    """

    name: str
    unit: str
    description: str
    prior: str
    logarithmic: bool
    period: float
    samples: FloatArray
    prior_samples: FloatArray
    mean: float
    deviation: float
    quantiles: FloatArray
    prior_quantiles: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A measured cube, and what the posterior says would be measured.

    Parameters
    ----------
    name : str
        Of the group in the file, such as ``CO_2-1``.
    line : Line
    velocity : (channel,) [km/s]
    x, y : (x,), (y,) [arcsec]
    data : (channel, y, x) [K]
        NaN where nothing was measured.
    model, deviation : (channel, y, x) [K]
        Mean and standard deviation of the cubes of the samples.
    residual : (channel, y, x) [K]
        Data less `model`.
    rms : (channel, y, x) [K]
        Of the noise.
    chi2 : (channel,) [1]
        Sum of squares of the whitened residual of the mean cube.
    dof : (channel,) [1]
        What `chi2` would be on average if the model were the truth.
    spectrum : (channel,) [Jy]
        Of the data, summed over the pixels that were measured.
    spectra : (sample, channel) [Jy]
        Of the samples, summed over the same pixels.
    beams : tuple of Beam
        One for each channel, one for all, or none.
    centre : right ascension, declination [deg], or None
        Of the offset (0, 0).
    correlated : bool
        Whether the noise has the correlation of the beam.
    source : str
        The file, and the group or extension in it.
    remarks : tuple of str
        What was found in the file, and what was assumed, in words.
    """

    name: str
    line: Line
    velocity: FloatArray
    x: FloatArray
    y: FloatArray
    data: FloatArray
    model: FloatArray
    deviation: FloatArray
    residual: FloatArray
    rms: FloatArray
    chi2: FloatArray
    dof: FloatArray
    spectrum: FloatArray
    spectra: FloatArray
    beams: tuple[Beam, ...] = ()
    centre: tuple[float, float] | None = None
    correlated: bool = False
    source: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def seen(self) -> np.ndarray:
        """Where there is a measurement (channel, y, x)."""
        return np.isfinite(self.data)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Samples of a model that was fitted to measurements, and what they say.

    Parameters
    ----------
    name : str
        Unique, and the stem of the file.
    title : str
        For people.
    axes : x, y, z
        Each the centres of the cells (cell,) [m]: x to the right (west), y up (north), z to the
        observer.
    distance : float [pc]
        That the grid is laid out for. Where the distance is fitted, true lengths are those of
        the grid times the distance of the sample over this one.
    fields : tuple of Field
    numbers : tuple of Number
    fits : tuple of Fit
        One for each measured line.
    latent : (sample, size) [1]
    weight : (sample,) [1]
        Their sum is 1.
    mode : (sample,) int
        Which of several modes each belongs to, from 0.
    correlations : names of two fields -> (x, y, z) [1]
        Of both in the same cell, over the samples.
    number_correlations : (number, number) [1]
    evidence : float [1]
        Natural logarithm, or a bound or an approximation of it; NaN if there is none.
    evidence_kind : str
    diagnostics : name -> number
    warnings : tuple of str
        What the reader should know.
    doubts : tuple of str
        Why widths are not to be trusted, the samples or the fit being poor; none where they may be.
    settings : group -> name -> value
        All that is needed to repeat the run, such as ``run``, ``model``, ``priors``,
        ``versions``, and ``inputs`` with the SHA-256 of each file.
    """

    name: str
    title: str
    axes: tuple[FloatArray, FloatArray, FloatArray]
    distance: float
    fields: tuple[Field, ...]
    numbers: tuple[Number, ...]
    fits: tuple[Fit, ...]
    latent: FloatArray
    weight: FloatArray
    mode: np.ndarray
    correlations: Mapping[tuple[str, str], FloatArray] = field(default_factory=dict)
    number_correlations: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    evidence: float = float("nan")
    evidence_kind: str = ""
    diagnostics: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, str | float]] = field(default_factory=dict)

    @property
    def mode_weights(self) -> FloatArray:
        """Weight of each mode (mode,) [1]."""
        return np.bincount(self.mode, weights=self.weight).astype(float)

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        return {found.name: found for found in self.fields}[name]
