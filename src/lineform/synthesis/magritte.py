"""The engine that drives an installed Magritte (De Ceuster et al. 2020, MNRAS 492, 1812).

Magritte images what lies between the outer points of a model, with pixels that it chooses from
them. Two points of their own, far apart on the diagonal of the image and without neighbours, are
added here: no ray meets them, and the pixels become those that were asked for.
"""

import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from lineform.constants import LIGHT_SPEED
from lineform.cube import View
from lineform.errors import ConfigError
from lineform.func.radiation import planck
from lineform.io import Header, write_model
from lineform.magritte import additions
from lineform.mesh import Mesh, mesh_of
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.base import Scene

__all__ = ["ENGINE"]

_PARTS = ("Model", "__version__", "pcmt_n_threads_avail")
"""What only the core of Magritte has, and no other tool of that name."""

_DOCUMENTATION = "https://magritte.readthedocs.io"
_LARGEST = 2**28
"""Numbers in an image of Magritte."""

_PROFILE = 2048
"""Rays across a spherical model."""


@dataclass(frozen=True, slots=True)
class _Magritte:
    """Magritte as an engine."""

    name: str = "magritte"
    program: str = "Magritte"

    def version(self) -> str:
        """Magritte's own version."""
        return str(_core().__version__)

    def cubes(self, scene: Scene) -> Iterator[FloatArray]:
        """See `lineform.synthesis.base.Engine`.

        Raises
        ------
        ConfigError
            If Magritte is not installed, or cannot do what is asked for.
        """
        core = _core()
        _check(scene)
        mesh = mesh_of(scene.state)
        for view in scene.views:
            for molecule, lines in scene.molecules.items():
                with TemporaryDirectory(prefix="lineform-") as folder:
                    seen = _Seen(core, scene, molecule, Path(folder) / "model.h5")
                    yield from seen.cubes(view, lines, mesh)


def _core() -> Any:  # noqa: ANN401
    try:
        core = import_module("magritte.core")
        missing = [part for part in _PARTS if not hasattr(core, part)]
        seen = f"another tool of that name, without {missing[0]}" if missing else ""
    except ImportError as error:
        core, seen = None, str(error)
    if not seen:
        return core
    raise ConfigError(
        "engine magritte",
        expected="an installed Magritte",
        seen=seen,
        way_out="build Magritte from its source, as its documentation says,"
        f" {_DOCUMENTATION}; the package of the name magritte on the package index is another"
        " tool; or use another engine",
    )


