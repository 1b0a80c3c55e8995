"""Texts of the command line as a choice of cubes and their place on the sky."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from lineform.errors import ConfigError
from lineform.fits import Frame
from lineform.io import observation_names
from lineform.outputs import FITS, Output, is_folder, output_file
from lineform.units import parse

_NAME = re.compile(r"(.+)_d(\d+)")


def frame_from(centre: str, systemic: str, frequency: bool) -> Frame:
    """``12h23m +10d`` and ``-26 km/s`` as a frame.

    Raises
    ------
    ConfigError
        If the centre is no position.
    UnitsError
        If the velocity is none.
    """
    # Loads slowly, and only this command needs it.
    from astropy.coordinates import SkyCoord

    try:
        place = SkyCoord(centre, frame="icrs")
    except (ValueError, TypeError) as error:
        raise ConfigError(
            "center", expected="a position such as '12h23m +10d' or '185.7d 10d'", seen=repr(centre)
        ) from error
    velocity = parse(systemic, "km/s", "systemic velocity")
    return Frame(float(place.ra.deg), float(place.dec.deg), velocity, frequency)


def selected(path: Path, lines: Sequence[str], directions: Sequence[int]) -> list[str]:
    """Names of the groups of these lines and directions; of all where none is given.

    Raises
    ------
    ConfigError
        If there is none for one of them.
    """
    found = [(name, *_parts(name)) for name in observation_names(path)]
    _all_known("line", [line.replace(" ", "_") for line in lines], {line for _, line, _ in found})
    _all_known("direction", list(map(str, directions)), {number for *_, number in found})
    wanted = {line.replace(" ", "_") for line in lines}
    numbers = set(map(str, directions))
    chosen = [
        name
        for name, line, number in found
        if (not wanted or line in wanted) and (not numbers or number in numbers)
    ]
    if not chosen:
        raise ConfigError("selection", expected="at least one cube", seen="none", where=str(path))
    return chosen


def paths_for(output: Output, model: str, names: Sequence[str], source: Path) -> list[Path]:
    """A file for each cube.

    Raises
    ------
    ConfigError
        If one file is given for several cubes.
    WriteError
        If it is the source, or a file is where the folder should be.
    """
    paths = [output_file(output, f"{model}_{name}", source, FITS) for name in names]
    if len(names) > 1 and not is_folder(output, FITS):
        raise ConfigError(
            "output",
            expected="a folder for several cubes",
            seen=f"{Path(output).name} for {len(names)}",
            way_out="choose one with --line and --direction",
        )
    return paths


def report(names: Sequence[str], paths: Sequence[Path]) -> str:
    """What was written, as JSON."""
    rows = [{"name": n, "path": str(p)} for n, p in zip(names, paths, strict=True)]
    return json.dumps({"cubes": rows}, indent=2, sort_keys=True)


def _parts(name: str) -> tuple[str, str]:
    """Line and number of the direction, such as ``CO_2-1`` and ``0``."""
    match = _NAME.fullmatch(name)
    return (match[1], str(int(match[2]))) if match else (name, "")


def _all_known(what: str, wanted: Sequence[str], known: set[str]) -> None:
    for value in wanted:
        if value not in known:
            legal = ", ".join(sorted(known)).replace("_", " ")
            raise ConfigError(what, expected=f"one of {legal}", seen=value.replace("_", " "))
