"""Writes wind_00600: a wind with a spiral arm as a dump in Phantom's HDF5 layout.

No simulation: analytic formulas, sampled with particles of one mass, to try lineform with.
"""

import h5py
import numpy as np

AU, SUN, YEAR = 1.496e13, 1.9891e33, 3.156e7  # cgs
TIME = np.sqrt(AU**3 / (6.674e-8 * SUN))  # s; G = 1 in the units of the code
SPEED = AU / TIME / 1e5  # km/s

N, INNER, OUTER = 20_000, 5.0, 500.0  # au
RATE = 2e-6 * TIME / YEAR  # solar masses in the unit of time
GAMMA, MU = 1.2, 2.381
PROTON_OVER_BOLTZMANN = 1.2115e-8  # K s2 / cm2


def speed(radius):
    """Speed of the wind, in the units of the code."""
    return (4 + 11 * (1 - INNER / radius)) / SPEED


def arm(radius, height, azimuth):
    """Density over that of the smooth wind: an Archimedean arm about the plane z = 0."""
    phase = azimuth + 2 * np.pi * radius / 140
    # Less its mean over azimuth, so that the arm takes no mass from nowhere.
    ridge = np.exp(6 * (np.cos(phase) - 1)) - np.i0(6) * np.exp(-6)
    return 1 + 2.5 * ridge * np.exp(-((height / (0.5 * radius)) ** 2))


rng = np.random.default_rng(1)
drawn = 5 * N
# Equal mass in equal steps of the time that the wind takes, not of radius.
steps = np.linspace(INNER, OUTER, 4000)
travel = np.cumsum(1 / speed(steps))
radius = np.interp(rng.uniform(travel[0], travel[-1], drawn), travel, steps)
cosine, azimuth = rng.uniform(-1, 1, drawn), rng.uniform(0, 2 * np.pi, drawn)
density = arm(radius, radius * cosine, azimuth)
kept = np.flatnonzero(rng.uniform(0, 3.1, drawn) < density)[:N]

radius, cosine, azimuth = radius[kept], cosine[kept], azimuth[kept]
sine = np.sqrt(1 - cosine**2)
direction = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)
mass = RATE * (steps[1] - steps[0]) * travel[-1] / N
density = density[kept] * RATE / (4 * np.pi * radius**2 * speed(radius))
temperature = 2000 * (INNER / radius) ** 0.7
energy = temperature / ((GAMMA - 1) * MU * PROTON_OVER_BOLTZMANN * (SPEED * 1e5) ** 2)

with h5py.File("wind_00600", "w") as file:
    header = {
        "udist": AU, "umass": SUN, "utime": TIME, "time": travel[-1] * (steps[1] - steps[0]),
        "hfact": 1.2, "gamma": GAMMA, "massoftype": [mass], "nparttot": N,
    }  # fmt: skip
    for name, value in header.items():
        file[f"header/{name}"] = value
    file["header/fileident"] = np.bytes_("FT:Phantom:2023.0.0:example")
    file["particles/xyz"] = radius[:, None] * direction
    file["particles/vxyz"] = speed(radius)[:, None] * direction
    file["particles/h"] = (1.2 * (mass / density) ** (1 / 3)).astype("f4")
    file["particles/u"] = energy
    file["particles/divv"] = np.zeros(N, "f4")
    file["sinks/xyz"] = [[-2.0, 0.0, 0.0], [4.0, 0.0, 0.0]]
    file["sinks/vxyz"] = [[0.0, -0.14, 0.0], [0.0, 0.28, 0.0]]
    file["sinks/m"] = [1.5, 0.75]
