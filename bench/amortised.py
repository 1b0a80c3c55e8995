"""A network for a bipolar wind of seven numbers: its training, and its posteriors beside MCMC.

Usage: ``python -m bench.amortised [--folder DIR] [--cubes 10]``

The network is trained on one core, and kept in the folder with its simulations. Cubes are then
drawn from the prior with beam and noise, and the samples of the network, as they are and weighted
by the exact energy, are compared with those of Hamiltonian Monte Carlo for the same problem. What
is done is kept in the folder, and stored after each cube, so that a run can be interrupted.
"""

import argparse
import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import torch

from bench.measure import store
from lineform.cube import Beam
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.problem import Problem
from lineform.func.brightness import intensity_from_kelvin
from lineform.func.convolve import beam_margin, correlated_noise, gaussian_beam
from lineform.inference.base import Settings, Watch
from lineform.inference.diagnostics import discrimination
from lineform.inference.hmc import INFERENCE as HMC
from lineform.inference.layout import Layout
from lineform.inference.modes import explored
from lineform.inference.networkfile import read_network, write_network
from lineform.inference.neural import INFERENCE as NPE
from lineform.inference.priordraws import PriorDraws, template
from lineform.inference.simulations import simulate
from lineform.inference.training import Training, train
from lineform.inference.trial import tried
from lineform.species import linear_rotor
from lineform.state import FloatArray
from lineform.units import factor

CELLS, CHANNELS = 16, 16
SIDE, DISTANCE = 500.0, 150.0
"""Of the box [au], and of the star [pc]."""

PIXEL = SIDE / DISTANCE / CELLS
LAYOUT = Layout(
    line="CO 2-1",
    frequency=linear_rotor("CO").line("2-1").frequency,
    pixels=CELLS,
    pixel=PIXEL,
    channels=CHANNELS,
    channel=2.5,
    first=-2.5 * (CHANNELS - 1) / 2,
    beam=(2.6 * PIXEL, 3.2 * PIXEL),
    elongation=1.2,
    noise=(2.0, 6.0),
    channel_response="boxcar",
)
PRIORS = {
    "mass_loss_rate": "log-normal 1e-6 3",
    "initial_velocity": "fixed 3",
    "terminal_velocity": "log-normal 10 1.3",
    "acceleration_exponent": "fixed 1",
    "stellar_temperature": "fixed 2300",
    "turbulent_velocity": "fixed 1",
    # The other half of the directions looks exactly the same.
    "inclination": "uniform 0 90",
}
DRAWS = PriorDraws(
    "bipolar", LAYOUT, CELLS, SIDE * factor("au"), DISTANCE, tuple(PRIORS.items())
)  # fmt: skip
SIMULATIONS = 100_000
TRAINING = Training(epochs=20, held_out=0.05, seed=1)

BEAM, NOISE = Beam(2.9 * PIXEL, 2.7 * PIXEL, 30.0), 3.5
"""Of the cubes that are compared."""

SAMPLES = 500

Figure = dict[str, str | float]


def made(folder: Path) -> tuple[Path, dict[str, float]]:
    """The network, trained unless it is there, and the processor time [s] that it took."""
    path, log = folder / "bipolar.pt", folder / "times.json"
    times = json.loads(log.read_text()) if log.is_file() else {}
    if not path.is_file():
        start = time.process_time()
        simulations = simulate(DRAWS, SIMULATIONS, 1, folder / "simulations")
        middle = time.process_time()
        # Simulations that were there already were timed when they were made.
        times = {"simulations": middle - start, **times}
        log.write_text(json.dumps(times))
        done = train(
            simulations, TRAINING, checkpoint=folder / "checkpoint.pt", resume=True,
            progress=said,
        )  # fmt: skip
        times["training"] = time.process_time() - middle
        log.write_text(json.dumps(times))
        write_network(path, done, tried(done, 1))
    return path, times


def said(done: int, total: int) -> None:
    if done % 100 == 0 or done == total:
        print(f"{done} of {total} steps, {time.process_time():.0f} s", flush=True)


