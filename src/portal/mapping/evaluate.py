"""The value of an expression for one header."""

from pathlib import PurePosixPath
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from portal.errors import ReadError
from portal.mapping.grammar import Expression
from portal.model.header import Attribute, Header

__all__ = ["Scalar", "evaluate"]

Scalar: TypeAlias = str | int | float | bool


def evaluate(expression: Expression, header: Header) -> Scalar | None:
    """The value, or None where the file does not have it.

    Raises
    ------
    ReadError
        If what the file has there is not one value.
    """
    if expression.kind == "literal":
        return expression.literal
    if expression.kind == "file":
        path = PurePosixPath(header.path)
        return path.stem if expression.path == "$STEM" else path.name
    if expression.kind == "size":
        dataset = header.datasets.get(expression.path)
        return None if dataset is None else int(np.prod(dataset.shape, dtype=object))
    found = _found(expression, header)
    return None if found is None else _one(found, expression)


def _found(expression: Expression, header: Header) -> Attribute | None:
    if expression.kind == "value":
        held = expression.path in header.datasets
        return header.values(expression.path) if held else None
    dataset = header.datasets.get(expression.path)
    owner = header.groups.get(expression.path, {}) if dataset is None else dataset.attrs
    return owner.get(expression.attribute)


def _one(value: Attribute, expression: Expression) -> Scalar:
    if not isinstance(value, np.ndarray):
        return value
    flat: npt.NDArray[np.generic] = value.reshape(-1)
    index = expression.index
    if index is None and flat.size == 1:
        index = 0
    if index is None or index >= flat.size:
        raise ReadError(
            "not one value",
            seen=f"{flat.size} values",
            expected="one value" if index is None else f"more than {index} values",
            way_out="add an index to the rule, such as path[0]",
            code="wrong-type",
        )
    item = flat[index]
    return item if isinstance(item, str) else np.asarray(item).item()
