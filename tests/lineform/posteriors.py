"""A posterior whose truth is known: a spiral wind with made-up samples about it.

Inside 60 % of the grid the samples scatter by a fraction of the prior's width, beyond it by all
of it. Every fourth sample is the mirror image along the line of sight.
"""

import numpy as np

from lineform.cube import Beam
from lineform.posterior import (
    Posterior,
    correlations_of,
    field_of,
    fit_of,
    number_correlations_of,
    number_of,
)
from lineform.species import Line

AU = 1.495978707e11
LINE = Line("CO", "2-1", 230.538e9, float("nan"), -1, -1)
WIDTH = 0.8
"""Of the prior of each logarithm [1]."""


def made_posterior(cells=12, samples=20, channels=9, pixels=16, seed=1, side=800.0, mirrored=True):
    """A posterior over a cube of that many cells, `side` au wide."""
    generator = np.random.default_rng(seed)
    axis = ((np.arange(cells) + 0.5) / cells - 0.5) * side * AU
    weight = generator.uniform(0.5, 1.5, samples)
    weight /= weight.sum()
    mode = (mirrored & (np.arange(samples) % 4 == 3)).astype(np.int64)
    truth = wind(axis)
    learned = np.where(radius(axis) < 0.3 * side * AU, 0.15, 1.0)
    fields = []
    drawn = {}
    for field, (unit, text, logarithmic) in MEANING.items():
        prior = scattered(truth[field], 1.0, logarithmic, 200, generator, smooth=False)
        values = scattered(truth[field], learned, logarithmic, samples, generator)
        values[mode == 1] = values[mode == 1, :, :, ::-1]
        if field == "velocity_z":
            values[mode == 1] *= -1
        drawn[field] = values
        made = field_of(field, unit, text, values, weight, prior, logarithmic=logarithmic)
        fields.append(made)
    numbers = made_numbers(samples, weight, mode, generator)
    fit = made_fit(axis, truth, drawn, weight, channels, pixels, generator)
    chosen = [f for f in fields if f.name in ("density_CO", "temperature", "velocity_z")]
    return Posterior(
        name="spiral",
        title="A spiral wind",
        axes=(axis, axis, axis),
        distance=100.0,
        fields=tuple(fields),
        numbers=numbers,
        fits=(fit,),
        latent=generator.standard_normal((samples, 50)).astype(np.float32),
        weight=weight,
        mode=mode,
        correlations=correlations_of(chosen, weight),
        number_correlations=number_correlations_of(numbers, weight),
        evidence=-1234.5,
        evidence_kind="lower bound",
        diagnostics={"rhat": 1.01, "divergences": 0.0},
        warnings=("two modes were found: near and far side",),
        settings=SETTINGS,
    )


MEANING = {
    "density_CO": ("m-3", "Number density of CO.", True),
    "temperature": ("K", "Temperature of the gas.", True),
    "velocity_x": ("m/s", "Velocity to the right.", False),
    "velocity_y": ("m/s", "Velocity upwards.", False),
    "velocity_z": ("m/s", "Velocity to the observer.", False),
    "turbulence": ("m/s", "Most probable turbulent speed.", True),
}

