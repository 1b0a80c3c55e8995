"""Observation files of our layout: a row for each line and viewing direction."""

import math
from collections.abc import Mapping

import numpy as np

from portal.model.header import Attribute, Dataset, Header
from portal.model.record import FileRecord, Row
from portal.model.schema import CUBE, SMALL_DATASETS
from portal.readers._axes import Axis, read_axis, read_floats
from portal.readers._findings import Findings
from portal.readers._layout import check_version, is_layout, read_parameters, root_row
from portal.readers._text import describe

__all__ = ["READER"]

SPEED_OF_LIGHT = 299_792_458.0  # m/s, exact (SI)

_NUMBERS = {
    "rest_frequency": "Hz",
    "inclination": "deg",
    "azimuth": "deg",
    "distance": "pc",
    "beam_major": "arcsec",
    "beam_minor": "arcsec",
    "beam_pa": "deg",
}
_LONGEST_GROUP = 200
_AXES = {"velocity": "km/s", "frequency": "Hz", "x": "arcsec", "y": "arcsec"}


class ObservationReader:
    """Reads format ``atomium-observation``."""

    name = "atomium-observation"
    priority = 10

    def claims(self, header: Header) -> bool:
        """Whether the root attribute `format` names this format."""
        return is_layout(header, "observation")

    def read(self, header: Header) -> FileRecord:
        """Rows of the observations that are sound, and problems for what is not."""
        findings = Findings(header.path)
        check_version(header, findings)
        model = root_row(header, findings, "observation")
        if model is None:
            return FileRecord("observation", self.name, problems=tuple(findings.problems))
        root = header.groups[""]
        for column in ("engine", "engine_version"):
            model[column] = findings.text(root, column, "root")
        parameters = read_parameters(header, findings)
        rows = [
            row
            for group in sorted(header.groups)
            if group and "/" not in group and group != "parameters"
            if _named(group, findings)
            if (row := _observation(header, group, model, findings)) is not None
        ]
        if not rows:
            findings.missing("group", ["<line>_d<number>"], "root", filter(None, header.groups))
        model["species"] = sorted({str(row["species"]) for row in rows})
        model["n_observations"] = len(rows)
        return FileRecord(
            "observation",
            self.name,
            model,
            parameters,
            tuple(rows),
            tuple(findings.problems),
        )


def _observation(header: Header, group: str, model: Row, findings: Findings) -> Row | None:
    """The row of one observation, or None where an error was found in it."""
    errors = _errors(findings)
    attrs = header.groups[group]
    row: Row = {
        "dataproduct_type": "cube",
        "calib_level": 4,
        "obs_id": f"{model['model_id']}/{group}",
        "access_format": "application/x-hdf5",
        "target_name": model["model_id"],
        "o_ucd": "phot.flux.density.sb",
        "o_unit": "W m-2 Hz-1 sr-1",
        "facility_name": "ATOMIUM",
        "instrument_name": model["engine"],
        "model_id": model["model_id"],
        "path": header.path,
        "hdf5_group": group,
        "engine": model["engine"],
        "engine_version": model["engine_version"],
    }
    species, transition = (findings.text(attrs, n, group) for n in ("species", "transition"))
    row |= {"species": species, "transition": transition, "line": f"{species} {transition}"}
    row |= {name: findings.number(attrs, name, group, unit) for name, unit in _NUMBERS.items()}
    _check_direction(attrs, group, findings)
    axes = {
        name: read_axis(header, group, name, unit, findings, ascending=name == "velocity")
        for name, unit in _AXES.items()
    }
    sound = {name: axis for name, axis in axes.items() if axis is not None}
    if len(sound) == len(axes):
        row |= _axis_columns(sound, row)
        _check_shapes(header, group, sound, findings)
        _check_velocity(group, sound, row["rest_frequency"], findings)
        row |= _spectrum_columns(header, group, sound["velocity"], findings)
    row |= _small_datasets(header, group)
    return row if _errors(findings) == errors else None


def _named(group: str, findings: Findings) -> bool:
    """Whether the name of the group can be written into a table and a URL."""
    if group.isprintable() and len(group) <= _LONGEST_GROUP:
        return True
    findings.add(
        "bad-name",
        "root: name of a group with characters that cannot be shown, or very long",
        describe(group),
        "<line>_d<number>, such as CO_2-1_d00",
        "rename the group",
    )
    return False


def _errors(findings: Findings) -> int:
    return sum(problem.severity == "error" for problem in findings.problems)


def _check_direction(attrs: Mapping[str, Attribute], group: str, findings: Findings) -> None:
    direction = attrs.get("direction")
    if direction is None:
        findings.missing("attribute", ["direction"], group, attrs)
        return
    if (
        isinstance(direction, np.ndarray)
        and direction.shape == (3,)
        and direction.dtype.kind in "iuf"
        and abs(float(np.linalg.norm(direction.astype(np.float64))) - 1) < 1e-3
    ):
        return
    findings.add(
        "bad-direction",
        f"{group}: direction is no unit vector",
        describe(direction),
        "three numbers of length 1, from the model to the observer",
        "write the unit vector",
    )


