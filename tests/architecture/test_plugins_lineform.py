"""An engine, a way to find populations, a snapshot format and a command: one file each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from tests.architecture.source import SRC

ENGINE = '''
"""The engine ``toy``: every pixel is as bright as its channel's number."""

import numpy as np

__all__ = ["ENGINE"]


class ToyEngine:
    """Sees the same everywhere."""

    name = "toy"
    program = "Toy"

    def version(self):
        """Always the same."""
        return "7"

    def cubes(self, scene):
        """One cube for each view and line."""
        side = len(scene.offsets)
        for _ in scene.views:
            for molecule, lines in scene.molecules.items():
                level = scene.fractions[molecule.name][0, 0] if scene.fractions else 0
                for _ in lines:
                    channels = np.arange(len(scene.velocity)) + level
                    yield np.ones((1, side, side)) * channels[:, None, None]


ENGINE = ToyEngine()
'''

EXCITATION = '''
"""The excitation ``ground``: all molecules are in the lowest level."""

import numpy as np

__all__ = ["EXCITATION"]


class Ground:
    """Cold."""

    name = "ground"

    def fractions(self, state, molecule, *, background=0.0, progress=None):
        """One in the lowest level."""
        found = np.zeros((state.n_points, len(molecule.energy)))
        found[:, 0] = 1
        return found


EXCITATION = Ground()
'''

DUMP = '''
"""Snapshots of the code ``toy``: its name, and nothing else."""

import numpy as np

from lineform.dump import Dump, Shape
from lineform.scales import CodeUnits

__all__ = ["DUMP"]


class Toy:
    """A cube of eight cells."""

    name = "toy snapshot"

    def claims(self, start):
        """Whether the file begins with the word."""
        return start.startswith(b"TOY")

    def read(self, path, azimuths):
        """The gas."""
        axis = np.array([-1.0, 1.0])
        position = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
        one = np.ones(8)
        units = CodeUnits(1e13, 1e-12, 1e3, "toy")
        return Dump("toy 1", position, 0 * position, one, one, Shape(axes=(axis, axis, axis)),
                    temperature=30 * one, units=units)


DUMP = Toy()
'''

COMMAND = '''
"""The command ``quack``."""

import click

__all__ = ["COMMAND"]


@click.command("quack")
def _quack():
    """Say it."""
    click.echo("quack")


COMMAND = _quack
'''


@pytest.fixture(scope="module")
def lineform(tmp_path_factory):
    """The command line of a lineform with four more files."""
    root = tmp_path_factory.mktemp("toys")
    source = root / "src" / "lineform"
    shutil.copytree(SRC / "lineform", source, ignore=shutil.ignore_patterns("__pycache__"))
    for folder, text in (
        ("synthesis", ENGINE), ("excitation", EXCITATION), ("readers", DUMP), ("commands", COMMAND)
    ):  # fmt: skip
        (source / folder / "toy.py").write_text(text)
    (root / "snapshot").write_bytes(b"TOY")

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", "from lineform.cli import main; main()", *arguments],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root / "src")},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    run.root = root
    return run


def test_a_snapshot_format_an_engine_and_an_excitation_are_one_file_each(lineform):
    assert "8 points" in lineform("convert", "snapshot", "-o", "toy.h5")
    options = "--line", "CO 2-1", "--direction", "0,0,1", "--pixels", "2", "--channels", "4"
    toys = "--engine", "toy", "--excitation", "ground"
    lineform("synthesise", "toy.h5", "-o", "seen.h5", *options, *toys)
    with h5py.File(Path(lineform.root) / "seen.h5") as file:
        assert (file.attrs["engine"], file.attrs["engine_version"]) == ("Toy", "7")
        assert file["CO_2-1_d00/intensity"][:, 0, 0].tolist() == [1, 2, 3, 4]


def test_a_command_is_one_file(lineform):
    assert lineform("quack") == "quack\n"
