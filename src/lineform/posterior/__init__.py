"""What is known after an observation: samples of gas and of numbers, and how they fit.

A `Posterior` is made of `Field`, `Number` and `Fit`, each from samples by the function of its
name, and is written to a file and read back as one.
"""

from lineform.posterior.base import QUANTILES, Field, Fit, Number, Posterior
from lineform.posterior.file import read_posterior, write_posterior
from lineform.posterior.summary import (
    correlations_of,
    field_of,
    fit_of,
    number_correlations_of,
    number_of,
    quantiles_of,
    width_ratio_of,
)

__all__ = [
    "QUANTILES",
    "Field",
    "Fit",
    "Number",
    "Posterior",
    "correlations_of",
    "field_of",
    "fit_of",
    "number_correlations_of",
    "number_of",
    "quantiles_of",
    "read_posterior",
    "width_ratio_of",
    "write_posterior",
]
