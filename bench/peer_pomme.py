"""The reference wind in pomme, for a Python with it: ``peer_pomme.py LAMDA CELLS CHANNELS``.

Knows nothing of lineform. Reads ``forward`` or ``step`` from its input, line by line, does it
(``step``: image, loss, and gradients of three fields), and answers with the seconds it took and
the highest memory so far [kB].
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from astropy import constants, units
from pomme.lines import Line
from pomme.model import GeneralModel, TensorModel
from pomme.utils import T_CMB, planck

BOX = 1000 * units.au.to("m")
AU = units.au.to("m")
HALF = 2e4
FIELDS = ("log_n", "log_v", "log_T")


def wind(cells: int) -> TensorModel:
    """The wind of bench/wind.py on the cells of pomme."""
    made = TensorModel(shape=(cells,) * 3, sizes=(BOX,) * 3)
    x, y, z = made.get_coords(origin="centre")
    r = made.get_radius(origin="centre")
    speed = 3e3 + 1.15e4 * (1 - np.clip(AU / r, 0, 1))
    rate = 1e-6 * constants.M_sun.si.value / (365.25 * 86400)
    smooth = 3e-4 * rate / (4 * np.pi * r**2 * speed) / (2 * 1.66e-27)
    winding = np.cos(2 * np.pi * r / (200 * AU) - np.arctan2(y, x))
    made["log_n"] = np.log(smooth * (1 + 0.8 * winding * np.exp(-((z / r) ** 2) / 0.2)))
    made["log_T"] = np.log(np.clip(2300 * (AU / r) ** 0.65, 10, None))
    made["log_v"] = np.log(speed)
    made["log_w"] = np.full((cells,) * 3, np.log(1e3))
    return made


class Peer:
    """The wind, and what is done with it."""

    def __init__(self, lamda: str, cells: int, channels: int) -> None:
        self.model = wind(cells)
        outward = np.array(self.model.get_radial_direction(origin="centre"))
        self.outward = torch.from_numpy(outward)
        self.line = Line(species_name="CO", transition=1, datafile=lamda)
        offset = torch.linspace(-HALF, HALF, channels, dtype=torch.float64)
        self.frequency = (1 + offset / constants.c.si.value) * self.line.frequency
        self.sky = torch.ones((cells, cells, channels), dtype=torch.float64)

    def image(self) -> torch.Tensor:
        """Intensity of the line."""
        seen = GeneralModel(self.model)
        seen.get_velocity = lambda m: torch.exp(m["log_v"]) * self.outward
        seen.get_temperature = lambda m: torch.exp(m["log_T"])
        seen.get_abundance = lambda m, line: torch.exp(m["log_n"])
        seen.get_turbulence = lambda m: torch.exp(m["log_w"])
        seen.get_boundary_condition = lambda m, nu: self.sky * planck(T_CMB, nu)
        return seen.image([self.line], [self.frequency])

    def forward(self) -> None:
        """The image alone."""
        with torch.no_grad():
            self.image()

    def step(self) -> None:
        """The image, and the gradient of a scalar of it by three fields."""
        self.model.free(list(FIELDS))
        image = self.image()
        (image / image.detach().max()).pow(2).sum().backward()


def main() -> None:
    """Answer until the input ends."""
    torch.set_num_threads(2)
    lamda, cells, channels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    peer = Peer(lamda, cells, channels)
    ways = {"forward": peer.forward, "step": peer.step}
    for word in sys.stdin:
        start = time.perf_counter()
        ways[word.strip()]()
        seconds = time.perf_counter() - start
        status = Path("/proc/self/status").read_text().split()
        highest = status[status.index("VmHWM:") + 1]
        sys.stdout.write(f"answer {seconds} {highest}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
