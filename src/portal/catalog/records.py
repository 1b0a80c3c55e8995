"""What a scan remembers of each file, as Arrow: one row per file, its rows nested in it.

Workers turn records into Arrow at once, so that neither the way between processes nor the
memory of the scan holds a Python object per value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa

from portal.catalog.arrow import arrow_type
from portal.model.record import FileRecord, Parameter, Problem, Value
from portal.model.schema import MODELS, OBSERVATIONS, PROBLEMS, PROVENANCE

__all__ = ["MODEL_COLUMNS", "RECORDS", "ReadFile", "decode", "encode"]

MODEL_COLUMNS = ("title", "code", "n_points", "species", "engine", "engine_version", "license")
"""Columns of ``models`` that files give, besides ``model_id`` and ``format``."""

_LONGEST = 1000  # characters of a text in a problem: a row for people, not a copy of the file
_LARGEST = 2**53
_OF_MODEL = {c.name: c for c in MODELS}

_PARAMETER = pa.struct(
    [
        ("name", pa.string()),
        ("kind", pa.string()),
        ("number", pa.float64()),
        ("text", pa.string()),
        ("unit", pa.string()),
        ("description", pa.string()),
    ]
)
_OBSERVATION = pa.struct([(c.name, arrow_type(c)) for c in OBSERVATIONS])
_PROBLEM = pa.struct([(c.name, pa.string()) for c in PROBLEMS if c.name != "collection"])
_OF_FILE = ("path", "obs_publisher_did")
_ORIGIN = pa.struct([(c.name, arrow_type(c)) for c in PROVENANCE if c.name not in _OF_FILE])

RECORDS = pa.schema(
    [
        ("collection", pa.string()),
        ("path", pa.string()),
        ("bytes", pa.int64()),
        ("mtime_ns", pa.int64()),
        ("sha256", pa.string()),
        ("retry", pa.bool_()),
        ("kind", pa.string()),
        ("format", pa.string()),
        ("model_id", pa.string()),
        *((name, arrow_type(_OF_MODEL[name])) for name in MODEL_COLUMNS),
        ("n_observations", pa.int64()),
        ("parameters", pa.list_(_PARAMETER)),
        ("observations", pa.list_(_OBSERVATION)),
        ("problems", pa.list_(_PROBLEM)),
        ("provenance", pa.list_(_ORIGIN)),
    ]
)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file that a worker has dealt with.

    Parameters
    ----------
    collection, path, bytes, mtime_ns
        The file, and its size [byte] and time of last change [ns] when it was read.
    sha256
        None where it was not computed.
    record
        None where only the hash was asked for.
    retry
        Whether the next scan should read the file again though it has not changed.
    """

    collection: str
    path: str
    bytes: int
    mtime_ns: int
    sha256: str | None
    record: FileRecord | None
    retry: bool = False


def encode(files: Sequence[ReadFile]) -> bytes:
    """`files` as an Arrow stream.

    A record that does not fit the schema becomes a file without rows and with a problem.
    """
    try:
        table = _table(files)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        table = pa.concat_tables([_one(file) for file in files])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(
        sink, RECORDS, options=pa.ipc.IpcWriteOptions(compression="zstd")
    ) as out:
        out.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


def decode(data: bytes, columns: Sequence[str] = tuple(RECORDS.names)) -> pa.Table:
    """The table that `encode` wrote, or some of its columns; others are not unpacked."""
    wanted = sorted(RECORDS.get_field_index(name) for name in columns)
    options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
    with pa.ipc.open_stream(data, options=options) as stream:
        return stream.read_all().select(list(columns))


def _table(files: Iterable[ReadFile]) -> pa.Table:
    return pa.Table.from_pylist([_row(file) for file in files], schema=RECORDS)


def _one(file: ReadFile) -> pa.Table:
    clean = replace(file, record=file.record and _cleaned(file.record))
    try:
        return _table([clean])
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        problem = Problem(
            file.path,
            "reader-failed",
            "rows do not fit the schema of the catalogue",
            f"{type(error).__name__}: {_clean(str(error))}",
            "values of the types of the columns",
            "report it with the file: the reader should have said what is wrong",
        )
        return _table([replace(file, record=FileRecord("other", "unknown", problems=(problem,)))])


def _row(file: ReadFile) -> dict[str, Any]:
    row: dict[str, Any] = {
        "collection": file.collection,
        "path": file.path,
        "bytes": file.bytes,
        "mtime_ns": file.mtime_ns,
        "sha256": file.sha256,
        "retry": file.retry,
    }
    if file.record is None:
        return row
    record = file.record
    model = record.model or {}
    return {
        **row,
        "kind": record.kind,
        "format": record.format,
        "model_id": _model_id(record),
        **{name: model.get(name) for name in MODEL_COLUMNS},
        "n_observations": len(record.observations),
        "parameters": [_parameter(p) for p in record.parameters],
        "observations": list(record.observations),
        "problems": [_problem(p) for p in record.problems],
        "provenance": list(record.provenance),
    }


def _model_id(record: FileRecord) -> Value:
    if record.kind == "other":
        return None
    rows = (record.model or {}, *record.observations)
    return next((row["model_id"] for row in rows if row.get("model_id")), None)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    value = parameter.value
    row = {
        "name": parameter.name,
        "unit": parameter.unit,
        "description": parameter.description,
    }
    if isinstance(value, str):
        return {**row, "kind": "text", "text": value}
    return {**row, "kind": _kind(value), "number": float(value)}


def _kind(value: float) -> str:
    if isinstance(value, bool):
        return "bool"
    # Larger whole numbers are not exact in 64 bits of a float.
    return "int" if isinstance(value, int) and abs(value) <= _LARGEST else "float"


def _problem(problem: Problem) -> dict[str, str]:
    row = asdict(problem)
    return {
        k: v if k == "path" or len(v) <= _LONGEST else v[:_LONGEST] + "..." for k, v in row.items()
    }


def _cleaned(record: FileRecord) -> FileRecord:
    """`record` with text that is not Unicode written out."""
    return FileRecord(
        record.kind,
        record.format,
        record.model and {k: _clean(v) for k, v in record.model.items()},
        tuple(
            Parameter(_clean(p.name), _clean(p.value), _clean(p.unit), _clean(p.description))
            for p in record.parameters
        ),
        tuple({k: _clean(v) for k, v in row.items()} for row in record.observations),
        tuple(replace(p, **{k: _clean(v) for k, v in asdict(p).items()}) for p in record.problems),
        tuple({k: _clean(v) for k, v in row.items()} for row in record.provenance),
    )


def _clean(value: Any) -> Any:  # noqa: ANN401 (any value of a row)
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, list):
        return [_clean(v) for v in value]
    return value
