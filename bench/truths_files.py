"""Deprojections of files as they come: a real cube, a real header, an image of another code."""

import dataclasses
import math
from pathlib import Path

import numpy as np
from astropy.io import fits

from bench.magritte_images import BACKGROUND, image, wind
from bench.truths import AU, Figure, at, lineform, radii, rows
from lineform.constants import LIGHT_SPEED
from lineform.deprojection.base import Grid
from lineform.deprojection.frame import Frame
from lineform.deprojection.free import free_model
from lineform.deprojection.instrument import problem_of
from lineform.inference.base import Settings, Watch
from lineform.inference.results import Named, posterior_of
from lineform.inference.tempered import INFERENCE
from lineform.io import Header, read_observations, write_model
from lineform.measurement import Measurement
from lineform.posterior import Posterior, read_posterior
from lineform.readers.lamda import read_lamda
from lineform.species import Molecule
from lineform.state import State
from lineform.winds import wind_on_grid

__all__ = ["alma", "malt90", "transfer"]

_WIND: dict[str, float | str] = {
    "morphology": "spherical",
    "mass_loss_rate": 8e-6,
    "initial_velocity": 3.0,
    "terminal_velocity": 18.0,
    "acceleration_exponent": 1.0,
    "stellar_radius": 2.0,
    "stellar_temperature": 2300.0,
    "temperature_exponent": 0.65,
    "turbulent_velocity": 1.5,
    "outer_radius": 170.0,
}
"""Pixels for the header of IK Tauri."""

_PIXELS, _CHANNELS, _FIRST = 33, 29, 25
"""Of the cut-out, and the channel of the file that it begins with."""
_SYSTEMIC = 34.0
"""Of IK Tauri [km/s]."""
_DISTANCE = 260.0


def malt90(data: Path, folder: Path, samples: int) -> list[Figure]:
    """A clump of molecular gas, which is no wind, in one call."""
    path, cube = at(folder, "malt90.h5"), data / "cubes" / "malt90_region5_hcn10.fits"
    told = ("--distance", "3 kpc", "--abundance", "HCN=1e-9", "--velocity-range", -20, 10)
    gas = ("--prior", "mass_loss_rate=log-normal 1e-2 10", "--fix", "coldest=15")
    slow = ("--prior", "terminal_velocity=log-normal 2 2", "--fix", "initial_velocity=1")
    size = ("--cells", 16, "--pixels", 18, "--bin-channels", 8, "--model-error", 0.1)
    options = ("--model", "free", "--method", "vi", *told, *gas, *slow, *size, "--samples", samples)
    lineform("deproject", cube, "-o", path, *options)
    posterior = read_posterior(path)
    (fit,) = posterior.fits
    spread = np.nanstd(fit.residual / np.where(fit.seen, fit.rms, 1.0))
    width = next(f for f in posterior.fields if f.name == "density_HCN").width_ratio
    return [
        {
            "part": "malt90",
            "what": "HCN 1-0 of a clump (MALT90): chi^2 for each independent measurement",
            "ours": round(float(fit.chi2.sum() / fit.dof.sum()), 3),
            "unit": "",
            "ratio": f"residual of {spread:.2f} times the noise, brightest {_brightest(posterior)};"
            f" width of the density over that of the prior {np.median(width):.2f}; warnings:"
            f" {'; '.join(posterior.warnings) or 'none'}",
            "goal": "a fit to the noise; it is a clump, not a wind, and HCN 1-0 three lines",
        }
    ]


def _brightest(posterior: Posterior) -> str:
    (fit,) = posterior.fits
    strong = np.abs(fit.residual / fit.rms)
    return f"{np.nanmax(strong):.1f} times"


