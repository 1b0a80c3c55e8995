"""Makes a store: observes models, and keeps both kinds of file and a manifest.

What the manifest knows to be done is left alone, so that an interrupted run is continued by
the same call.
"""

import fcntl
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from lineform.cube import Beam
from lineform.errors import ConfigError, LineformError, WriteError
from lineform.executors import open_executor
from lineform.instrument import with_beam
from lineform.io import write_observations
from lineform.manifest import FileEntry, Manifest, ModelEntry, Settings, entry_of, writing
from lineform.models import load_model
from lineform.setup import Observer, Setup
from lineform.sources import Source, StoreModel

__all__ = ["Made", "make_store", "settings_of"]

Progress = Callable[[int, int], None]
_Result: TypeAlias = ModelEntry | WriteError

_log = logging.getLogger(__name__)

_ASIDE = ".unfinished"
_UNFINISHED = re.compile(rf"{re.escape(_ASIDE)}/[^/]+/")
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Made:
    """How many models a run wrote, how many were there, and those that failed or have a remark."""

    written: int
    there: int
    failed: tuple[ModelEntry, ...]
    remarked: tuple[ModelEntry, ...] = ()


def make_store(
    root: Path,
    source: Source,
    setup: Setup,
    *,
    beam: float = 0.0,
    workers: int = 2,
    dask: str | None = None,
    force: bool = False,
    progress: Progress = lambda done, total: None,
) -> Made:
    """Write the models of `source` and their observations below `root`.

    A model that fails is told of in the result and in the manifest, and tried again by the
    next call; a folder that cannot be written ends the run.

    Parameters
    ----------
    root : Path
        Gets the folders ``models`` and ``observations`` and the manifest.
    source : Source
        Of models.
    setup : Setup
        How they are observed.
    beam : float [arcsec]
        Full width at half maximum of a round beam; 0 for none.
    workers : int
        Processes; with 1, everything happens in this one.
    dask : str, or None
        Address of a Dask scheduler, whose workers see `root` at the same path.
    force : bool
        Make models again that are done.
    progress : callback (done, total)

    Raises
    ------
    ConfigError
        If an option cannot be used, another run is at work in `root`, or it was made with
        other settings.
    WriteError
        If `root` cannot be written.
    """
    root = root.absolute()
    # Once, here: a warning about a file comes once, and a wrong option before any work.
    observer = Observer(setup)
    job = partial(_make, root, observer, beam)
    models = {model.name: model for model in source.models(root)}
    executor = open_executor(workers, dask)
    try:
        with _alone(root):
            manifest = Manifest(root, settings_of(source, observer, beam))
            todo = manifest.begin(models, force=force)
            shutil.rmtree(root / _ASIDE, ignore_errors=True)
            results = executor.map(job, [models[name] for name in todo], lost=_lost)
            try:
                made = _collect(results, manifest, len(models), len(todo), progress)
                # What dead workers have left; after an error, others may still be at work.
                shutil.rmtree(root / _ASIDE, ignore_errors=True)
                return made
            finally:
                manifest.save()
    finally:
        executor.close()


def _collect(
    results: Iterator[_Result], manifest: Manifest, models: int, todo: int, progress: Progress
) -> Made:
    failed, remarked = [], []
    progress(models - todo, models)
    for done, result in enumerate(results, models - todo + 1):
        # A full disk: do not go on with the rest before saying so.
        if isinstance(result, WriteError):
            raise result
        manifest.add(result)
        if result.reason:
            failed.append(result)
        if result.remark:
            remarked.append(result)
        progress(done, models)
    return Made(todo - len(failed), models - todo, _by_name(failed), _by_name(remarked))


def _by_name(entries: Iterable[ModelEntry]) -> tuple[ModelEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.name))


def _make(root: Path, observer: Observer, beam: float, model: StoreModel) -> _Result:
    """Write the files of one model, in a worker."""
    try:
        with _aside(root) as aside:
            path = root / "models" / model.place
            if not model.present:
                path = aside / "models" / model.place
                model.write(path)
            # Of the file, so that what is published can be made again from what is published.
            seen = aside / "observations" / model.place
            remarks = _observe(path, seen, model.name, observer, beam)
            files = [_put(seen, aside, root)]
            files.append(entry_of(root, path) if model.present else _put(path, aside, root))
        return ModelEntry(
            model.name, _engine(observer), tuple(sorted(files)), remark="; ".join(remarks)
        )
    except WriteError as error:
        return error
    # Whatever one model does, the others are made.
    except Exception as error:
        return _lost(model, str(error) if isinstance(error, LineformError) else repr(error))


def _observe(path: Path, seen: Path, name: str, observer: Observer, beam: float) -> list[str]:
    """Observe the model file at `path` into the file `seen`; return what is to be remarked."""
    header, state = load_model(path)
    if header.name != name:
        raise ConfigError(
            "name of the model",
            expected=f"{name}, as its file",
            seen=header.name,
            way_out="rename the file",
            where=str(path),
        )
    observations = observer.observe(state)
    if beam:
        observations = (with_beam(observation, Beam(beam, beam)) for observation in observations)
    header = replace(header, kind="observation", attributes=observer.attributes)
    write_observations(seen, header, list(observations))
    return observer.remarks(state)


def _engine(observer: Observer) -> str:
    said = observer.attributes
    return f"{said['engine']} {said['engine_version']}"


def _put(path: Path, aside: Path, root: Path) -> FileEntry:
    """Move a file that is whole to its place in the store."""
    entry = entry_of(aside, path)
    place = root / entry.path
    place.parent.mkdir(parents=True, exist_ok=True)
    path.replace(place)
    return entry


def _lost(model: StoreModel, happened: str) -> ModelEntry:
    # The folder that a file was made in is gone, and its name would be new each time.
    return ModelEntry(model.name, reason=_UNFINISHED.sub("", happened))


@contextmanager
def _aside(root: Path) -> Iterator[Path]:
    """A folder of its own for one model, so that two writers never share a file."""
    with writing(root):
        (root / _ASIDE).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root / _ASIDE) as folder:
            yield Path(folder)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep a second run out of the store; the system lets go of it however this one ends."""
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / _LOCK).open("a")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                "store: another run is at work in it",
                expected="one run at a time",
                way_out="wait until it has ended, or use another folder",
                where=str(root),
            ) from error
        except OSError:
            # Some network file systems have no locks: two runs then do the same work, whole.
            _log.warning("%s: cannot be locked; start no second run in it", root)
        yield


def settings_of(source: Source, observer: Observer, beam: float) -> Settings:
    """How a store is made, as its manifest has it: what files hold and not where they lie.

    Parameters
    ----------
    source : Source
    observer : Observer
    beam : float [arcsec]
    """
    setup = observer.setup
    plain = {
        "engine": observer.engine.name,
        "views": [view.basis()[2].tolist() for view in setup.views],
        "fov": None if setup.fov is None else str(setup.fov),
        "distance": str(setup.distance),
        "lamda": [[name, entry_of(path.parent, path).sha256] for name, path in setup.lamda],
        "dust": setup.dust and asdict(setup.dust),
        "star": setup.star and asdict(setup.star),
        "beam": beam,
    }
    return {**source.settings, **{f.name: getattr(setup, f.name) for f in fields(setup)}, **plain}
