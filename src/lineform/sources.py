"""Where the models of a store come from: drawn winds, or files that are there already."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lineform import __version__
from lineform.errors import ConfigError
from lineform.io import Header, write_model
from lineform.naming import NAME_PATTERN, unique_names
from lineform.parameters import Parameters
from lineform.survey import draw_winds
from lineform.winds import wind_on_grid

__all__ = ["ModelFiles", "Source", "StoreModel", "Winds"]

_SUFFIX = ".h5"


class StoreModel(Protocol):
    """A model of the store; picklable, since workers get it."""

    @property
    def name(self) -> str:
        """Unique, and the stem of its files."""
        ...

    @property
    def place(self) -> str:
        """Path of its file below ``models``, and of the other below ``observations``."""
        ...

    @property
    def present(self) -> bool:
        """Whether its file is in the store."""
        ...

    def write(self, path: Path) -> None:
        """Put its file at `path`."""
        ...


class Source(Protocol):
    """Gives the models of a store."""

    @property
    def settings(self) -> Mapping[str, object]:
        """What the manifest says of how the models were made."""
        ...

    def models(self, root: Path) -> Sequence[StoreModel]:
        """All models, for the store at `root`."""
        ...


@dataclass(frozen=True, slots=True)
class Winds:
    """Analytic winds with parameters drawn from a seed.

    Parameters
    ----------
    number : int
    grid : int
        Cells along each side, at least 8.
    seed : int
    """

    number: int
    grid: int = 48
    seed: int = 0

    def __post_init__(self) -> None:
        if self.grid < 8:
            raise ConfigError("grid", expected="at least 8", seen=str(self.grid))

    @property
    def settings(self) -> Mapping[str, object]:
        """The kind of the models and their grid; the names tell the parameters."""
        return {"models": "analytic winds", "grid": self.grid}

    def models(self, root: Path) -> Sequence[StoreModel]:
        """The winds."""
        winds = unique_names(draw_winds(self.number, self.seed))
        return [_Wind(name, parameters, self.grid) for name, parameters in winds.items()]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The model files below a folder, which may be the folder ``models`` of the store.

    From another folder a file is linked into the store, or copied where file systems do not
    allow that.
    """

    root: Path

    @property
    def settings(self) -> Mapping[str, object]:
        """That they are files."""
        return {"models": "files"}

    def models(self, root: Path) -> Sequence[StoreModel]:
        """The files, by name.

        Raises
        ------
        ConfigError
            If there are none, or two of one name, or a name that the store does not allow.
        """
        paths = sorted(
            (p for p in self.root.resolve().rglob(f"*{_SUFFIX}") if not _hidden(p, self.root)),
            key=lambda path: (path.stem, path),
        )
        if not paths:
            raise ConfigError("models", expected=f"files *{_SUFFIX}", seen=f"none in {self.root}")
        for path, following in zip(paths, [*paths[1:], None], strict=True):
            if not NAME_PATTERN.fullmatch(path.stem):
                raise ConfigError(
                    "name of a model",
                    expected="letters, digits and . _ + -",
                    seen=repr(path.stem),
                    where=str(path),
                )
            if following is not None and following.stem == path.stem:
                raise ConfigError(
                    "name of a model", expected="one file of it", seen=f"{path} and {following}"
                )
        base = self.root.resolve()
        present = base == (root / "models").resolve()
        return [_File(p.stem, p.relative_to(base).as_posix(), present, p) for p in paths]


@dataclass(frozen=True, slots=True)
class _Wind:
    name: str
    parameters: Parameters
    grid: int
    present: bool = False

    @property
    def place(self) -> str:
        return f"{self.name}{_SUFFIX}"

    def write(self, path: Path) -> None:
        title = f"{str(self.parameters['morphology']).capitalize()} wind of an AGB star"
        code = f"lineform analytic wind {__version__}"
        header = Header("model", self.name, title, code, self.parameters)
        write_model(path, header, wind_on_grid(self.parameters, self.grid))


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    place: str
    present: bool
    path: Path

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.path, path)
        except OSError:
            shutil.copyfile(self.path, path)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root.resolve()).parts)