def alma(data: Path, folder: Path, samples: int) -> list[Figure]:
    """Pixels of a known wind under the header of a cube of IK Tauri."""
    lamda = data / "lamda" / "23Na-35Cl__Barton-ExoMol.dat"
    cube = _under_header(data / "fits" / "cube_alma_IK_Tau_header_only.fits", lamda, folder)
    path, options = at(folder, "alma.h5"), ("--line", "NaCl 26_0-25_0", "--lamda", lamda)
    star = ("--distance", f"{_DISTANCE} pc", "--abundance", "NaCl=2e-7")
    fixed = ("--fix", "initial_velocity=3", "--fix", "acceleration_exponent=1")
    more = (*fixed, "--fix", "stellar_radius=2", "--pixels", 17)
    model = ("--model", "spherical", "--samples", samples, "--starts", 2)
    lineform("deproject", cube, "-o", path, *options, *star, *more, *model)
    posterior = read_posterior(path)
    (fit,) = posterior.fits
    truth = {**_WIND, "systemic_velocity": _SYSTEMIC}
    inside, told = [], []
    for number in posterior.numbers:
        low, _, middle, _, high = number.quantiles
        true = float(truth[number.name])
        inside.append(bool(low <= true <= high))
        told.append(f"{number.name} {middle:.4g} ({low:.4g} to {high:.4g}), truth {true:.4g}")
    return [
        {
            "part": "alma",
            "what": "a known wind under the header of IK Tau (NaCl 26-25, Jy/beam): numbers within"
            " their 95 %",
            "ours": sum(inside),
            "unit": f"of {len(inside)}",
            "ratio": f"chi^2 {fit.chi2.sum() / fit.dof.sum():.3f}; {'; '.join(told)}",
            "goal": "all",
        }
    ]


def _under_header(header_only: Path, lamda: Path, folder: Path) -> Path:
    """A FITS cube with the cards of the header, and pixels of a wind through its beam."""
    with fits.open(header_only) as file:
        header = file[0].header.copy()
    line = read_lamda(lamda).line("26_0-25_0")
    number = _FIRST + np.arange(_CHANNELS)
    frequency = header["CRVAL3"] + (number + 1 - header["CRPIX3"]) * header["CDELT3"]
    velocity = 1e-3 * LIGHT_SPEED * (1 - frequency / line.frequency) - _SYSTEMIC
    pixel = 3600 * header["CDELT2"]
    wind = wind_on_grid(_WIND | {"co_abundance": 2e-7}, 48)
    gas = dataclasses.replace(wind, density={"H2": wind.density["H2"], "NaCl": wind.density["CO"]})
    model, sky, seen = (at(folder, f"{name}.h5") for name in ("model", "sky", "seen"))
    write_model(model, Header("model", "wind", "A wind", "lineform", {}), gas)
    image = ("--pixels", _PIXELS, "--fov", f"{_PIXELS * pixel} arcsec", "--channels", _CHANNELS)
    ends = ("--velocity-range", velocity.min(), velocity.max(), "--distance", f"{_DISTANCE} pc")
    where = ("--line", "NaCl 26_0-25_0", "--lamda", lamda, "--direction", "0,0,1")
    lineform("synthesise", model, "-o", sky, *where, *image, *ends, "--rays-per-pixel", 3)
    major, minor = 3600 * header["BMAJ"], 3600 * header["BMIN"]
    beam = ("--beam", f"{major},{minor} arcsec", "--position-angle", f"{header['BPA']} deg")
    lineform("observe", sky, "-o", seen, *beam, "--noise", "4 mJy/beam", "--seed", 1)
    (observation,) = read_observations(seen)
    area = math.pi / (4 * math.log(2)) * math.radians(major / 3600) * math.radians(minor / 3600)
    # Channels ascend in frequency; right is west, as columns of right ascension run.
    pixels = 1e26 * area * observation.intensity[::-1]
    middle = (_PIXELS + 1) / 2
    header.update(CRPIX1=middle, CRPIX2=middle, CRPIX3=header["CRPIX3"] - _FIRST)
    path = at(folder, "iktau.fits")
    fits.PrimaryHDU(pixels[None].astype("f4"), header).writeto(path, overwrite=True)
    return path


