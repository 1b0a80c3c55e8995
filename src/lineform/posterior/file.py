"""Posterior files: format ``atomium-posterior``, version 1.0.

::

    /                     format, name, title, distance, evidence, warnings, doubts, ...
    /parameters           medians of the numbers, and the ends of their 68 % intervals if there are
                          several samples and no doubts
    /settings/GROUP       what was asked, versions, the files that were read
    /diagnostics          of the method of inference
    /grid/x, y, z         centres of the cells
    /fields/NAME          samples, mean, deviation, quantiles, prior, width_ratio
    /numbers/NAME         samples, prior_samples, quantiles, prior_quantiles
    /correlations/A,B     of two fields, cell by cell
    /number_correlations
    /fits/NAME            axes, data, model, deviation, residual, rms, chi2, dof, spectra
    /latent/samples, weight, mode

Arrays of cells lie in blocks of at most 32 cells a side, a sample in each, so that a slice or the
mean of one field is cheap to read over a network.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np

from lineform import __version__
from lineform.cube import Beam
from lineform.errors import ReadError
from lineform.hdf5 import Dataset, read_file, write_file
from lineform.posterior.base import QUANTILES, Field, Fit, Number, Posterior
from lineform.species import Line

__all__ = ["read_posterior", "write_posterior"]

FORMAT = "atomium-posterior"

_SIDE = 32
_SMALL = 4096
"""Datasets below this lie in one plain block [byte]."""

_GROUP, _NODE, _NODE_FILL, _PAGE = 1024, 3136, 32, 65536
"""Metadata of a group or dataset and of a node of an index [byte], blocks in a node at least,
and the step of page sizes [byte]."""

_FIELD = {
    "samples": "Samples of the posterior.",
    "mean": "Mean of the samples.",
    "deviation": "Standard deviation of the samples.",
    "quantiles": "Quantiles of the samples, at the probabilities of the root.",
    "prior": "Quantiles of the prior, at the probabilities of the root.",
    "width_ratio": "Width of the 68 % interval over that of the prior.",
}
_NUMBER = {
    "samples": "Samples of the posterior.",
    "prior_samples": "Samples of the prior.",
    "quantiles": "Quantiles of the samples, at the probabilities of the root.",
    "prior_quantiles": "Quantiles of the prior, at the probabilities of the root.",
}
_FIT: Mapping[str, tuple[str, str]] = {
    "velocity": ("km/s", "Radio velocity of the channels."),
    "x": ("arcsec", "Offsets of the pixel centres to the right."),
    "y": ("arcsec", "Offsets of the pixel centres upwards."),
    "data": ("K", "What was measured; NaN where nothing was."),
    "model": ("K", "Mean of the cubes of the samples."),
    "deviation": ("K", "Standard deviation of the cubes of the samples."),
    "residual": ("K", "Data less model."),
    "rms": ("K", "Of the noise."),
    "chi2": ("", "Sum of squares of the whitened residual of each channel."),
    "dof": ("", "What chi2 would be on average if the model were the truth."),
    "spectrum": ("Jy", "Flux density of the measured pixels."),
    "spectra": ("Jy", "The same of each sample."),
}

_T = TypeVar("_T")


def write_posterior(path: Path, posterior: Posterior) -> None:
    """Write a posterior file; it appears under `path` only when complete.

    Arrays of cells and pixels are written as float32. The bytes depend on nothing but the
    posterior.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    datasets = [*_datasets(posterior)]
    write_file(path, _root(posterior), _groups(posterior), datasets, _page(datasets))


def read_posterior(path: Path) -> Posterior:
    """The posterior in a file.

    Raises
    ------
    ReadError
        If the file is not a posterior file.
    """
    return read_file(path, _posterior, "a posterior file")


def _root(posterior: Posterior) -> dict[str, object]:
    return {
        "format": FORMAT,
        "name": posterior.name,
        "title": posterior.title,
        "code": "lineform",
        "engine": "lineform",
        "engine_version": __version__,
        "distance": float(posterior.distance),
        "distance_unit": "pc",
        "samples": len(posterior.weight),
        "modes": len(posterior.mode_weights),
        "evidence": float(posterior.evidence),
        "evidence_kind": posterior.evidence_kind,
        "quantiles": np.array(QUANTILES),
        "warnings": "\n".join(posterior.warnings),
        "doubts": "\n".join(posterior.doubts),
    }


