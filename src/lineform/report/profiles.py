"""What is known at each distance from the star: means over shells of cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lineform.constants import AU
from lineform.posterior import Field, Posterior, field_of, quantiles_of, width_ratio_of
from lineform.state import FloatArray

__all__ = ["Profile", "displayed", "profiles_of", "radius_of"]

_MOST_SHELLS = 24
_LEARNED, _PRIOR = 0.5, 0.85
"""Below the first the posterior is much narrower than the prior; above the second it is not."""

_VELOCITIES = ("velocity_x", "velocity_y", "velocity_z")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A field by its distance from the star.

    Parameters
    ----------
    field : Field
        In the unit that is shown.
    radius : (shell,) [au]
    edges : (shell + 1,) [au]
    quantiles, prior : (quantile, shell) [unit of the field]
        Means over the cells of a shell of the quantiles of each cell: how well a cell there is
        known, not how well the mean of the shell is.
    width_ratio : (shell,) [1]
        Median over the cells of a shell.
    """

    field: Field
    radius: FloatArray
    edges: FloatArray
    quantiles: FloatArray
    prior: FloatArray
    width_ratio: FloatArray

    @property
    def spread(self) -> FloatArray:
        """Half of the 68 % interval (shell,): a ratio less 1 if logarithmic, else in the unit."""
        low, high = self.quantiles[1], self.quantiles[3]
        if self.field.logarithmic:
            ratio: FloatArray = np.sqrt(high / low) - 1
            return ratio
        half: FloatArray = (high - low) / 2
        return half

    def learned(self) -> list[tuple[float, float, float]]:
        """Ranges where the posterior is much narrower than the prior: from, to [au], spread."""
        return self._ranges(self.width_ratio < _LEARNED)

    def unknown(self) -> list[tuple[float, float, float]]:
        """Ranges where the posterior is about as wide as the prior: from, to [au], spread."""
        return self._ranges(self.width_ratio > _PRIOR)

    def _ranges(self, chosen: np.ndarray) -> list[tuple[float, float, float]]:
        marks = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(int), [0]])))
        return [
            (
                float(self.edges[start]),
                float(self.edges[stop]),
                float(np.median(self.spread[start:stop])),
            )
            for start, stop in zip(marks[::2], marks[1::2], strict=True)
        ]


def displayed(field: Field) -> Field:
    """A field in the unit that astronomers read: velocities in km/s."""
    if field.unit not in ("m/s", "m s-1"):
        return field
    parts = ("samples", "mean", "deviation", "quantiles", "prior")
    scaled = {part: getattr(field, part) / 1e3 for part in parts}
    return replace(field, unit="km/s", **scaled)


def radius_of(posterior: Posterior) -> FloatArray:
    """Distance of the cells from the star (x, y, z) [au]."""
    x, y, z = np.meshgrid(*posterior.axes, indexing="ij")
    radius: FloatArray = np.sqrt(x**2 + y**2 + z**2) / AU
    return radius


def profiles_of(posterior: Posterior, mode: int | None = None) -> list[Profile]:
    """Profiles of all fields, of all samples or of one mode; of velocities the radial one."""
    radius = radius_of(posterior)
    fields = {field.name: field for field in posterior.fields}
    if "velocity_radial" not in fields and fields.keys() >= set(_VELOCITIES):
        fields["velocity_radial"] = _radial(posterior)
    shown = [displayed(field) for name, field in fields.items() if name not in _VELOCITIES]
    if mode is not None:
        shown = [_of_mode(field, posterior, mode) for field in shown]
    return [_profile(field, radius) for field in shown]


def _of_mode(field: Field, posterior: Posterior, mode: int) -> Field:
    part = posterior.mode == mode
    weight = posterior.weight[part] / posterior.weight[part].sum()
    quantiles = quantiles_of(field.samples[part], weight)
    ratio = width_ratio_of(quantiles, field.prior, logarithmic=field.logarithmic)
    return replace(field, quantiles=quantiles, width_ratio=ratio)


def _radial(posterior: Posterior) -> Field:
    """Velocity away from the star; its prior is that of three independent components."""
    axes = np.stack(np.meshgrid(*posterior.axes, indexing="ij"))
    direction = axes / np.sqrt((axes**2).sum(axis=0))
    parts = [posterior.field(name) for name in _VELOCITIES]
    both = list(zip(direction, parts, strict=True))
    samples = np.sum([u * part.samples for u, part in both], axis=0)
    middle = np.sum([u * part.prior[2] for u, part in both], axis=0)
    # Widths of independent components add as squares.
    squares = [(u * (part.prior - part.prior[2])) ** 2 for u, part in both]
    sign = np.array([-1, -1, 0, 1, 1])[:, None, None, None]
    made = field_of(
        "velocity_radial",
        parts[0].unit,
        "Velocity away from the star.",
        samples,
        posterior.weight,
        middle[None],
        logarithmic=False,
    )
    prior = middle + sign * np.sqrt(np.sum(squares, axis=0))
    ratio = width_ratio_of(made.quantiles, prior, logarithmic=False)
    return replace(made, prior=prior, width_ratio=ratio)


def _profile(field: Field, radius: FloatArray) -> Profile:
    # Corners of the cube, of which a sphere has only a part, are left out.
    most = min(radius.shape) / 2
    count = int(min(max(most, 2), _MOST_SHELLS))
    edge = float(radius[:, radius.shape[1] // 2, radius.shape[2] // 2].max())
    edges = np.linspace(0, edge, count + 1)
    shell = np.digitize(radius, edges) - 1
    inside = [shell == number for number in range(count)]
    kept = [number for number in range(count) if inside[number].any()]
    return Profile(
        field=field,
        radius=np.array([radius[inside[n]].mean() for n in kept]),
        edges=np.array([edges[n] for n in kept] + [edges[kept[-1] + 1]]),
        quantiles=_means(field.quantiles, [inside[n] for n in kept], field.logarithmic),
        prior=_means(field.prior, [inside[n] for n in kept], field.logarithmic),
        width_ratio=np.array([np.median(field.width_ratio[inside[n]]) for n in kept]),
    )


def _means(quantiles: FloatArray, shells: Sequence[np.ndarray], logarithmic: bool) -> FloatArray:
    values = np.log(quantiles) if logarithmic else quantiles
    found = np.array([[cells[shell].mean() for shell in shells] for cells in values])
    return np.exp(found) if logarithmic else found
