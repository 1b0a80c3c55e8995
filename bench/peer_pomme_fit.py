"""pomme reconstructs the reference wind: ``peer_pomme_fit.py LAMDA CELLS CHANNELS ITERATIONS...``.

For a Python with pomme; knows nothing of lineform. The recipe is that of the example of pomme's
documentation that reconstructs a Phantom wind (docs/src/examples/phantom/reconstruction.ipynb):
density, radial speed and temperature free in every cell, turbulence known; Adam with a rate of
0.1; the losses of the mean spectra, of their shapes, of the differences of neighbours and of
continuity, each over its value after three iterations; then a hundred iterations at a time, with
weights that rise together. It starts from power laws, of the example's exponents, through the
middle of the truth. Prints, after each of the given numbers of iterations, seconds so far, those
of the processor, rms errors of the three logarithms [dex], rms of the image over its peak, and
the highest memory [kB].
"""

import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from pomme.loss import Loss, diff_loss

from peer_pomme import FIELDS, Peer

LOSSES = ("avg", "rel", "reg", "cnt")
RENEWED = 100


class Fit:
    """A reconstruction from the image of the truth."""

    def __init__(self, lamda: str, cells: int, channels: int) -> None:
        self.peer = Peer(lamda, cells, channels)
        self.model = self.peer.model
        with torch.no_grad():
            self.seen = self.peer.image()
        self.truth = {name: np.array(self.model[name]) for name in FIELDS}
        self._start()
        self.losses = Loss(list(LOSSES))

    def _start(self) -> None:
        radius = self.model.get_radius(origin="centre")
        ratio = radius.min() / radius
        laws = {
            "log_n": 2 * np.log(ratio),
            "log_v": np.log(1e2 + (1e4 - 1e2) * (1 - ratio)),
            "log_T": 0.5 * np.log(ratio),
        }
        for name in ("log_n", "log_T"):
            laws[name] += np.mean(self.truth[name] - laws[name])
        for name, law in laws.items():
            self.model[name] = law
        self.model.free(list(FIELDS))

    def image(self) -> torch.Tensor:
        """Of the fields as they are."""
        return self.peer.image()

    def continuity(self) -> torch.Tensor:
        """Mean square of the divergence of the flux over the density."""
        density = torch.exp(self.model["log_n"])
        x, y, z = torch.exp(self.model["log_v"]) * self.peer.outward
        model = self.model
        change = model.diff_x(density * x) + model.diff_y(density * y) + model.diff_z(density * z)
        return torch.mean((change / density) ** 2)

    def iterate(self, number: int, weight: float) -> None:
        """Go on for a number of iterations."""
        fields = [self.model[name] for name in FIELDS]
        adam = torch.optim.Adam(fields, lr=0.1)
        mean = self.seen.mean(axis=-1)
        shape = self.seen / mean[..., None]
        square = torch.nn.functional.mse_loss
        for _ in range(number):
            image = self.image()
            bright = image.mean(axis=-1)
            self.losses["avg"] = weight * square(torch.log(bright), torch.log(mean))
            self.losses["rel"] = weight * square(image / bright[..., None], shape)
            self.losses["reg"] = weight * sum(diff_loss(field) for field in fields)
            self.losses["cnt"] = weight * self.continuity()
            adam.zero_grad()
            self.losses.tot().backward()
            adam.step()

    def scores(self) -> list[float]:
        """Errors of the fields [dex], and of the image over its peak."""
        with torch.no_grad():
            apart = self.image() - self.seen
        image = float(apart.pow(2).mean().sqrt() / self.seen.max())
        return [*(self._error(name) for name in FIELDS), image]

    def _error(self, name: str) -> float:
        apart = self.model[name].detach().numpy() - self.truth[name]
        return float(np.sqrt(np.mean(apart**2)) / math.log(10))


def main() -> None:
    """Reconstruct."""
    torch.set_num_threads(1)
    lamda, cells, channels = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    fit = Fit(lamda, cells, channels)
    seconds, processor, done = 0.0, 0.0, 0
    for target in map(int, sys.argv[4:]):
        start, spent = time.perf_counter(), time.process_time()
        if done == 0 < target:
            fit.iterate(3, 1.0)
            fit.losses.renormalise_all()
            fit.losses.reset()
        while done < target:
            number = min(RENEWED - done % RENEWED, target - done)
            fit.iterate(number, 10.0 ** (done // RENEWED))
            done += number
        seconds += time.perf_counter() - start
        processor += time.process_time() - spent
        status = Path("/proc/self/status").read_text().split()
        highest = status[status.index("VmHWM:") + 1]
        numbers = " ".join(f"{value:.6g}" for value in [seconds, processor, *fit.scores()])
        sys.stdout.write(f"answer {target} {numbers} {highest}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
