"""What the pages of a group of models print."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup

from portal.catalog.datalinks import document_path
from portal.catalog.merge import Rows
from portal.catalog.paths import report_path
from portal.columns import Column, Integers
from portal.pages._advisories import banners, corrections
from portal.pages._dataset import bibtex, citation, model_json_ld
from portal.pages._neighbours import COUNT, SHOWN
from portal.pages._printed import Printed
from portal.pages._shapes import FACTS, Shape
from portal.pages._snippets import Sampled, samples
from portal.pages._text import clean, label, unit
from portal.pages.base import Context, Leaf
from portal.previews.figures import Figures
from portal.previews.maps import gradients

__all__ = ["context_of", "figures_of"]

_ROOT = "../../"


def context_of(
    printed: Printed, shape: Shape, rows: Integers, figures: Context | None = None
) -> Context:
    """The context of the models `rows` of a batch, which all have that shape."""
    collection = shape.collection
    name, url = printed.model("model_id").take(rows), printed.urls.take(rows)
    summary = printed.summaries.take(rows)
    batch = printed.batch
    files = [_file(printed, batch.first_file[rows] + n, shape, n) for n in range(shape.n_files)]
    cited = citation(collection, name, url)
    return {
        "topic": name,
        "canonical": url,
        "heading": printed.model("title").take(rows) if shape.has_title else None,
        "collection": collection.title,
        "summary": summary,
        "license": printed.model("license").take(rows),
        "license_url": collection.license_url,
        "facts": [
            {"name": fact, "value": printed.facts[fact].take(rows)}
            for fact, told in zip(FACTS, shape.facts, strict=True)
            if told
        ],
        "problems": [_problem(p) for p in shape.problems],
        "advisories": banners(batch.advisories, shape.advisories),
        "parameters": _parameters(printed, shape, rows),
        "figures": figures,
        "observations": [
            _observation(printed, batch.first_observation[rows] + n, shown)
            for n, shown in enumerate(shape.observations)
        ],
        "files": files,
        "report": _report(printed, rows) if shape.has_report else None,
        "datalink": name.map(_links) if shape.observations else None,
        "samples": _samples(printed, shape, rows, name),
        "citation": cited,
        "bibtex": bibtex(collection, name, url),
        "neighbours": _neighbours(printed, shape, rows),
        "before": _link(printed, rows) if shape.has_before else None,
        "after": _link(printed, rows + 2) if shape.has_after else None,
        "json_ld": _json_ld(printed, shape, rows, cited),
        "model_data": _model_data(printed, shape, rows, name),
    }


def figures_of(drawn: Sequence[Figures], pictures: Sequence[str]) -> Context | None:
    """The previews of a group of models, whose figures are of one shape, and their pictures."""
    first = drawn[0]
    if not first.spectra and not first.maps:
        return None
    rows: list[Context] = [
        {
            "line": Column([f.maps[n].line for f in drawn]),
            "title": row.title,
            "panels": [
                {
                    "svg": Column([f.maps[n].panels[k][0] for f in drawn], markup=True),
                    "view": Column([f.maps[n].panels[k][1] for f in drawn]),
                }
                for k in range(len(row.panels))
            ],
            "bar": Column([f.maps[n].bar for f in drawn], markup=True),
        }
        for n, row in enumerate(first.maps)
    ]
    spectra = [
        Column([f.spectra[n] for f in drawn], markup=True) for n in range(len(first.spectra))
    ]
    legend: list[Context] = [
        {"style": style, "view": Column([f.legend[n][1] for f in drawn])}
        for n, (style, _) in enumerate(first.legend)
    ]
    return {
        "spectra": spectra,
        "legend": legend,
        "maps": rows,
        # A program that mirrors the site follows this link, and not those inside of a drawing.
        "picture": Column([quote(name) for name in pictures]) if rows else None,
        "gradients": gradients(),
    }


def _parameters(printed: Printed, shape: Shape, rows: Integers) -> list[Context]:
    return [
        {
            "label": label(column.name),
            "name": clean(column.name),
            "value": printed.model(column.name).take(rows),
            "unit": unit(column.unit),
            "meaning": clean(column.description),
        }
        for column in shape.parameters
    ]


_CELLS = ("inclination", "azimuth", "distance", "n_channels", "peak_flux_density")


def _observation(printed: Printed, rows: Integers, shown: Sequence[bool]) -> Context:
    cells: list[Leaf] = [printed.observation(name).take(rows) for name in _CELLS]
    given = [printed.frequency.take(rows), *cells, printed.pixels.take(rows)]
    frequency, inclination, azimuth, distance, channels, peak, pixels = (
        cell if told else None for cell, told in zip(given, shown, strict=True)
    )
    return {
        "line": printed.lines.take(rows),
        "group": printed.observation("hdf5_group").take(rows),
        "frequency": frequency,
        "inclination": inclination,
        "azimuth": azimuth,
        "distance": distance,
        "channels": channels,
        "pixels": pixels,
        "peak": peak,
    }


def _file(printed: Printed, rows: Integers, shape: Shape, number: int) -> Context:
    return {
        "name": printed.file("path").take(rows),
        "kind": printed.file_kinds.take(rows),
        "href": printed.file_hrefs.take(rows),
        "size": printed.file_sizes.take(rows),
        "bytes": printed.file("bytes").take(rows),
        "sha256": printed.file("sha256").take(rows) if shape.has_sha256[number] else None,
    }


def _report(printed: Printed, rows: Integers) -> Column:
    """Address of the report beside the one file of a posterior."""
    return printed.file_hrefs.take(printed.batch.first_file[rows]).map(report_path)


def _links(name: str) -> str:
    """Address of the document of links of a model."""
    return quote(_ROOT + document_path({"model_id": name}))


def _problem(row: Rows) -> Context:
    return {
        key: clean(row[key]) if row[key] else None
        for key in ("severity", "what", "seen", "expected", "way_out")
    }


def _samples(printed: Printed, shape: Shape, rows: Integers, name: Column) -> list[Context]:
    if not shape.n_files:
        return []
    batch = printed.batch
    file = batch.first_file[rows] + shape.sampled
    first = batch.first_observation[rows]
    url = printed.file_urls.take(file)
    checksum = printed.file("sha256").take(file) if shape.has_sha256[shape.sampled] else None
    group = printed.observation("hdf5_group").take(first) if shape.observations else None
    place = None
    if shape.by_range:
        plain = [printed.plain(f"spectrum_{n}") for n in ("offset", "nbytes", "dtype")]
        at, length, dtype = (column.take(first) for column in plain)
        place = (at, length, dtype)
    return samples(shape.collection, Sampled(name, url, checksum, group, place))


def _neighbours(printed: Printed, shape: Shape, rows: Integers) -> list[Context]:
    return [
        {
            "name": printed.near_names.take(rows * COUNT + place),
            "href": printed.near_hrefs.take(rows * COUNT + place),
            "differences": [
                printed.differences.take((rows * COUNT + place) * SHOWN + n) for n in range(shown)
            ],
        }
        for place, shown in enumerate(shape.neighbours)
    ]


def _link(printed: Printed, places: Integers) -> Context:
    names, hrefs = printed.around
    return {"name": names.take(places), "href": hrefs.take(places)}


def _model_data(printed: Printed, shape: Shape, rows: Integers, name: Column) -> list[Leaf] | None:
    """JSON for `site_src/app/explore/modeldata.js`; none without a file of observations."""
    if not shape.observations or not shape.n_files:
        return None
    file = printed.batch.first_file[rows] + shape.sampled
    return [
        Markup('{"id":"'),
        name.json(),
        Markup('","url":"'),
        printed.file_hrefs.take(file).json(),
        Markup('","bytes":'),
        printed.plain_file("bytes").take(file),
        Markup(',"observations":'),
        printed.observations_json.take(rows),
        Markup("}"),
    ]


def _json_ld(
    printed: Printed, shape: Shape, rows: Integers, cited: Sequence[str | Column]
) -> list[Leaf]:
    name, url = printed.model("model_id").take(rows), printed.urls.take(rows)
    titled: list[str | Column] = [name]
    if shape.has_title:
        titled = [printed.model("title").take(rows), " (", name, ")"]
    told: dict[str, Sequence[str | Column]] = {
        "@id": [url],
        "name": titled,
        "description": [printed.summaries.take(rows)],
        "url": [url],
        "identifier": [name],
        "citation": cited,
    }
    if shape.advisories:
        told["correction"] = [corrections(printed.batch.advisories, shape.advisories)]
    measured = [(c, printed.json_values(c.name).take(rows)) for c in shape.parameters]
    return model_json_ld(
        shape.collection,
        told,
        [printed.json_keywords.take(rows)],
        measured,
        [_download(printed, shape, rows, n) for n in range(shape.n_files)],
    )


def _download(
    printed: Printed, shape: Shape, rows: Integers, number: int
) -> Mapping[str, Sequence[str | Column]]:
    at = printed.batch.first_file[rows] + number
    said: dict[str, Sequence[str | Column]] = {
        # Both have the same file name.
        "name": [
            printed.file_kinds.take(at),
            " ",
            printed.file_names.take(at),
        ],
        "contentUrl": [printed.file_urls.take(at)],
        "contentSize": [printed.plain_file("bytes").take(at), " B"],
    }
    if shape.has_sha256[number]:
        said["sha256"] = [printed.file("sha256").take(at)]
    return said
