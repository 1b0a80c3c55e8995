"""What a snapshot of a hydrodynamics code holds, in the code's own units."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lineform.scales import CodeUnits
from lineform.state import FloatArray

__all__ = ["Dump", "Shape", "Sinks"]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """How large the points are; particles have a smoothing length, cells the rest.

    Parameters
    ----------
    smoothing_length : (point,) [code length]
    size : (point, 3) [code length]
        Widths of the cell along its own axes, at its centre.
    boxes : bool
        The cells are boxes along x, y and z.
    volume : (point,) [code length cubed]
    level : (point,) [1]
        Level of refinement, from 1.
    axes : x, y, z of the cell centres [code length], or None
        Set where the cells form one regular grid, in C order, z fastest.
    """

    smoothing_length: FloatArray | None = None
    size: FloatArray | None = None
    volume: FloatArray | None = None
    level: FloatArray | None = None
    axes: tuple[FloatArray, FloatArray, FloatArray] | None = None
    boxes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sinks:
    """Stars and companions.

    Parameters
    ----------
    position : (sink, 3) [code length]
    velocity : (sink, 3) [code velocity]
    mass : (sink,) [code mass]
    """

    position: FloatArray
    velocity: FloatArray
    mass: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Dump:
    """The gas of a snapshot on particles or cells, in Cartesian axes and float64.

    Parameters
    ----------
    code : str
        Program that wrote it, with its version where it says so.
    position : (point, 3) [code length]
    velocity : (point, 3) [code velocity]
    mass, density : (point,) [code mass, code density]
        Of the gas.
    shape : Shape
    pressure : (point,) [code velocity squared], or None
        Pressure over density; None where the snapshot holds no thermodynamics.
    temperature : (point,) [K], or None
        Where the snapshot holds it.
    molecular_weight : (point,) [1], or None
        Mean mass of a particle of the gas over that of the proton.
    fields : name -> (point,)
        All other scalars of the snapshot, as they are.
    units : CodeUnits, or None
        None where the file says nothing of them.
    time : float [code time]
    adiabatic_index : float, or None
    sinks : Sinks, or None
    left_out : tuple of str
        What is in the file and not in here.
    remarks : tuple of str
        What a user must know, such as dead particles or cells made by revolving.
    """

    code: str
    position: FloatArray
    velocity: FloatArray
    mass: FloatArray
    density: FloatArray
    shape: Shape
    pressure: FloatArray | None = None
    temperature: FloatArray | None = None
    molecular_weight: FloatArray | None = None
    fields: Mapping[str, FloatArray] = field(default_factory=dict)
    units: CodeUnits | None = None
    time: float = 0.0
    adiabatic_index: float | None = None
    sinks: Sinks | None = None
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def n_points(self) -> int:
        """Number of particles or cells."""
        return len(self.position)
