"""Unique, readable, stable names of models, made from their parameters.

The name begins with what a reader wants to know and ends with ten hexadecimal digits of the
SHA-256 of all parameters. Ten digits are 40 bits: among 100,000 models whose readable parts are
the same, two share a name with a chance of 0.5 %. That is why it is looked for and refused.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable

from lineform.errors import ConfigError
from lineform.parameters import Parameters

__all__ = ["NAME_PATTERN", "canonical", "check_name", "model_name", "unique_names"]

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
"""What every name of the store matches."""

_READABLE = (("mass_loss_rate", "mdot"), ("terminal_velocity", "vinf"))
_HASH_DIGITS = 10


def canonical(parameters: Parameters) -> str:
    """All parameters as one text that does not depend on their order or number type.

    Raises
    ------
    ConfigError
        If a number is not finite.
    """
    values = {name: _plain(name, value) for name, value in parameters.items()}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def model_name(parameters: Parameters) -> str:
    """The name of the model with these parameters, such as ``disk-mdot1e-06-vinf14-0a…``."""
    digest = hashlib.sha256(canonical(parameters).encode()).hexdigest()[:_HASH_DIGITS]
    words = [_word(str(parameters.get("morphology", "model")))]
    words += [
        f"{short}{float(parameters[name]):.3g}" for name, short in _READABLE if name in parameters
    ]
    return "-".join((*words, digest))


def unique_names(models: Iterable[Parameters]) -> dict[str, Parameters]:
    """Name of each model and its parameters; a model that comes twice is there once.

    Raises
    ------
    ConfigError
        If two models of different parameters have one name.
    """
    named: dict[str, Parameters] = {}
    for parameters in models:
        name = model_name(parameters)
        check_name(name, parameters, named.setdefault(name, parameters))
    return named


def check_name(name: str, parameters: Parameters, others: Parameters, where: str = "") -> None:
    """Refuse a name that a model with other parameters has.

    Raises
    ------
    ConfigError
        If the parameters differ.
    """
    if canonical(parameters) != canonical(others):
        raise ConfigError(
            f"name {name}",
            expected="one model of it",
            seen=f"{_difference(parameters, others)} for another",
            way_out="give this model a name of its own, or another value in the last digit",
            where=where,
        )


def _difference(parameters: Parameters, others: Parameters) -> str:
    names = sorted(parameters.keys() | others.keys())
    name = next(n for n in names if parameters.get(n) != others.get(n))
    return f"{name} {others.get(name)} (and {parameters.get(name)} here)"


def _plain(name: str, value: float | str) -> float | str:
    if isinstance(value, str):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise ConfigError(f"parameter {name}", expected="a finite number", seen=str(number))
    # 0.0 + 0.0: minus zero equals zero and must have the same name.
    return number + 0.0


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:40] or "model"