def _groups(posterior: Posterior) -> dict[str, Mapping[str, object]]:
    groups: dict[str, Mapping[str, object]] = {
        "parameters": _parameters(posterior.numbers, widths=not posterior.doubts),
        "diagnostics": dict(posterior.diagnostics),
        **{f"settings/{name}": values for name, values in posterior.settings.items()},
    }
    for order, field in enumerate(posterior.fields):
        groups[f"fields/{field.name}"] = {
            "order": order,
            "unit": field.unit,
            "description": field.description,
            "logarithmic": int(field.logarithmic),
        }
    for order, number in enumerate(posterior.numbers):
        groups[f"numbers/{number.name}"] = {
            "order": order,
            "unit": number.unit,
            "description": number.description,
            "prior": number.prior,
            "logarithmic": int(number.logarithmic),
            "period": float(number.period),
            "mean": number.mean,
            "deviation": number.deviation,
        }
    for order, fit in enumerate(posterior.fits):
        groups[f"fits/{fit.name}"] = {"order": order, **_fit_attributes(fit)}
    return groups


def _parameters(numbers: Sequence[Number], *, widths: bool) -> dict[str, object]:
    """Attributes as those of the parameters of a model: the median, and the 68 % interval.

    A single sample has no interval, and one that is not to be trusted is not searched for.
    """
    attributes: dict[str, object] = {}
    for number in numbers:
        told = (
            (number.name, 2, number.description),
            (f"{number.name}_p16", 1, f"16 % quantile of {number.name}."),
            (f"{number.name}_p84", 3, f"84 % quantile of {number.name}."),
        )
        for name, place, text in told if widths and len(number.samples) > 1 else told[:1]:
            attributes[name] = float(number.quantiles[place])
            attributes[f"{name}_unit"] = number.unit
            attributes[f"{name}_description"] = text
    return attributes


def _fit_attributes(fit: Fit) -> dict[str, object]:
    attributes: dict[str, object] = {
        "species": fit.line.species,
        "transition": fit.line.transition,
        "rest_frequency": float(fit.line.frequency),
        "correlated": int(fit.correlated),
        "source": fit.source,
        "remarks": "\n".join(fit.remarks),
    }
    if fit.centre is not None:
        attributes["centre"] = np.array(fit.centre)
    if fit.beams:
        attributes["beam"] = np.array([(b.major, b.minor, b.position_angle) for b in fit.beams])
        attributes["beam_unit"] = "arcsec, arcsec, deg"
    return attributes


def _datasets(posterior: Posterior) -> Iterator[Dataset]:
    for name, axis in zip("xyz", posterior.axes, strict=True):
        yield _dataset(f"grid/{name}", axis, "m", f"Cell centres along {name}.")
    yield _dataset("latent/samples", posterior.latent, "", "Standard normal under the prior.", 1)
    yield _dataset("latent/weight", posterior.weight, "", "Weight of each sample.")
    yield _dataset("latent/mode", posterior.mode, "", "Which mode each sample belongs to.")
    yield _dataset(
        "number_correlations",
        posterior.number_correlations,
        "",
        "Correlations of the numbers, in their order.",
    )
    for number in posterior.numbers:
        for part, text in _NUMBER.items():
            values = getattr(number, part)
            yield _dataset(f"numbers/{number.name}/{part}", values, number.unit, text)
    for fit in posterior.fits:
        for part, (unit, text) in _FIT.items():
            values = getattr(fit, part)
            lead = 1 if values.ndim == 3 else -1
            yield _dataset(f"fits/{fit.name}/{part}", values, unit, text, lead)
    for pair, values in posterior.correlations.items():
        text = f"Correlation of {pair[0]} and {pair[1]} over the samples."
        yield _dataset(f"correlations/{','.join(pair)}", values, "", text, 0)
    yield from _field_datasets(posterior.fields)


def _field_datasets(fields: Sequence[Field]) -> Iterator[Dataset]:
    for field in fields:
        for part, text in _FIELD.items():
            values = getattr(field, part)
            unit = "" if part == "width_ratio" else field.unit
            yield _dataset(f"fields/{field.name}/{part}", values, unit, text, values.ndim - 3)


