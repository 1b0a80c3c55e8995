"""Deprojections held against truths: real cubes, another code, hydrodynamics, degeneracies.

Usage: ``python -m bench.deproject_truths PART... --data ../shared/data``

Parts: ``malt90`` (a real cube), ``alma`` (a real header, with pixels of a known wind), ``transfer``
(an image of Magritte), ``phantom`` and ``amrvac`` (winds that no family of models contains),
``disk``, ``pole``, ``lines``, ``draws`` (what an image cannot tell, what a second line adds, and
whether one line says how well it knows). Each takes a few minutes of a processor; the results of
the other parts are kept.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from bench.truths import Figure, add

_NAME = "deproject_truths"
_FOLDER = Path("build/bench/truths")
_SAMPLES, _USUAL = {"transfer": 24}, 40


def parts() -> dict[str, Callable[[Path, Path, int], list[Figure]]]:
    """What measures each part, given the folders of the data and of results, and samples."""
    from bench.truths_files import alma, malt90, transfer
    from bench.truths_honesty import disk, draws, lines, pole
    from bench.truths_models import amrvac, phantom

    files = {"alma": alma, "malt90": malt90, "transfer": transfer}
    return {
        **files,
        "amrvac": amrvac,
        "disk": disk,
        "draws": draws,
        "lines": lines,
        "phantom": phantom,
        "pole": pole,
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="+", choices=sorted(parts()))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--samples", type=int, help="instead of 24 of transfer, 40 of the others")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for part in options.part:
        samples = options.samples or _SAMPLES.get(part, _USUAL)
        figures = parts()[part](options.data, _FOLDER / part, samples)
        said = f" --samples {options.samples}" if options.samples else ""
        add(_NAME, part, f"python -m bench.{_NAME} PART{said}", figures)


if __name__ == "__main__":
    main()
