"""From the axes of a wind to those of the sky, and orientations that are alike from one side."""

from collections.abc import Mapping

import torch

__all__ = ["mirrored", "sky_basis"]


def sky_basis(inclination: torch.Tensor, position_angle: torch.Tensor) -> torch.Tensor:
    """Rotation from the sky (right, up, to the observer) to the axes of a wind (x, y, z).

    Parameters
    ----------
    inclination : () [rad]
        Between the axis z and the direction to the observer.
    position_angle : () [rad]
        Of the axis on the sky, from up (north) to the left (east).

    Returns
    -------
    (3, 3) [1]
        Row 0 is the axis x of the wind, in the plane of the sky; its transpose turns back.

    Notes
    -----
    At a position angle of 0, as `lineform.cube.View.basis` for this inclination and an azimuth
    of 270 degrees, transposed.
    """
    si, ci = torch.sin(inclination), torch.cos(inclination)
    sp, cp = torch.sin(position_angle), torch.cos(position_angle)
    zero = torch.zeros_like(si)
    rows = [cp, sp, zero, -sp * ci, cp * ci, -si, -sp * si, cp * si, ci]
    return torch.stack(rows).reshape(3, 3)


def mirrored(values: Mapping[str, float]) -> list[dict[str, float]]:
    """Angles of the counterparts of a wind that an image may hardly tell from it.

    In this order, and the same for a spiral but that its arm is turned too:

    - Seen as in a mirror behind it, the axis inclined by 180 degrees less. A thin disk that
      rotates gives the same cube; one that flows out gives a cube with near and far side, thus
      approach and recession, exchanged.
    - With the opposite axis. All but the sense of rotation is the same; a spiral winds the other
      way, which one seen from its plane does not show.
    - Both. A spiral keeps its winding: it is the exact mirror image of its gas from front to
      back, and its map of integrated intensity is the same where it is thin.

    Parameters
    ----------
    values : name -> number
        ``inclination``, ``position_angle``, ``arm_phase`` [deg], as far as it has them.
    """
    if "inclination" not in values:
        return []
    other = 180.0 - values["inclination"]
    opposite = values["position_angle"] + 180.0
    found = [
        {"inclination": other},
        {"inclination": other, "position_angle": opposite},
        {"position_angle": opposite},
    ]
    if "arm_phase" in values:
        phase = values["arm_phase"]
        for angles, turned in zip(found, (-phase, 180.0 - phase, phase + 180.0), strict=True):
            angles["arm_phase"] = turned
    return found
