"""Wavelengths that are those of another row, but for the refraction of air."""

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from portal.fits.air import vacuum_of_air
from portal.lint._view import Floats, Mask, View

__all__ = ["AIR", "in_air"]

AIR = {"shortest": 2e-7, "longest": 2e-6, "same": 1e-6}
"""Wavelengths [m] between which tables of lines are given in air, and the part by which two that
are one may differ: far below the refraction of air (2.8e-4)."""


def in_air(view: View) -> Mask:
    """(row,) products of an observation whose limits, taken as air, are another's in vacuum."""
    names: dict[str, int] = {}
    texts = view.text("obs_id")
    groups = np.array([names.setdefault(text, len(names)) if text else -1 for text in texts], int)
    limits = np.stack([view.number("em_min"), view.number("em_max")])
    window = (limits > AIR["shortest"]) & (limits < AIR["longest"])
    inside = window.all(axis=0) & (groups >= 0)
    inside[inside] = np.bincount(groups[inside])[groups[inside]] > 1
    wrong = np.zeros(len(view), bool)
    wrong[inside] = _in_air(limits[:, inside], groups[inside])
    return wrong


def _in_air(limits: Floats, groups: npt.NDArray[np.int_]) -> Mask:
    """(product,) those whose limits (limit, product) [m], taken as air, are another's in vacuum.

    Products are compared within their groups (product,).
    """
    if not len(groups):
        return np.zeros(0, bool)
    # One tree for all groups: their numbers are an axis along which they are far apart.
    there = KDTree(np.vstack([np.log(limits), groups]).T)
    vacuum = np.vstack([np.log(vacuum_of_air(limits)), groups]).T
    away, _ = there.query(vacuum, distance_upper_bound=AIR["same"], p=np.inf)
    return np.asarray(np.isfinite(away))