def cube(number: int) -> tuple[Problem, torch.Tensor]:
    """A cube drawn from the prior with a telescope of the middle of the layout, and its truth."""
    generator = np.random.default_rng([2, number])
    truth = torch.from_numpy(generator.standard_normal(DRAWS.size))
    with torch.no_grad():
        sky = DRAWS.sky(truth).double()
    major, minor = (width / PIXEL for width in (BEAM.major, BEAM.minor))
    angle = math.radians(BEAM.position_angle)
    side = CELLS + beam_margin(major)
    white = generator.standard_normal((CHANNELS, side, side))
    noise = NOISE * correlated_noise(white, major, minor, angle)
    seen = gaussian_beam(sky, major, minor, angle).numpy() + noise
    line = DRAWS.molecule.line("2-1")
    kelvin = float(intensity_from_kelvin(1.0, line.frequency))
    measurement = replace(
        template(LAYOUT, line),
        intensity=kelvin * seen,
        rms=np.full((1, 1, 1), kelvin * NOISE),
        beams=(BEAM,),
        correlated=True,
        source=f"cube {number}",
    )
    model = DRAWS.made()
    return problem_of(model, [(measurement, DRAWS.molecule)], DISTANCE, dtype=torch.float32), truth


def exact(folder: Path, number: int, starts: Sequence[torch.Tensor]) -> FloatArray:
    """Samples (sample, size) of Monte Carlo, or those that were kept."""
    path = folder / f"exact-{number}.npz"
    if not path.is_file():
        problem, _ = cube(number)
        settings = Settings(samples=SAMPLES, seed=number)
        begun = time.process_time()
        found = explored(problem, HMC, settings, Watch(), starts)
        taken = time.process_time() - begun
        print(number, f"{taken:.0f} s", found.diagnostics, found.warnings, flush=True)
        generator = np.random.default_rng(number)
        weight = found.weight.numpy()
        # Those of several modes have weights.
        rows = generator.choice(len(weight), SAMPLES, replace=len(np.unique(weight)) > 1, p=weight)
        np.savez(path, latent=found.latent.double().numpy()[rows])
    with np.load(path) as file:
        return np.asarray(file["latent"])


def flat(latent: torch.Tensor, wrapped: Sequence[int]) -> FloatArray:
    """Samples (sample, number) without seams: cosine and sine of angles."""
    columns = []
    for number, column in enumerate(latent.double().numpy().T):
        if number in wrapped:
            columns += [np.cos(2 * np.pi * column), np.sin(2 * np.pi * column)]
        else:
            columns.append(column)
    return np.stack(columns, axis=1)


