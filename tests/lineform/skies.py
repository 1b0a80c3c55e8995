"""Skies made of numbers, and the programs of the field that look at them."""

import shutil
import subprocess
import warnings

import numpy as np
import pytest

from lineform.cube import Observation, View
from lineform.func import reduced
from lineform.io import Header
from lineform.parameters import Parameter
from lineform.species import linear_rotor

LINE = linear_rotor("CO").line("2-1")
HEADER = Header(
    "observation",
    "wind-1",
    "A spiral <wind> & more",
    "test 1.0",
    {"mass_loss_rate": 1.25e-6, "morphology": "spiral", "own": 3.5},
    {"own": Parameter("km/s", "A parameter of another code.")},
    {
        "engine": "lineform",
        "engine_version": "9.9.9",
        "solver": "numba",
        "excitation": "escape",
        "molecular_data": "CO: co.dat, SHA-256 " + 8 * "0123abcd",
    },
)


def sky(cube, *, pixel=0.05, channel=1.0, line=LINE, view=None, first=None):
    """An observation of a cube (channel, y, x), pixels [arcsec] and channels [km/s] about 0."""
    cube = np.asarray(cube, dtype=np.float32)
    channels, ny, nx = cube.shape
    velocity = (np.arange(channels) - (channels - 1) / 2) * channel
    velocity = velocity if first is None else first + np.arange(channels) * channel
    solid_angle = np.radians(pixel / 3600) ** 2
    summary = reduced(cube.astype(float), velocity, line.frequency, solid_angle)
    return Observation(
        line=line,
        view=view or View(30.0, 40.0),
        distance=150.0,
        background_temperature=2.725,
        velocity=velocity,
        x=(np.arange(nx) - (nx - 1) / 2) * pixel,
        y=(np.arange(ny) - (ny - 1) / 2) * pixel,
        intensity=cube,
        spectrum=summary.spectrum,
        moment0=summary.moment0,
        moment1=summary.moment1,
        moment2=summary.moment2,
    )


def point(channel, y, x, *, shape=(15, 41, 41), height=1e-13, **settings):
    """A sky with one bright voxel."""
    cube = np.zeros(shape)
    cube[channel, y, x] = height
    return sky(cube, **settings)


def dark(shape=(6, 128, 128), **settings):
    """A sky without light."""
    return sky(np.zeros(shape), **settings)


def read_cube(path):
    """The cube in a FITS file as spectral-cube has it; reading it may not warn."""
    with warnings.catch_warnings():
        # Of the import, about names of astropy that are to go.
        warnings.simplefilter("ignore")
        from spectral_cube import SpectralCube
    return SpectralCube.read(str(path))


def verify(path):
    """What fitsverify has to say; the test is skipped where it is not installed."""
    if shutil.which("fitsverify") is None:
        pytest.skip("fitsverify is not installed; it is the Debian package fitsverify")
    done = subprocess.run(
        ["fitsverify", "-q", str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout.split(":")[0].strip()
