"""What the page of one model prints."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

from portal.catalog.merge import Rows
from portal.catalog.paths import data_href, model_page
from portal.model.collection import Collection
from portal.model.schema import Column
from portal.pages._dataset import bibtex, citation, model_json_ld
from portal.pages._neighbours import Neighbour
from portal.pages._snippets import samples
from portal.pages._text import clean, human_bytes, label, number, unit
from portal.pages.base import Contents, Context
from portal.previews.figures import Figures, draw
from portal.previews.maps import gradients

__all__ = ["Subject", "contents"]

_DEPTH = 2
_ROOT = "../" * _DEPTH


@dataclass(frozen=True, slots=True)
class Subject:
    """A model and what surrounds it.

    Parameters
    ----------
    row, observations, files
        Its rows in the tables.
    problems
        Rows of the table of problems that concern its files.
    before, after
        Names of the models next to it in the catalogue; None at the ends.
    stores
        Folders to look for its files in.
    """

    collection: Collection
    parameters: tuple[Column, ...]
    row: Rows
    observations: list[Rows]
    files: list[Rows]
    problems: list[Rows]
    neighbours: tuple[Neighbour, ...]
    before: str | None
    after: str | None
    stores: tuple[Path, ...] = ()


def contents(subject: Subject) -> Contents:
    """The page of a model."""
    row, collection = subject.row, subject.collection
    name = clean(row["model_id"])
    url = urljoin(collection.site_url, quote(model_page(row["model_id"])))
    summary = _summary(subject)
    picture = model_page(row["model_id"]).removesuffix("html") + "png"
    sizes = {f["path"]: f["bytes"] for f in subject.files}
    named = [o | {"line": clean(o["line"] or o["hdf5_group"])} for o in subject.observations]
    figures = draw(subject.stores, named, sizes, picture.rpartition("/")[2])
    context: Context = {
        "title": f"{name} – {collection.title}",
        "topic": name,
        "description": f"{summary}. Files, previews, parameters and examples.",
        "canonical": url,
        "name": name,
        "heading": clean(row["title"]) if row["title"] else None,
        "collection": collection.title,
        "summary": summary,
        "license": clean(row["license"]),
        "license_url": collection.license_url,
        "facts": _facts(row),
        "problems": [_problem(p) for p in subject.problems],
        "parameters": _parameters(subject),
        "figures": _figures(figures),
        "observations": [_observation(o) for o in subject.observations],
        "files": [_file(collection, f) for f in subject.files],
        "samples": samples(collection, row, subject.observations, subject.files),
        "citation": citation(collection, name, url),
        "bibtex": bibtex(collection, name, url),
        "neighbours": [_neighbour(n) for n in subject.neighbours],
        "before": _link(subject.before),
        "after": _link(subject.after),
        "json_ld": model_json_ld(collection, url, summary, row, subject.files, subject.parameters),
    }
    return Contents(context, {} if figures.picture is None else {picture: figures.picture})


def _figures(figures: Figures) -> Context | None:
    if not figures.spectra and not figures.maps:
        return None
    rows: list[Context] = [
        {
            "line": row.line,
            "title": row.title,
            "panels": [{"svg": svg, "view": view} for svg, view in row.panels],
            "bar": row.bar,
        }
        for row in figures.maps
    ]
    return {
        "spectra": list(figures.spectra),
        "legend": [{"style": style, "view": view} for style, view in figures.legend],
        "maps": rows,
        "gradients": gradients(),
    }


def _summary(subject: Subject) -> str:
    """One line that tells this model from others."""
    row = subject.row
    parts = []
    if row.get("morphology"):
        parts.append(f"{clean(row['morphology']).capitalize()} wind")
    for name, symbol in (("mass_loss_rate", "Ṁ"), ("terminal_velocity", "v∞")):
        column = next((c for c in subject.parameters if c.name == name), None)
        shown = number(row.get(name), 3)
        if column and shown:
            parts.append(f"{symbol} = {shown} {unit(column.unit)}")
    lines = list(dict.fromkeys(clean(o["line"]) for o in subject.observations if o["line"]))
    if lines:
        more = f" and {len(lines) - 4} more lines" if len(lines) > 4 else ""
        parts.append(f"{', '.join(lines[:4])}{more}")
    if subject.observations:
        views = len({(o["inclination"], o["azimuth"]) for o in subject.observations})
        parts.append(f"{views} viewing direction{'s' * (views != 1)}")
    return " · ".join(parts) or f"Model of {clean(row['code'] or row['format'])}"


def _facts(row: Rows) -> list[Context]:
    engine = " ".join(filter(None, [row["engine"], row["engine_version"]]))
    said = {
        "Model made with": row["code"],
        "Lines made with": engine,
        "Points": number(row["n_points"]),
        "Species": ", ".join(row["species"] or ()),
        "Observations": number(row["n_observations"]),
        "Format": row["format"],
        "Size": human_bytes(row["bytes"]),
    }
    return [{"name": key, "value": clean(value)} for key, value in said.items() if value]


def _parameters(subject: Subject) -> list[Context]:
    shown: list[Context] = []
    for column in subject.parameters:
        value = number(subject.row[column.name])
        if value is not None:
            shown.append(
                {
                    "label": label(column.name),
                    "name": clean(column.name),
                    "value": value,
                    "unit": unit(column.unit),
                    "meaning": clean(column.description),
                }
            )
    return shown


def _observation(row: Rows) -> Context:
    frequency = row["rest_frequency"]
    pixels = " × ".join(str(n) for n in (row["s_xel1"], row["s_xel2"]) if n is not None)
    return {
        "line": clean(row["line"] or row["hdf5_group"]),
        "group": clean(row["hdf5_group"]),
        "frequency": number(frequency / 1e9, 9) if frequency is not None else None,
        "inclination": number(row["inclination"], 4),
        "azimuth": number(row["azimuth"], 4),
        "distance": number(row["distance"], 4),
        "channels": number(row["n_channels"]),
        "pixels": pixels or None,
        "peak": number(row["peak_flux_density"], 4),
    }


def _file(collection: Collection, row: Rows) -> Context:
    return {
        "name": clean(row["path"]),
        "kind": clean(row["kind"]).capitalize(),
        "href": data_href(collection, row["path"], _DEPTH),
        "size": human_bytes(row["bytes"]),
        "bytes": number(row["bytes"]),
        "sha256": row["sha256"],
    }


def _problem(row: Rows) -> Context:
    return {
        key: clean(row[key]) if row[key] else None
        for key in ("severity", "what", "seen", "expected", "way_out")
    }


def _neighbour(neighbour: Neighbour) -> Context:
    return {
        "name": clean(neighbour.model_id),
        "href": _ROOT + quote(model_page(neighbour.model_id)),
        "differences": neighbour.differences(),
    }


def _link(model_id: str | None) -> Context | None:
    if model_id is None:
        return None
    return {"name": clean(model_id), "href": _ROOT + quote(model_page(model_id))}
