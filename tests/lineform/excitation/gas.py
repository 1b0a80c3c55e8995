"""Small states of gas and molecules with collision rates, for tests of excitation."""

from dataclasses import replace

import numpy as np

from lineform.species import Collisions, linear_rotor
from lineform.state import State


def rotor(levels=8, partners=("H2",), rate=3e-17):
    """CO with invented collision rates that grow with temperature."""
    upper, lower = np.tril_indices(levels, -1)
    temperature = np.array([10.0, 100.0, 1000.0])
    table = rate / (upper - lower)[:, None] * np.array([1.0, 2.0, 4.0])
    collisions = tuple(Collisions(name, temperature, upper, lower, table) for name in partners)
    return replace(linear_rotor("CO", levels), collisions=collisions)


def two_level():
    """The two lowest levels of CO."""
    return rotor(levels=2)


def shells(
    *, number=8, hydrogen=1e10, abundance=1e-4, kelvin=100.0, gradient=0.0, inner=1e13, outer=1e14
):
    """Uniform shells in homologous expansion."""
    radius = np.linspace(inner, outer, number)
    position, velocity = np.zeros((2, number, 3))
    position[:, 0] = radius
    velocity[:, 0] = gradient * radius
    density = np.full(number, hydrogen)
    return State(
        position=position,
        velocity=velocity,
        temperature=np.full(number, kelvin),
        turbulence=np.full(number, 100.0),
        density={"CO": abundance * density, "H2": density},
        spherical=True,
    )
