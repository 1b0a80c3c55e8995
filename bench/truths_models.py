"""Free-form models of winds that hydrodynamics made: truths that no family contains."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from bench.truths import AU, Figure, at, lineform, on_cells, radii, rows
from lineform.cube import View
from lineform.func.radiation import brightness_temperature
from lineform.io import read_model, read_observations
from lineform.posterior import Posterior, read_posterior
from lineform.state import FloatArray

__all__ = ["amrvac", "phantom"]

DIRECTION = (0.5, 0.0, 0.866)
"""From the model to the observer: 30 degrees from the axis."""

PIXELS, CHANNELS, CELLS = 20, 24, 20
DISTANCE = 150.0
"""Of the model [pc]."""

_WARM = ("--minimum-temperature", "10 K")
"""The run has no heating; points of it are colder than any gas."""

SIGNAL = 30.0
"""Peak over noise."""

BRIGHT = 0.02
"""Of the peak of the map of integrated intensity: where there is emission."""


def phantom(data: Path, folder: Path, samples: int) -> list[Figure]:
    """A wind of smoothed particles with a spiral; there is nothing beyond its outermost ones."""
    model = at(folder, "phantom.h5")
    lineform("convert", data / "phantom" / "synthetic_wind_00100", "-o", model)
    return _found("phantom", model, 400.0, folder, samples, "edge=sphere")


def amrvac(data: Path, folder: Path, samples: int) -> list[Figure]:
    """A wind on an adaptive mesh, with shocks and without cooling."""
    model = at(folder, "amrvac.h5")
    dump = data / "amrvac" / "agb_wind_0001.dat"
    length, density = ("--unit-length", "1.496e13 cm"), ("--unit-number-density", "1e9 cm-3")
    units = (*length, *density, "--unit-velocity", "1e6 cm/s")
    lineform("convert", dump, "-o", model, *units, *_WARM)
    return _found("amrvac", model, 116.0, folder, samples)


def _found(
    part: str, model: Path, width: float, folder: Path, samples: int, *known: str
) -> list[Figure]:
    """Scores of what is found in the image of a model, `width` [au] wide.

    The free-form wind is told what is `known`, and that gas need not flow straight outwards.
    """
    seen, path = _observed(model, width), at(folder, f"{part}-posterior.h5")
    size = ("--cells", CELLS, "--model-error", 0.05, "--samples", samples, "--seed", 1)
    told = [word for option in ("velocity=vector", *known) for word in ("--model-option", option)]
    lineform("deproject", seen, "-o", path, "--model", "free", "--method", "vi", *size, *told)
    posterior = read_posterior(path)
    view = View.towards(DIRECTION)
    truth = on_cells(read_model(model), view, posterior.axes[0], "CO")
    _draw(posterior, truth, at(folder, f"{part}.png"))
    where = _emitting(posterior) & (radii(posterior) < width / 2)
    (fit,) = posterior.fits
    fitted: Figure = {
        "part": part,
        "what": "chi^2 for each independent measurement",
        "ours": round(float(fit.chi2.sum() / fit.dof.sum()), 3),
        "unit": "",
        "ratio": f"with a model error of 5 %; warnings: {'; '.join(posterior.warnings) or 'none'}",
        "goal": "about 1 or less",
    }
    return [*rows(part, "where there is emission", posterior, truth, where), fitted]


def _observed(model: Path, width: float) -> Path:
    """The model through a beam of three pixels, with noise."""
    sky, smooth, seen = (model.with_name(f"{model.stem}-{k}.h5") for k in ("sky", "beam", "seen"))
    direction = ",".join(map(str, DIRECTION))
    scene = ("--line", "CO 2-1", "--direction", direction, "--pixels", PIXELS, "--rays-per-pixel")
    box = (
        4,
        "--velocity-range",
        -19,
        19,
        "--channels",
        CHANNELS,
        "--fov",
        f"{width} au",
        "--distance",
        f"{DISTANCE} pc",
    )
    lineform("synthesise", model, "-o", sky, *scene, *box)
    beam = ("--beam", f"{3 * width / DISTANCE / PIXELS} arcsec")
    lineform("observe", sky, "-o", smooth, *beam)
    (observation,) = read_observations(smooth)
    peak = float(brightness_temperature(observation.intensity.max(), observation.line.frequency))
    lineform("observe", sky, "-o", seen, *beam, "--noise", f"{peak / SIGNAL} K", "--seed", 1)
    return seen


def _emitting(posterior: Posterior) -> np.ndarray:
    """Cells (x, y, z) on lines of sight with emission: where more than noise is seen."""
    (fit,) = posterior.fits
    light = np.clip(fit.data, 0, None).sum(axis=0)
    model = fit.model.sum(axis=0)
    bright = (model > BRIGHT * model.max()) & (light > 0)
    return np.asarray(np.broadcast_to(bright.T[:, :, None], posterior.fields[0].mean.shape))


def _draw(posterior: Posterior, truth: dict[str, FloatArray], path: Path) -> None:
    """Truth, median and width in the plane of the sky, and in a plane along the line of sight."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    shown = [f for f in posterior.fields if f.name in ("density_CO", "temperature", "velocity_z")]
    figure, axes = plt.subplots(2 * len(shown), 3, figsize=(9, 6 * len(shown)))
    middle, half = len(posterior.axes[0]) // 2, posterior.axes[0][-1] / AU
    for row, field in enumerate(shown):

        def told(values: FloatArray, logarithmic: bool = field.logarithmic) -> FloatArray:
            return np.log10(values) if logarithmic else 1e-3 * values

        images = [told(truth[field.name]), told(field.quantiles[2])]
        images.append((told(field.quantiles[3]) - told(field.quantiles[1])) / 2)
        low, high = images[0].min(), images[0].max()
        named = tuple(zip(images, ("truth", "median", "half width"), strict=True))
        for plane in range(2):
            for column, (image, name) in enumerate(named):
                cut = image[:, :, middle] if plane == 0 else image[:, middle, :]
                ends = (low, high) if column < 2 else (None, None)
                panel = axes[2 * row + plane, column]
                drawn = panel.imshow(
                    cut.T, origin="lower", vmin=ends[0], vmax=ends[1], extent=[-half, half] * 2
                )
                panel.set_title(f"{field.name}, {name}, {'xy' if plane == 0 else 'xz'}", size=8)
                figure.colorbar(drawn, ax=panel)
    figure.tight_layout()
    figure.savefig(path, dpi=60)
