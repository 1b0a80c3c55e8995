"""What model and observation files of our layout share: root attributes and parameters.

The layout is specified on the page on the data format (site_src/data-format.md).
"""

import math
import re
from collections.abc import Mapping, Sequence

from portal import units
from portal.errors import ReadError
from portal.model.header import Attribute, Header
from portal.model.record import Parameter, Row, Value
from portal.model.schema import PARAMETERS
from portal.readers._findings import Findings, stem
from portal.readers._text import describe, visible

__all__ = [
    "check_version",
    "is_layout",
    "read_parameters",
    "root_row",
    "stem_as_name",
    "valid_name",
]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_LONGEST_NAME = 200
_LICENSE = "CC-BY-SA-4.0"
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})")
_UNITS = {column.name: column.unit for column in PARAMETERS if column.type == "float64"}


def is_layout(header: Header, kind: str) -> bool:
    """Whether the root says that the file is of our layout and of that kind."""
    return _is_text(header.groups.get("", {}).get("format"), f"atomium-{kind}")


def valid_name(name: str) -> bool:
    """Whether `name` is legal as the unique name of a model."""
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def check_version(header: Header, findings: Findings) -> None:
    """Refuse a layout of a later major version; warn of any other that is not 1.0.

    Raises
    ------
    ReadError
        If the version is none or its major part is not 1 (code ``future-version``).
    """
    given = header.groups[""].get("format_version")
    match = _VERSION.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise ReadError(
            "version of the layout that is none",
            seen=describe(given),
            expected="format_version 1.0",
            way_out="write the root attribute format_version as text",
            code="missing-attribute" if given is None else "wrong-version",
        )
    if match[1] != "1":
        raise ReadError(
            "layout of another version",
            seen=f"format_version {match[0]}",
            expected="format_version 1.0",
            way_out="use a portal that knows this version",
            code="future-version",
        )
    if match[0] != "1.0":
        findings.add(
            "future-version",
            "layout of a later version: what is new in it is passed over",
            f"format_version {match[0]}",
            "format_version 1.0",
            "use a portal that knows this version",
            "warning",
        )


def root_row(header: Header, findings: Findings, kind: str) -> Row | None:
    """Columns of the models table that the root attributes give; None without a legal name."""
    attrs = header.groups[""]
    name = findings.text(attrs, "name", "root")
    if name is None:
        return None
    if not valid_name(name):
        _bad_name(name, "root", findings)
        return None
    if name != stem(header.path):
        findings.add(
            "name-mismatch",
            "root: name differs from the stem of the file",
            f"name {describe(name)}, file {describe(stem(header.path))}",
            "the same name in both",
            "rename the file or correct the attribute name",
            "warning",
        )
    findings.missing(
        "attribute",
        [n for n in ("license", "license_url") if not isinstance(attrs.get(n), str)],
        "root",
        attrs,
        "warning",
    )
    row: Row = {"model_id": name, "format": f"atomium-{kind}", f"{kind}_path": header.path}
    for column in ("title", "code", "license"):
        row[column] = findings.text(attrs, column, "root", required=False)
    _check_license(row["license"], findings)
    return row


def _check_license(license: Value, findings: Findings) -> None:
    if isinstance(license, str) and license != _LICENSE:
        findings.add(
            "other-license",
            "root: the file is not under the licence of the store",
            describe(license),
            _LICENSE,
            "take the file out of the store, or correct the attribute if its owner agrees",
            "warning",
        )


def stem_as_name(header: Header, findings: Findings) -> str | None:
    """The stem of the file as the name of its model, or None where it is no legal name."""
    name = stem(header.path)
    if valid_name(name):
        return name
    _bad_name(name, "file", findings)
    return None


def _bad_name(name: str, where: str, findings: Findings) -> None:
    findings.add(
        "bad-name",
        f"{where}: illegal name of a model",
        describe(name),
        f"a letter or digit, then letters, digits and any of ._+-, at most {_LONGEST_NAME} in all",
        "give the model a legal name, in its files and as their stem",
    )


def read_parameters(header: Header, findings: Findings) -> tuple[Parameter, ...]:
    """Parameters of the model, in the order of their names; unusable ones become problems."""
    attrs = header.groups.get("parameters")
    if attrs is None:
        findings.missing("group", ["parameters"], "root", header.groups)
        return ()
    names = (name for name in sorted(attrs) if _is_value(attrs, name, header.notes))
    found = (_parameter(attrs, name, findings) for name in names)
    return tuple(parameter for parameter in found if parameter is not None)


def _is_value(attrs: Mapping[str, Attribute], name: str, notes: Sequence[str]) -> bool:
    """Whether the attribute is a parameter, not the unit or meaning of one, maybe left out."""
    for suffix in ("_unit", "_description"):
        if name.endswith(suffix):
            of = name.removesuffix(suffix)
            if of in attrs or any(n.startswith(f"attribute {of} of parameters: ") for n in notes):
                return False
    return True


def _parameter(attrs: Mapping[str, Attribute], name: str, findings: Findings) -> Parameter | None:
    value = attrs[name]
    where = f"parameter {name}"
    if not isinstance(value, str | bool | int | float):
        findings.add(
            "wrong-type",
            f"{where}: neither a text nor one number",
            describe(value),
            "a text or a number",
            "write one value a parameter",
            "warning",
        )
        return None
    if isinstance(value, float) and not math.isfinite(value):
        findings.add(
            "not-finite",
            f"{where}: no finite number",
            describe(value),
            "a number",
            "leave out a parameter that has no value",
            "warning",
        )
        return None
    described = attrs.get(f"{name}_description", "")
    description = visible(described) if isinstance(described, str) else ""
    if isinstance(value, str):
        return Parameter(visible(name, 200), visible(value), "", description)
    unit = _unit(attrs, name, where, findings)
    return None if unit is None else Parameter(visible(name, 200), value, unit, description)


def _unit(attrs: Mapping[str, Attribute], name: str, where: str, findings: Findings) -> str | None:
    unit = attrs.get(f"{name}_unit", "")
    if not isinstance(unit, str):
        unit = describe(unit)
    try:
        # A parameter that the schema does not know is compared with its own unit's parse.
        if name in _UNITS:
            units.factor(unit, _UNITS[name])
        else:
            units.check(unit)
    except ReadError as error:
        findings.add_error(error, where, "warning")
        return None
    return unit


def _is_text(value: Attribute | None, text: str) -> bool:
    return isinstance(value, str) and value == text
