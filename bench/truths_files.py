"""Deprojections of files as they come: a real cube, a real header, an image of another code."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import torch
from astropy.io import fits
from scipy.ndimage import gaussian_filter

from bench.magritte_images import BACKGROUND, image, wind
from bench.truths import AU, Figure, at, lineform, radii, rows
from lineform.constants import LIGHT_SPEED
from lineform.cube import Beam
from lineform.deprojection.base import Grid
from lineform.deprojection.frame import Frame
from lineform.deprojection.free import free_model
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.problem import Problem
from lineform.inference.base import Draws, Settings, Watch
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

_CELLS, _BOX, _MODEL_ERROR = 32, 31 / 32 * 1000 * AU, 0.05
"""Along each side; the outermost points of Magritte's wind are the faces of the grid [m]."""


_REACH = 4.0
"""Of the image of Magritte on the sky [arcsec]."""


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

    Every second channel and pixel is taken, within 400 au, for Magritte's wind ends at the faces
    of a cube. Once through a beam of 1 arcsec, which is 100 au, with noise of a fiftieth of the
    peak that the beam correlates; once pixel by pixel as it is, with noise of a hundredth, where
    grids of the two codes may differ by more than that: the chi^2 of the truth itself tells.
    """
    co = read_lamda(data / "lamda" / "co.dat")
    figures: list[Figure] = []
    for seen, measurement in (
        ("through a beam of 1 arcsec, peak over noise 50", _through_a_beam),
        ("pixel by pixel, peak over noise 100", _pixel_by_pixel),
    ):
        figures += _transferred(seen, measurement(data / "magritte", co), co, samples)
    return figures


def _transferred(seen: str, measurement: Measurement, co: Molecule, samples: int) -> list[Figure]:
    learned = {"deviations": "learned"}
    model = free_model(Grid(_CELLS, _BOX), {"CO": 3e-4}, Frame(100.0), options=learned)
    problem = problem_of(
        model, [(measurement, co)], 100.0, model_error=_MODEL_ERROR, background=BACKGROUND
    )
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=samples, seed=1), Watch())
    posterior = posterior_of(problem, draws, Named("transfer", "", 100.0, {}))
    name, truth, figures = f"Magritte's wind {seen}", _wind(posterior), []
    for reach in (100, 300):
        goal = ">= 0.9" if reach == 100 else ""
        inside = radii(posterior) < reach
        figures += rows("transfer", f"{name}, within {reach} au", posterior, truth, inside, goal)
    (fit,) = posterior.fits
    chi2: Figure = {"part": "transfer", "what": f"{name}: chi^2", "unit": "", "goal": ""}
    chi2["ours"] = round(float(fit.chi2.sum() / fit.dof.sum()), 3)
    itself = _chi2_of_truth(problem)
    said = f"of the truth itself {itself:.2f}; {_told(draws)}"
    return [
        *figures,
        {**chi2, "ratio": f"{said}; warnings: {'; '.join(posterior.warnings) or 'none'}"},
    ]


def _told(draws: Draws) -> str:
    told = draws.diagnostics
    return f"R-hat {told['rhat']:.1f}, {told['ancestors']} ancestors of {len(draws.latent)} samples"


def _chi2_of_truth(problem: Problem) -> float:
    """For each measurement, of the formulae in the middles of the cells."""
    (part,) = problem.parts
    like = problem.origin()
    axis = (np.arange(_CELLS) + 0.5) / _CELLS - 0.5
    mesh = _BOX * np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    gas = _seen_by_magritte(mesh)
    usual = problem.model.gas(like)

    def told(values: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(values).to(like).reshape(usual.temperature.shape)

    true = usual._replace(
        density={"CO": told(np.log(gas.density["CO"]))},
        temperature=told(np.log(gas.temperature)),
        velocity=torch.stack([told(each) for each in gas.velocity.T]),
        turbulence=told(np.log(gas.turbulence)),
    )
    with torch.no_grad():
        residual = part.likelihood.residual(part.telescope(true))
    return float((residual**2).mean())


def _pixel_by_pixel(folder: Path, co: Molecule) -> Measurement:
    return _measured(folder, co, 0.0, 100.0)


def _through_a_beam(folder: Path, co: Molecule) -> Measurement:
    return _measured(folder, co, 1.0, 50.0)


def _measured(folder: Path, co: Molecule, beam: float, strength: float) -> Measurement:
    """With a beam [arcsec], and a strength of the peak over noise [1]."""
    seen = image(folder, _CELLS, 0, co.line("2-1"))
    side = math.isqrt(seen.sight.right.size)
    right = seen.sight.right.reshape(side, side)
    cube = seen.excess.reshape(-1, side, side)[::2]
    if np.ptp(right[0]) < np.ptp(right[:, 0]):
        cube = cube.transpose(0, 2, 1)
    # In single precision they are not quite equidistant.
    offset = np.linspace(-1, 1, side) * float(seen.sight.right.max()) / AU / 100.0
    sigma = beam / math.sqrt(8 * math.log(2)) / (offset[1] - offset[0])
    cube = gaussian_filter(cube, (0, sigma, sigma), mode="constant")[:, ::2, ::2]
    noise = np.random.default_rng(1).standard_normal((len(cube), side, side))
    noise = gaussian_filter(noise, (0, sigma, sigma), mode="wrap")[:, ::2, ::2]
    kept = np.abs(offset[::2]) <= _REACH
    cube, noise = (each[:, kept][:, :, kept] for each in (cube, noise))
    rms = float(cube.max()) / strength
    velocity = 1e-3 * seen.sight.velocity[::2]
    return Measurement(
        line=co.line("2-1"),
        velocity=velocity,
        channel=float(velocity[1] - velocity[0]),
        x=offset[::2][kept],
        y=offset[::2][kept],
        intensity=cube + rms * noise / noise.std(),
        rms=np.array(rms),
        beams=(Beam(beam, beam),) if beam else (),
        correlated=bool(beam),
    )


def _seen_by_magritte(mesh: np.ndarray) -> State:
    """The wind at places (any, 3) [m]; the rays of Magritte run along z, from the observer."""
    away = np.array([1, 1, -1])
    gas: State = wind(mesh * away)
    return dataclasses.replace(gas, velocity=gas.velocity * away)


def _wind(posterior: Posterior) -> dict[str, np.ndarray]:
    """What the formulae give in the middles of the cells."""
    mesh = np.stack(np.meshgrid(*posterior.axes, indexing="ij"), -1).reshape(-1, 3)
    gas = _seen_by_magritte(mesh)
    shape = (len(posterior.axes[0]),) * 3
    fields = {"density_CO": gas.density["CO"], "temperature": gas.temperature}
    fields["velocity_z"] = gas.velocity[:, 2]
    return {name: values.reshape(shape) for name, values in fields.items()}
