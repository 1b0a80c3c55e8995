"""Makes a store: draws winds, observes them, and writes both kinds of file for each.

Complete files are left alone, so that an interrupted run is continued by the same call.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import astropy.units as u

from lineform import __version__
from lineform.cube import Beam
from lineform.errors import ConfigError
from lineform.instrument import with_beam
from lineform.io import Header, write_model, write_observations
from lineform.naming import model_name
from lineform.parameters import Parameters
from lineform.readers.lamda import read_lamda
from lineform.species import Line, Molecule, linear_rotor
from lineform.survey import draw_winds
from lineform.synthesis.observe import observe, velocity_axis
from lineform.winds import wind_on_grid

__all__ = ["DEFAULT_LINES", "StoreSettings", "make_store"]

DEFAULT_LINES = ("CO 2-1", "CO 3-2", "SiO 5-4")
"""Lines that every wind is observed in."""

Progress = Callable[[int, int], None]
_Lines = dict[Molecule, list[Line]]


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How the files of a store are made.

    Parameters
    ----------
    grid : int
        Cells along each side of a model.
    pixels, channels : int
        Of a cube.
    distance : float [pc]
        From which all winds are observed.
    beam : float [arcsec]
        Full width at half maximum of a round beam; 0 for none.
    lines : tuple of str
        Such as ``CO 2-1``.
    lamda : tuple of Path
        LAMDA files that take the place of the built-in rotors.
    """

    grid: int = 48
    pixels: int = 64
    channels: int = 51
    distance: float = 150.0
    beam: float = 0.0
    lines: tuple[str, ...] = DEFAULT_LINES
    lamda: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        for name, least in (("grid", 8), ("pixels", 4), ("channels", 3)):
            if getattr(self, name) < least:
                raise ConfigError(name, expected=f"at least {least}", seen=str(getattr(self, name)))


def make_store(
    root: Path,
    models: int,
    settings: StoreSettings,
    *,
    seed: int = 0,
    workers: int = 2,
    force: bool = False,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write `models` winds and their observations below `root`.

    Parameters
    ----------
    root : Path
        Gets the folders ``models`` and ``observations``.
    models : int
    settings : StoreSettings
    seed : int
        Of the parameters.
    workers : int
        Processes; with 1, everything happens in this one.
    force : bool
        Write complete files again.
    progress : callback (done, total)

    Returns
    -------
    int
        Number of models written; the others were there.
    """
    # Once, here: a warning about a file comes once, and a wrong option before any work.
    lines = _lines_by_molecule(settings)
    winds = draw_winds(models, seed)
    todo = [wind for wind in winds if force or not _complete(root, wind)]
    progress(models - len(todo), models)
    if workers == 1:
        for done, wind in enumerate(todo, models - len(todo) + 1):
            _make(root, wind, settings, lines)
            progress(done, models)
    else:
        _make_in_pool(root, todo, settings, lines, workers, models, progress)
    return len(todo)


def _make_in_pool(
    root: Path,
    todo: Sequence[Parameters],
    settings: StoreSettings,
    lines: _Lines,
    workers: int,
    models: int,
    progress: Progress,
) -> None:
    # spawn: forking a process that has threads can hang the child.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(_make, root, wind, settings, lines) for wind in todo]
        try:
            for done, future in enumerate(as_completed(futures), models - len(todo) + 1):
                future.result()
                progress(done, models)
        except BaseException:
            # A full disk or Ctrl-C: do not go on with the rest before saying so.
            pool.shutdown(cancel_futures=True)
            raise


def _paths(root: Path, name: str) -> tuple[Path, Path]:
    return root / "models" / f"{name}.h5", root / "observations" / f"{name}.h5"


def _complete(root: Path, wind: Parameters) -> bool:
    return all(path.exists() for path in _paths(root, model_name(wind)))


def _make(root: Path, wind: Parameters, settings: StoreSettings, lines: _Lines) -> None:
    name = model_name(wind)
    model_path, observation_path = _paths(root, name)
    title = f"{str(wind['morphology']).capitalize()} wind of an AGB star"
    code = f"lineform analytic wind {__version__}"
    state = wind_on_grid(wind, settings.grid)
    observations = observe(
        state,
        lines,
        velocity=velocity_axis(state, settings.channels),
        distance=settings.distance * u.pc,
        pixels=settings.pixels,
    )
    if settings.beam:
        beam = Beam(settings.beam, settings.beam)
        observations = (with_beam(observation, beam) for observation in observations)
    write_observations(
        observation_path, Header("observation", name, title, code, wind), list(observations)
    )
    write_model(model_path, Header("model", name, title, code, wind), state)


def _lines_by_molecule(settings: StoreSettings) -> _Lines:
    from_files = {molecule.name: molecule for molecule in map(read_lamda, settings.lamda)}
    molecules: dict[str, Molecule] = {}
    lines: dict[Molecule, list[Line]] = {}
    for text in settings.lines:
        species, _, transition = text.partition(" ")
        if species not in molecules:
            molecules[species] = from_files.get(species) or linear_rotor(species)
        lines.setdefault(molecules[species], []).append(molecules[species].line(transition))
    return lines