def told_apart(one: FloatArray, other: FloatArray, seed: int) -> float:
    """C2ST: how often a network tells two sets of samples apart, over five folds."""
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    both = np.concatenate([one, other])
    whose = np.repeat([0, 1], [len(one), len(other)])
    layers = (10 * both.shape[1],) * 2
    network = MLPClassifier(layers, max_iter=300, early_stopping=True, random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    scores = cross_val_score(make_pipeline(StandardScaler(), network), both, whose, cv=folds)
    return float(scores.mean())


class Case(NamedTuple):
    """One cube."""

    raw: float
    """C2ST of the samples as they are."""
    weighted: float
    seconds: float
    """Of processor time, for the samples as they are."""
    longer: float
    """The same for those that are weighted."""
    shape: float
    effective: float
    near: float
    """Told apart by neighbours, the samples as they are."""
    width: float
    """Of the samples as they are over those of Monte Carlo, the median number."""


def compared(folder: Path, path: Path, number: int) -> Case:
    """The network beside Monte Carlo for one cube."""
    kept = folder / f"case-{number}.json"
    if kept.is_file():
        return Case(**json.loads(kept.read_text()))
    problem, truth = cube(number)
    wrapped = read_network(path).network.build.wrapped
    settings = Settings(samples=SAMPLES, seed=number, network=path)
    start = problem.origin()
    begun = time.process_time()
    raw = NPE.draws(problem, start, settings, Watch())
    middle = time.process_time()
    weighted = NPE.draws(problem, start, replace(settings, refine="weights"), Watch())
    end = time.process_time()
    starts = [truth.to(start), *raw.latent[:3].to(start)]
    reference = torch.from_numpy(exact(folder, number, starts))
    plain = [k for k in range(problem.size) if k not in wrapped]
    widths = raw.latent[:, plain].double().std(0) / reference[:, plain].std(0)
    reference, ours, better = (
        flat(latent, wrapped) for latent in (reference, raw.latent, weighted.latent)
    )
    found = Case(
        told_apart(reference, ours, number),
        told_apart(reference, better, number),
        middle - begun,
        end - middle,
        weighted.diagnostics["pareto shape"],
        weighted.diagnostics["effective samples"],
        discrimination(reference, ours, number),
        float(widths.median()),
    )
    print(number, found, flush=True)
    kept.write_text(json.dumps(found._asdict()))
    return found


def figures(cases: Sequence[Case], path: Path, times: dict[str, float]) -> list[Figure]:
    """What is claimed."""
    file = read_network(path)
    wind = f"bipolar wind of {len(file.quantities)} numbers"
    rows: list[Figure] = [
        {
            "what": f"{wind}: training on {file.training['simulations']} cubes, one core",
            "ours": round(times["training"] / 60, 1),
            "simulations beside it": round(times["simulations"] / 60, 1),
            "unit": "min of CPU time",
            "goal": "<= 30",
        },
        {
            "what": f"{wind}: {SAMPLES} samples of the posterior of a new cube",
            "ours": round(median(case.seconds for case in cases), 2),
            "weighted by the exact energy": round(median(case.longer for case in cases), 1),
            "unit": "s of CPU time",
            "goal": "<= 1",
        },
        {
            "what": f"{wind}: width of the posterior over that of Monte Carlo, the median",
            "ours": round(median(case.width for case in cases), 2),
            "each": ", ".join(f"{case.width:.2f}" for case in cases),
            "unit": "",
        },
        row("as the network gives them", [case.raw for case in cases]),
        row("weighted by the exact energy", [case.weighted for case in cases]),
        {
            **row("as the network gives them, told by neighbours", [case.near for case in cases]),
            "pareto shapes": ", ".join(f"{case.shape:.2f}" for case in cases),
            "effective of weighted": ", ".join(f"{case.effective:.0f}" for case in cases),
        },
    ]
    tried = file.calibration
    for column, probability in enumerate(tried["intervals"]):
        shares = [covered[column] for covered in tried["coverage"]]
        rows.append(
            {
                "what": f"coverage of {100 * probability:.0f} % intervals, the worst number,"
                f" {tried['simulations']} cubes",
                "ours": round(max(shares, key=lambda share: abs(share - probability)), 3),
                "all numbers": ", ".join(f"{share:.3f}" for share in shares),
                "unit": "",
                "goal": f"{probability:g} +- 0.05",
            }
        )
    ranks = min(tried["rank_p"]), tried["tarp_p"]
    rows.append(
        {"what": "uniform ranks, the worst number", "ours": round(ranks[0], 4), "unit": "p",
         "goal": "> 0.01"}
    )  # fmt: skip
    rows.append(
        {"what": "TARP, all numbers", "ours": round(ranks[1], 4), "unit": "p", "goal": "> 0.05"}
    )
    return rows


def row(what: str, scores: Sequence[float]) -> Figure:
    return {
        "what": f"C2ST against Monte Carlo, {len(scores)} cubes, median: {what}",
        "ours": round(median(scores), 3),
        "worst": round(max(scores), 3),
        "each": ", ".join(f"{score:.2f}" for score in scores),
        "unit": "",
        "goal": "<= 0.6",
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/amortised"))
    parser.add_argument("--cubes", type=int, default=10)
    options = parser.parse_args()
    torch.set_num_threads(1)
    path, times = made(options.folder)
    # Once before: kernels are loaded meanwhile.
    problem, _ = cube(-1 % 2**31)
    NPE.draws(problem, problem.origin(), Settings(samples=2, network=path), Watch())
    cases = []
    for number in range(options.cubes):
        cases.append(compared(options.folder, path, number))
        store("amortised", "python -m bench.amortised", figures(cases, path, times))


if __name__ == "__main__":
    main()
