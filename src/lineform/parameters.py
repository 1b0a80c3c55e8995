"""The parameters that describe a wind: their names, units and meaning.

Names and units are those of the data format's catalogue, so that models of different codes
can be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["PARAMETERS", "Parameter", "Parameters"]

Parameters: TypeAlias = Mapping[str, float | str]
"""Name of each parameter and its value, in the unit that `PARAMETERS` gives."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Unit (VOUnit string, '' for a pure number or text) and meaning of a parameter."""

    unit: str
    description: str


PARAMETERS = {
    "morphology": Parameter("", "Shape of the wind: spherical, spiral, bipolar or disk."),
    "mass_loss_rate": Parameter("solMass/yr", "Mass lost by the star per unit time."),
    "initial_velocity": Parameter("km/s", "Speed of the wind at the stellar radius."),
    "terminal_velocity": Parameter("km/s", "Speed that the wind reaches far from the star."),
    "acceleration_exponent": Parameter(
        "", "Exponent beta of the velocity law v(r) = v0 + (vinf - v0) (1 - R/r)^beta."
    ),
    "stellar_radius": Parameter("au", "Radius of the star."),
    "stellar_temperature": Parameter("K", "Gas temperature at the stellar radius."),
    "stellar_mass": Parameter("solMass", "Mass of the star."),
    "temperature_exponent": Parameter("", "Exponent q of the temperature law T(r) = T0 (r/R)^-q."),
    "turbulent_velocity": Parameter("km/s", "Turbulent line broadening (most probable speed)."),
    "outer_radius": Parameter("au", "Half the side of the model box; the wind ends there."),
    "companion_mass": Parameter("solMass", "Mass of the companion."),
    "orbital_separation": Parameter("au", "Distance between star and companion."),
    "orbital_period": Parameter("yr", "Orbital period of the binary."),
    "arm_spacing": Parameter("au", "Radial distance between two windings of the spiral."),
    "arm_contrast": Parameter(
        "", "Amplitude of the density in the spiral arm over the mean density."
    ),
    "arm_height": Parameter("", "Height of the spiral arm over the orbital plane, as |z|/r."),
    "density_contrast": Parameter(
        "", "Density at the equator (disk) or pole (bipolar) over the spherical value."
    ),
    "opening_angle": Parameter("deg", "Half-opening angle of the bipolar lobes or of the disk."),
    "co_abundance": Parameter("", "Number of CO molecules per H2."),
    "sio_abundance": Parameter("", "Number of SiO molecules per H2, close to the star."),
    "hcn_abundance": Parameter("", "Number of HCN molecules per H2."),
}
"""Every parameter of the analytic winds."""