def _dataset(path: str, values: np.ndarray, unit: str, text: str, lead: int = -1) -> Dataset:
    """A dataset; of arrays with `lead` axes before those of space, each step is a block."""
    array = np.asarray(values) if lead < 0 else np.asarray(values, dtype=np.float32)
    if lead < 0 or array.nbytes < _SMALL:
        return Dataset(path, array, unit, text)
    chunks = (1,) * lead + tuple(
        length if array.ndim - lead < 3 else min(length, _SIDE) for length in array.shape[lead:]
    )
    return Dataset(path, array, unit, text, chunks)


def _page(datasets: Sequence[Dataset]) -> int:
    """Size of the pages, so that all metadata and indices lie in the first [byte]."""
    needed = _GROUP * (len(datasets) + 16)
    for dataset in datasets:
        if dataset.chunks:
            shape = zip(dataset.values.shape, dataset.chunks, strict=True)
            needed += _NODE * (1 + -(-prod(-(-n // m) for n, m in shape) // _NODE_FILL))
    return -(-needed // _PAGE) * _PAGE


def _posterior(file: h5py.File) -> Posterior:
    form = str(file.attrs.get("format", ""))
    if form != FORMAT:
        raise ReadError(
            "format of the file",
            expected=FORMAT,
            seen=form or "none",
            way_out="make one from a cube: lineform deproject",
            where=file.filename,
        )
    attributes, latent = file.attrs, file["latent"]
    return Posterior(
        name=str(attributes["name"]),
        title=str(attributes["title"]),
        axes=(file["grid/x"][:], file["grid/y"][:], file["grid/z"][:]),
        distance=float(attributes["distance"]),
        fields=_each(file, "fields", _field),
        numbers=_each(file, "numbers", _number),
        fits=_each(file, "fits", _fit),
        latent=latent["samples"][:],
        weight=latent["weight"][:],
        mode=latent["mode"][:],
        correlations=_correlations(file),
        number_correlations=file["number_correlations"][:],
        evidence=float(attributes["evidence"]),
        evidence_kind=str(attributes["evidence_kind"]),
        diagnostics={name: float(v) for name, v in file["diagnostics"].attrs.items()},
        warnings=_lines(attributes["warnings"]),
        # Files that were written before had none.
        doubts=_lines(attributes.get("doubts", "")),
        settings=_settings(file),
    )


def _each(file: h5py.File, name: str, part: Callable[[str, h5py.Group], _T]) -> tuple[_T, ...]:
    groups = file[name].items() if name in file else ()
    ordered = sorted(groups, key=lambda item: int(item[1].attrs["order"]))
    return tuple(part(key, group) for key, group in ordered)


def _field(name: str, group: h5py.Group) -> Field:
    return Field(
        name=name,
        unit=str(group.attrs["unit"]),
        description=str(group.attrs["description"]),
        logarithmic=bool(group.attrs["logarithmic"]),
        **{part: group[part][:] for part in _FIELD},
    )


def _number(name: str, group: h5py.Group) -> Number:
    a = group.attrs
    return Number(
        name=name,
        unit=str(a["unit"]),
        description=str(a["description"]),
        prior=str(a["prior"]),
        logarithmic=bool(a["logarithmic"]),
        period=float(a["period"]),
        mean=float(a["mean"]),
        deviation=float(a["deviation"]),
        **{part: group[part][:] for part in _NUMBER},
    )


def _fit(name: str, group: h5py.Group) -> Fit:
    a: Mapping[str, Any] = group.attrs
    frequency = float(a["rest_frequency"])
    line = Line(str(a["species"]), str(a["transition"]), frequency, float("nan"), -1, -1)
    centre = a.get("centre")
    return Fit(
        name=name,
        line=line,
        beams=tuple(Beam(*map(float, beam)) for beam in a.get("beam", ())),
        centre=None if centre is None else (float(centre[0]), float(centre[1])),
        correlated=bool(a["correlated"]),
        source=str(a["source"]),
        remarks=_lines(a["remarks"]),
        **{part: group[part][:] for part in _FIT},
    )


def _correlations(file: h5py.File) -> dict[tuple[str, str], np.ndarray]:
    found = {}
    for name, dataset in file.get("correlations", {}).items():
        first, second = name.split(",")
        found[first, second] = dataset[:]
    return found


def _settings(file: h5py.File) -> dict[str, dict[str, str | float]]:
    return {
        name: {key: v if isinstance(v, str) else v.item() for key, v in group.attrs.items()}
        for name, group in file.get("settings", {}).items()
    }


def _lines(text: object) -> tuple[str, ...]:
    return tuple(str(text).split("\n")) if text else ()