def transfer(data: Path, folder: Path, samples: int) -> list[Figure]:
    """The image that Magritte makes of points that are nearly a grid, by sequential Monte Carlo.

    Every second channel is taken, and as many pixels as the grid has cells, with noise of a
    hundredth of the peak. The finer grid has the points of Magritte in its cells.
    """
    co = read_lamda(data / "lamda" / "co.dat")
    figures: list[Figure] = []
    for cells, share in ((32, 0.05), (16, 0.05), (16, 0.0)):
        measurement = _magritte(data / "magritte", co, cells)
        figures += _scores(_of_magritte(measurement, co, cells, share, samples), share)
    return figures


def _scores(posterior: Posterior, model_error: float) -> list[Figure]:
    name = f"Magritte's wind on {len(posterior.axes[0])}^3 cells, model error {model_error:g}"
    truth, figures = _wind(posterior), []
    for reach in (100, 300):
        goal = ">= 0.9" if reach == 100 and model_error else ""
        inside = radii(posterior) < reach
        figures += rows("transfer", f"{name}, within {reach} au", posterior, truth, inside, goal)
    (fit,) = posterior.fits
    chi2: Figure = {"part": "transfer", "what": f"{name}: chi^2", "unit": "", "goal": ""}
    chi2["ours"] = round(float(fit.chi2.sum() / fit.dof.sum()), 3)
    return [*figures, {**chi2, "ratio": f"warnings: {'; '.join(posterior.warnings) or 'none'}"}]


def _magritte(folder: Path, co: Molecule, cells: int) -> Measurement:
    seen = image(folder, 32, 0, co.line("2-1"))
    side = math.isqrt(seen.sight.right.size)
    offsets = [axis.reshape(side, side) for axis in (seen.sight.right, seen.sight.up)]
    cube = seen.excess.reshape(-1, side, side)
    if np.ptp(offsets[0][0]) < np.ptp(offsets[0][:, 0]):
        cube, offsets = cube.transpose(0, 2, 1), [axis.T for axis in offsets]
    edge = float(offsets[0].max())
    # In single precision they are not quite equidistant.
    step = side // cells
    offset = np.linspace(-edge, edge, side)[::step] / AU / 100.0
    cube, velocity = cube[::2, ::step, ::step], 1e-3 * seen.sight.velocity[::2]
    rms = 0.01 * float(cube.max())
    return Measurement(
        line=co.line("2-1"),
        velocity=velocity,
        channel=float(velocity[1] - velocity[0]),
        x=offset,
        y=offset,
        intensity=cube + rms * np.random.default_rng(1).standard_normal(cube.shape),
        rms=np.array(rms),
    )


def _of_magritte(
    measurement: Measurement, co: Molecule, cells: int, model_error: float, samples: int
) -> Posterior:
    model = free_model(Grid(cells, 1000 * AU), {"CO": 3e-4}, Frame(100.0))
    problem = problem_of(
        model, [(measurement, co)], 100.0, model_error=model_error, background=BACKGROUND
    )
    settings = Settings(samples=samples, seed=1)
    draws = INFERENCE.draws(problem, problem.origin(), settings, Watch())
    return posterior_of(problem, draws, Named("transfer", "", 100.0, {}))


def _wind(posterior: Posterior) -> dict[str, np.ndarray]:
    """What the formulae give in the middles of the cells, as Magritte's observer sees it."""
    mesh = np.stack(np.meshgrid(*posterior.axes, indexing="ij"), -1).reshape(-1, 3)
    # The rays of Magritte run along z, away from the observer.
    gas: State = wind(mesh * (1, 1, -1))
    shape = (len(posterior.axes[0]),) * 3
    fields = {"density_CO": gas.density["CO"], "temperature": gas.temperature}
    fields["velocity_z"] = -gas.velocity[:, 2]
    return {name: values.reshape(shape) for name, values in fields.items()}