def _check(scene: Scene) -> None:
    for name, light in (("dust", scene.dust), ("star", scene.star)):
        if light is not None:
            raise ConfigError(
                "engine magritte", expected=f"no {name}", seen=str(light), way_out="use another"
            )
    steps = np.diff(scene.velocity)
    if len(steps) and np.ptp(steps) > 1e-6 * abs(steps[0]):
        raise ConfigError(
            "engine magritte",
            expected="channels of one width",
            seen=f"{steps.min():g} to {steps.max():g} m/s",
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A molecule of a scene, computed by Magritte through a file."""

    core: Any
    scene: Scene
    molecule: Molecule
    path: Path

    def cubes(self, view: View, lines: Sequence[Line], mesh: Mesh) -> Iterator[FloatArray]:
        scene = self.scene
        if scene.state.spherical:
            model = self._model(scene.state, mesh, lines)
            for line in lines:
                yield self._spherical(model, line)
            return
        pixels = scene.rays_per_pixel * len(scene.offsets)
        step = (scene.offsets[1] - scene.offsets[0]) / scene.rays_per_pixel
        position = scene.state.position @ view.basis().T
        reach = float(np.abs(position[mesh.outside, :2]).max())
        # Magritte images the whole model: what lies outside is cut off afterwards.
        margin = max(0, math.ceil((reach - pixels * step / 2) / step))
        corner = (pixels / 2 + margin) * step
        state, framed = _framed(scene.state, view, mesh, corner)
        model = self._model(state, framed, lines)
        for line in lines:
            image = self._image(model, line, (0.0, 0.0, -1.0), [pixels + 2 * margin] * 2)
            inner = image[:, margin : margin + pixels, margin : margin + pixels]
            yield self._averaged(inner.transpose(0, 2, 1))

    def _model(self, state: State, mesh: Mesh, lines: Sequence[Line]) -> Any:  # noqa: ANN401
        """The model in Magritte, with level populations."""
        scene, molecule = self.scene, self.molecule
        added = additions(state, {molecule: lines}, mesh=mesh, background=scene.background)
        datasets = dict(added.datasets)
        known = scene.fractions.get(molecule.name)
        if known is not None:
            extra = np.repeat(known[:1], state.n_points - len(known), axis=0)
            levels = np.concatenate([extra, known]) * state.density[molecule.name][:, None]
            place = "lines/lineProducingSpecies_0/population"
            datasets[place] = (levels, "m-3", "Level populations.")
        header = Header("model", self.path.stem, "", "", {})
        write_model(self.path, header, state, datasets, added.attributes)
        with _quiet():
            model = self.core.Model(str(self.path))
            model.compute_spectral_discretisation()
            model.compute_inverse_line_widths()
            if known is None:
                model.compute_LTE_level_populations()
            else:
                model.lines.set_emissivity_and_opacity()
        return model

    def _image(
        self,
        model: Any,  # noqa: ANN401
        line: Line,
        direction: tuple[float, float, float],
        shape: Sequence[int],
    ) -> FloatArray:
        """An image (channel, *shape), less the background; `direction` is away from us."""
        velocity = self.scene.velocity
        if math.prod(shape) * len(velocity) > _LARGEST:
            raise ConfigError(
                "engine magritte",
                expected=f"images of the whole model of at most {_LARGEST} numbers",
                seen=f"{shape[0]} x {shape[1]} pixels x {len(velocity)} channels",
                way_out="ask for fewer pixels or a larger field of view",
            )
        deep = self.scene.quantity == "optical depth"
        frequency = line.frequency * (1 - velocity / LIGHT_SPEED)
        with _quiet():
            model.compute_spectral_discretisation(frequency[-1], frequency[0], len(frequency))
            if deep:
                model.compute_image_optical_depth_new(*direction, *shape)
            else:
                model.compute_image_new(*direction, *shape)
            image = np.array(model.images[-1].I)
        # Magritte's channels ascend in frequency.
        ascending = image.T[::-1].reshape(len(velocity), *shape)
        background = np.asarray(self.scene.background)
        behind = [0.0 if deep else float(planck(nu, background)) for nu in frequency.tolist()]
        return np.asarray(ascending - np.reshape(behind, (-1, 1, 1)))

    def _spherical(self, model: Any, line: Line) -> FloatArray:  # noqa: ANN401
        scene, outer = self.scene, self.scene.state.position[-1, 0]
        profile = self._image(model, line, (0.0, 1.0, 0.0), (_PROFILE, 1))
        half = profile[:, _PROFILE // 2 :, 0]
        impact = (np.arange(_PROFILE // 2) + 0.5) * (2 * outer / _PROFILE)
        within = (np.arange(scene.rays_per_pixel) + 0.5) / scene.rays_per_pixel - 0.5
        step = scene.offsets[1] - scene.offsets[0]
        rays = (scene.offsets[:, None] + step * within).ravel()
        radius = np.hypot(*np.meshgrid(rays, rays))
        cube = [np.interp(radius, impact, channel, right=0.0) for channel in half]
        return self._averaged(np.stack(cube))

    def _averaged(self, cube: FloatArray) -> FloatArray:
        number, pixels = self.scene.rays_per_pixel, len(self.scene.offsets)
        split = cube.reshape(len(cube), pixels, number, pixels, number)
        return np.asarray(split.mean(axis=(2, 4), dtype=float), dtype=np.float32)


def _framed(state: State, view: View, mesh: Mesh, corner: float) -> tuple[State, Mesh]:
    """The model in the axes of a view, with the two points that make the frame in front.

    In front, since Magritte takes the first point for one of the boundary.
    """
    basis = view.basis()
    position = state.position @ basis.T
    depth = position[:, 2].mean()
    frame = np.array([[-corner, -corner, depth], [corner, corner, depth]])
    known = replace(
        state,
        position=np.concatenate([frame, position]),
        velocity=_twice_first(state.velocity @ basis.T),
        temperature=_twice_first(state.temperature),
        turbulence=_twice_first(state.turbulence),
        density={name: _twice_first(values) for name, values in state.density.items()},
        axes=None,
        size=None,
        populations={},
    )
    counts = np.concatenate([[0, 0], mesh.counts])
    outside = np.concatenate([[0, 1], mesh.outside + 2])
    return known, Mesh(counts, mesh.neighbours + 2, outside)


def _twice_first(values: FloatArray) -> FloatArray:
    return np.concatenate([values[:1], values[:1], values])


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of what Magritte says on standard output; its errors as ours."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        except RuntimeError as error:
            raise ConfigError("Magritte", seen=str(error)) from error
        finally:
            os.dup2(kept, 1)
            os.close(kept)


ENGINE = _Magritte()
