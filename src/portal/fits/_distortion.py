"""Parameters of a projection and SIP polynomials, with the conventions that are mixed up."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from portal.fits.cards import Cards
from portal.fits.repairs import Repair

__all__ = ["Distortion", "Polynomial", "distortion_of"]

Polynomial: TypeAlias = dict[tuple[int, int], float]

_PV = re.compile(r"PV([1-9])_([0-9]{1,2})")
_MOST_ORDER = 9
_MOST_TPV = 39


@dataclass(frozen=True)
class Distortion:
    """What bends a projection.

    Parameters
    ----------
    pv
        Axis (1 or 2, of the plane), number and value of the PV keywords.
    sip
        Order and coefficients for each axis of the pixels; None for none.
    """

    pv: tuple[tuple[int, int, float], ...]
    sip: tuple[tuple[int, Polynomial], tuple[int, Polynomial]] | None


def distortion_of(
    cards: Cards, axes: tuple[int, int], heads: tuple[str, str], algorithm: str, alternate: str
) -> tuple[Distortion, str, list[Repair]]:
    """The distortion, the name of the projection that goes with it, and what was repaired."""
    repairs: list[Repair] = []
    sip = _sip(cards, axes, alternate, repairs)
    pv = _pv(cards, axes, alternate)
    if algorithm == "TAN" and any(m > 4 or heads[i - 1].endswith(("C", "T")) for i, m, _ in pv):
        key = f"PVi_m{alternate}"
        if sip is not None or not _is_tpv(pv):
            why = "TAN has no such parameters"
            repairs.append(Repair("needless-pv", key, f"{len(pv)} values", "", why))
            pv = ()
        else:
            why = "TAN with polynomials is TPV"
            repairs.append(Repair("tan-with-pv", key, "TAN", "TPV", why))
            algorithm = "TPV"
    if algorithm == "TPV":
        pv = tuple(entry for entry in pv if entry[1] <= _MOST_TPV)
    return Distortion(pv, sip), algorithm, repairs


def _pv(cards: Cards, axes: tuple[int, int], alternate: str) -> tuple[tuple[int, int, float], ...]:
    found = []
    for name in cards:
        if name.startswith("PV") and (match := _PV.match(name)):
            axis, number = int(match.group(1)), int(match.group(2))
            value = cards.number(name)
            if axis in axes and name[match.end() :] == alternate and value is not None:
                found.append((axes.index(axis) + 1, number, value))
    return tuple(found)


def _is_tpv(pv: tuple[tuple[int, int, float], ...]) -> bool:
    """Whether the linear terms of a polynomial are near to what leaves a place where it is."""
    linear = {axis: value for axis, number, value in pv if number == 1}
    return all(0.5 < value < 2.0 for value in linear.values()) and any(v for _, _, v in pv)


def _sip(
    cards: Cards, axes: tuple[int, int], alternate: str, repairs: list[Repair]
) -> tuple[tuple[int, Polynomial], tuple[int, Polynomial]] | None:
    orders = [cards.integer("A_ORDER"), cards.integer("B_ORDER")]
    if alternate or axes != (1, 2) or ("A_ORDER" not in cards and "B_ORDER" not in cards):
        return None
    if any(order is None or not 0 <= order <= _MOST_ORDER for order in orders):
        seen = ", ".join(str(cards.value(name)) for name in ("A_ORDER", "B_ORDER"))
        why = "both orders are needed, from 0 to 9"
        repairs.append(Repair("sip-incomplete", "A_ORDER, B_ORDER", seen, "", why))
        return None
    if not (cards.text("CTYPE1") or "").rstrip().endswith("-SIP"):
        why = "SIP polynomials whose name is missing"
        now = f"{cards.text('CTYPE1')}-SIP"
        repairs.append(Repair("sip-without-suffix", "CTYPE1", cards.text("CTYPE1") or "", now, why))
    first, second = orders[0] or 0, orders[1] or 0
    return (first, _terms(cards, "A", first)), (second, _terms(cards, "B", second))


def _terms(cards: Cards, head: str, order: int) -> Polynomial:
    terms: Polynomial = {}
    for p in range(order + 1):
        for q in range(order + 1 - p):
            value = cards.number(f"{head}_{p}_{q}")
            if value:
                terms[p, q] = value
    return terms
