"""Unique, readable, stable names of models, made from their parameters.

The name begins with what a reader wants to know and ends with ten hexadecimal digits of the
SHA-256 of all parameters, so that two models share a name only if they are the same.
"""

import hashlib
import json
import math
import re

from lineform.errors import ConfigError
from lineform.parameters import Parameters

__all__ = ["NAME_PATTERN", "canonical", "model_name"]

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