def _axis_columns(axes: dict[str, Axis], row: Row) -> Row:
    velocity, frequency, x, y = (axes[name] for name in ("velocity", "frequency", "x", "y"))
    width = float(np.median(frequency.widths))
    middle = (frequency.low + frequency.high) / 2
    beam = row["beam_major"]
    # Without a beam nothing blurs the image but its pixels.
    pixel = max(axis.span / len(axis.centres) for axis in (x, y))
    return {
        "s_fov": math.hypot(x.span, y.span) / 3600,
        "s_resolution": beam if isinstance(beam, float) and beam > 0 else pixel or None,
        "s_xel1": len(x.centres),
        "s_xel2": len(y.centres),
        "em_min": SPEED_OF_LIGHT / frequency.high,
        "em_max": SPEED_OF_LIGHT / frequency.low if frequency.low > 0 else None,
        "em_res_power": middle / width if width else None,
        "em_xel": len(frequency.centres),
        "n_channels": len(velocity.centres),
        "velocity_min": float(velocity.centres[0]),
        "velocity_max": float(velocity.centres[-1]),
    }


def _check_shapes(header: Header, group: str, axes: dict[str, Axis], findings: Findings) -> None:
    channels, rows, columns = (len(axes[name].centres) for name in ("velocity", "y", "x"))
    expected = {
        "intensity": (channels, rows, columns),
        "frequency": (channels,),
        "spectrum": (channels,),
        "moment0": (rows, columns),
        "moment1": (rows, columns),
        "moment2": (rows, columns),
    }
    for name, shape in expected.items():
        dataset = header.datasets.get(f"{group}/{name}")
        if dataset is None:
            findings.missing("dataset", [name], group, ())
        elif dataset.shape != shape:
            findings.add(
                "shape-mismatch",
                f"{group}/{name}: shape differs from the axes",
                str(dataset.shape),
                str(shape),
                "write the dataset and its axes again",
            )


def _check_velocity(group: str, axes: dict[str, Axis], rest: object, findings: Findings) -> None:
    velocity, frequency = axes["velocity"].centres, axes["frequency"].centres
    if not isinstance(rest, float) or len(velocity) != len(frequency):
        return
    # Radio convention: v = c (1 - f / f0).
    expected = SPEED_OF_LIGHT / 1e3 * (1 - frequency / rest) if rest else frequency
    if rest > 0 and np.abs(expected - velocity).max() <= max(axes["velocity"].widths.max(), 1e-3):
        return
    findings.add(
        "axes-disagree",
        f"{group}: velocity and frequency do not belong together",
        f"velocity {velocity[0]:.6g} to {velocity[-1]:.6g} km/s",
        f"{expected[0]:.6g} to {expected[-1]:.6g} km/s from frequency and rest_frequency",
        "check the sign of the velocity and the rest frequency",
    )


def _spectrum_columns(header: Header, group: str, velocity: Axis, findings: Findings) -> Row:
    spectrum = read_floats(header, group, "spectrum", "Jy", findings)
    if spectrum is None or spectrum.shape != velocity.centres.shape:
        return {}
    bad = int((~np.isfinite(spectrum)).sum())
    if bad:
        findings.add(
            "nan-spectrum",
            f"{group}/spectrum: NaN or infinite in {bad} of {len(spectrum)} channels",
            f"{bad} channels",
            "numbers",
            "no flux is given for this observation; compute the spectrum again",
            "warning",
        )
        return {}
    return {
        "peak_flux_density": float(spectrum.max()),
        "integrated_flux": float((spectrum * velocity.widths).sum()),
    }


def _small_datasets(header: Header, group: str) -> Row:
    row: Row = {}
    for name in SMALL_DATASETS:
        dataset = header.datasets.get(f"{group}/{name}")
        if dataset is not None:
            row |= _place(name, dataset)
    cube = header.datasets.get(f"{group}/{CUBE}")
    return row if cube is None else row | _cube(cube)


def _place(name: str, dataset: Dataset) -> Row:
    return {
        f"{name}_offset": dataset.offset,
        f"{name}_nbytes": dataset.nbytes,
        f"{name}_dtype": dataset.dtype,
        f"{name}_shape": list(dataset.shape),
        f"{name}_filters": ",".join(dataset.filters),
    }


def _cube(dataset: Dataset) -> Row:
    return {
        f"{CUBE}_shape": list(dataset.shape),
        f"{CUBE}_chunks": None if dataset.chunks is None else list(dataset.chunks),
        f"{CUBE}_dtype": dataset.dtype,
        f"{CUBE}_filters": ",".join(dataset.filters),
        f"{CUBE}_index": dataset.index,
    }


READER = ObservationReader()
