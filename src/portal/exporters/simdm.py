"""The models in the words of the Simulation Data Model of the Virtual Observatory (SimDM 1.0)."""

from collections.abc import Iterator, Sequence
from urllib.parse import urljoin

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.arrow import arrow_type
from portal.catalog.paths import model_page
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.catalog.votable import END, start, table_pieces
from portal.exporters._observed import observed
from portal.model.schema import Column

__all__ = ["EXPORTER", "SimDM"]

_ROWS = 8192
_PROTOCOL = (
    Column("protocol", "string", "", "meta.id;meta.main", "Name of the protocol.", True),
    Column("type", "string", "", "meta.code.class", "Simulator or PostProcessor.", True),
    Column("code", "string", "", "meta.id;meta.software", "Program.", True),
    Column("version", "string", "", "meta.version;meta.software", "Version of the program."),
)
_INPUT = (
    Column("parameter", "string", "", "meta.id;meta.main", "Name; a column of Experiment.", True),
    Column("datatype", "string", "", "meta.code", "Type of its values.", True),
    Column("unit", "string", "", "meta.unit", "Unit (VOUnits)."),
    Column("ucd", "string", "", "meta.ucd", "UCD."),
    Column("description", "string", "", "meta.note", "Meaning."),
)
_EXPERIMENT = (
    Column("experiment", "string", "", "meta.id;meta.main", "Name of the model.", True),
    Column("protocol", "string", "", "meta.id", "Protocol that made it."),
    Column("referenceURL", "string", "", "meta.ref.url", "Page of the model.", True),
)
_OUTPUT = (
    Column("experiment", "string", "", "meta.id", "Name of the model.", True),
    Column("publisherDID", "string", "", "meta.ref.ivoid", "Identifier of the observation.", True),
    Column("accessURL", "string", "", "meta.ref.url", "File that holds it."),
    Column("protocol", "string", "", "meta.id", "Protocol that made it."),
)


class SimDM:
    """Protocols (the programs), input parameters, experiments (the models), output data sets."""

    name = "simdm"
    filename = "simdm.vot"
    media_type = "application/x-votable+xml"
    description = "Models as protocols, parameters, experiments and output data sets (SimDM)."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """Four tables in one document."""
        models = _models(catalog, selection)
        yield start({"standardID": "ivo://ivoa.net/std/SimDM-1.0"}, "meta")
        yield from _table("Protocol", _PROTOCOL, _protocols(models))
        yield from _table("InputParameter", _INPUT, [_input(c) for c in catalog.parameters])
        columns = (*_EXPERIMENT, *catalog.parameters)
        yield from table_pieces(
            "Experiment", columns, _experiments(catalog, models, columns).to_batches(_ROWS)
        )
        yield from table_pieces("OutputDataset", _OUTPUT, _outputs(catalog, selection))
        yield END


def _models(catalog: Catalog, selection: Selection) -> pa.Table:
    names = [column.name for column in catalog.parameters]
    names = ["model_id", "collection", "code", "engine", "engine_version", *names]
    models = catalog.table("models", names)
    if selection.model_ids is None:
        return models
    return models.filter(pc.field("model_id").isin(pa.array(selection.model_ids, pa.string())))


def _table(name: str, columns: Sequence[Column], rows: list[dict[str, str]]) -> Iterator[bytes]:
    schema = pa.schema([(column.name, pa.string()) for column in columns])
    yield from table_pieces(name, columns, [pa.Table.from_pylist(rows, schema)])


def _protocols(models: pa.Table) -> list[dict[str, str]]:
    codes = sorted({code for code in models["code"].to_pylist() if code})
    engines = zip(models["engine"].to_pylist(), models["engine_version"].to_pylist(), strict=True)
    made = [{"protocol": code, "type": "Simulator", "code": code} for code in codes]
    for engine, version in sorted({(e, v or "") for e, v in engines if e}):
        name = f"{engine} {version}".rstrip()
        row = {"protocol": name, "type": "PostProcessor", "code": engine}
        made.append(row | ({"version": version} if version else {}))
    return made


def _input(column: Column) -> dict[str, str]:
    return {
        "parameter": column.name,
        "datatype": column.type,
        "unit": column.unit,
        "ucd": column.ucd,
        "description": column.description,
    }


def _experiments(catalog: Catalog, models: pa.Table, columns: Sequence[Column]) -> pa.Table:
    sites = {collection.id: collection.site_url for collection in catalog.collections}
    names, homes = models["model_id"].to_pylist(), models["collection"].to_pylist()
    pages = [urljoin(sites[home], model_page(n)) for n, home in zip(names, homes, strict=True)]
    held = {"experiment": models["model_id"], "protocol": models["code"], "referenceURL": pages}
    arrays = [held.get(column.name, None) for column in columns]
    return pa.table(
        [
            models[column.name] if array is None else array
            for array, column in zip(arrays, columns, strict=True)
        ],
        schema=pa.schema([(column.name, arrow_type(column)) for column in columns]),
    )


def _outputs(catalog: Catalog, selection: Selection) -> Iterator[pa.Table]:
    names = ["model_id", "obs_publisher_did", "access_url", "engine", "engine_version"]
    for batch in observed(catalog, selection, names):
        rows = batch.filter(pc.is_valid(batch["model_id"]))
        version = pc.coalesce(rows["engine_version"], "")
        joined = pc.binary_join_element_wise(rows["engine"], version, " ")
        protocol = pc.utf8_rtrim_whitespace(joined)
        columns = [rows["model_id"], rows["obs_publisher_did"], rows["access_url"], protocol]
        yield pa.table(columns, names=[column.name for column in _OUTPUT])


EXPORTER = SimDM()