SETTINGS = {
    "run": {
        "command": "lineform deproject cube.h5 -o spiral.h5 --model spiral",
        "model": "spiral",
        "method": "geometric",
        "seed": 0,
        "samples": 20,
        "dtype": "float32",
    },
    "priors": {"mass_loss_rate": "log-normal, median 1e-06, factor 10"},
    "versions": {"lineform": "0.1.0", "numpy": "2.1.0"},
    "inputs": {"cube.h5": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
}


def radius(axis):
    """Distance from the star (x, y, z) [m]."""
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.sqrt(x**2 + y**2 + z**2)


def wind(axis):
    """A spiral about an axis between the line of sight and the plane of the sky."""
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    r = radius(axis)
    tilt = np.radians(50)
    height = y * np.sin(tilt) + z * np.cos(tilt)
    across = y * np.cos(tilt) - z * np.sin(tilt)
    arm = np.cos(np.arctan2(across, x) - 2 * np.pi * r / (260 * AU)) - 2 * (height / r) ** 2
    shape = np.exp(1.6 * arm - 0.4)
    speed = 11e3 * (1 - 10 * AU / np.maximum(r, 20 * AU))
    return {
        "density_CO": 2e9 * (100 * AU / np.maximum(r, 20 * AU)) ** 2 * shape,
        "temperature": 300 * (np.maximum(r, 20 * AU) / (30 * AU)) ** -0.6 * shape**0.1,
        "velocity_x": speed * x / r,
        "velocity_y": speed * y / r,
        "velocity_z": speed * z / r,
        "turbulence": np.full_like(r, 1000.0),
    }


def scattered(truth, width, logarithmic, count, generator, smooth=True):
    """`count` fields that scatter about the truth by `width` of the prior's."""
    noise = generator.standard_normal((count, *truth.shape)).astype(np.float32)
    if smooth:
        for axis in (1, 2, 3):
            noise = (noise + np.roll(noise, 1, axis) + np.roll(noise, 2, axis)) / np.sqrt(3)
    if logarithmic:
        return (truth * np.exp(WIDTH * width * noise)).astype(np.float32)
    return (truth + 5e3 * width * noise).astype(np.float32)


def made_numbers(samples, weight, mode, generator):
    """Four numbers: one well known, one hardly, an angle across its end, one in two modes."""
    hidden, free = generator.standard_normal((2, samples))
    before = generator.standard_normal((4, 1000))
    inclination = np.where(mode == 1, 130, 50) + 4 * free
    return (
        number_of(
            "mass_loss_rate", "solMass/yr", "Mass lost per time.",
            "log-normal, median 1e-06, factor 10",
            1e-6 * np.exp(0.2 * hidden), weight, 1e-6 * 10 ** before[0], logarithmic=True,
        ),
        number_of(
            "velocity_exponent", "", "Of the law of velocity.", "uniform, 0.5 to 3",
            1.7 + 0.6 * np.tanh(0.9 * hidden + 0.5 * free), weight,
            1.75 + 1.25 * np.tanh(before[1]),
        ),
        number_of(
            "position_angle", "deg", "Of the axis on the sky.", "uniform angle",
            (2 + 6 * hidden) % 360, weight, generator.uniform(0, 360, 1000), period=360.0,
        ),
        number_of(
            "inclination", "deg", "Of the axis to the line of sight.", "isotropic",
            inclination, weight, np.degrees(np.arccos(generator.uniform(-1, 1, 1000))),
        ),
    )  # fmt: skip


def made_fit(axis, truth, drawn, weight, channels, pixels, generator):
    """Cubes of optically thin emission with noise; one corner was not measured."""
    velocity = np.linspace(-16, 16, channels)
    sky = ((np.arange(pixels) + 0.5) / pixels - 0.5) * (axis[-1] - axis[0]) / AU / 100
    clean = emission(truth, axis, velocity, pixels)
    rms = 0.02 * clean.max()
    data = clean + rms * generator.standard_normal(clean.shape)
    data[:, :2, :3] = np.nan
    count = len(weight)
    cubes = (
        emission({name: v[i] for name, v in drawn.items()}, axis, velocity, pixels)
        for i in range(count)
    )
    return fit_of(
        "CO_2-1", LINE, (velocity, sky, sky), data, np.full((1, 1, 1), rms), cubes, weight,
        beams=(Beam(0.9, 0.6, 30.0),), source="cube.h5, CO_2-1_d00",
        remarks=("the rms was estimated from 4 channels without a line",),
    )  # fmt: skip


def emission(fields, axis, velocity, pixels):
    """What is along each ray, by velocity (channel, y, x) [K]."""
    width = 2.5
    profile = np.exp(-(((velocity[:, None, None, None] + fields["velocity_z"] / 1e3) / width) ** 2))
    column = (profile * fields["density_CO"]).sum(axis=-1)
    column = 30 * column / (1e10 + column)
    nearest = ((np.arange(pixels) + 0.5) / pixels * len(axis)).astype(int)
    return column[:, nearest][:, :, nearest].transpose(0, 2, 1)
