"""What parametric winds are expected to be: numbers of each shape, their priors and the reasons.

All are weakly informative: the known stars lie well inside.

- mass_loss_rate: log-normal, 1e-6 solMass/yr, factor 10. Lines of CO gave 4e-8 to 8e-5 for AGB
  stars (De Beck et al. 2010), and a median of 2e-7 for irregular and semiregular ones (Olofsson et
  al. 2002). Two ways to measure it agree within a factor of 3 (Ramstedt et al. 2008).
- terminal_velocity: log-normal, 10 km/s, factor 1.8. Commonly 5 to 20 km/s (El Mellah et al.
  2020); semiregulars have a median of 7, from 2 to 14 km/s (Olofsson et al. 2002).
- initial_velocity: log-normal, 3 km/s, factor 1.5. About the speed of sound, 2.5 km/s at 2000 K.
  It may lie above the terminal velocity, as in 4.6 % of the prior: gas that pulsation threw out and
  too little dust drives on is slowed down by gravity. The law of the velocity goes from one to the
  other monotonically either way, so that no wind stands still or falls back; and with numbers that
  are independent, a prior that is given for one of them is the prior that it has.
- acceleration_exponent: log-normal, 1, factor 2. Winds rich in oxygen are slower to accelerate than
  those rich in carbon (El Mellah et al. 2020).
- stellar_temperature: log-normal, 2300 K, factor 1.2. AGB stars have 2000 to 3000 K (Höfner &
  Olofsson 2018); it is that of the gas at the stellar radius.
- temperature_exponent: normal, 0.65, deviation 0.15. It is 0.5 for grey matter that starlight
  heats, and 4/3 for gas that expands without heating.
- turbulent_velocity: log-normal, 1 km/s, factor 1.5. Intensities of CO depend on it weakly
  (Ramstedt et al. 2008), but the edges of lines show it.
- stellar_radius: fixed, 1.5 au. Lines do not show it: with another one, other temperatures and
  exponents give nearly the same gas.
- abundances: fixed at 3e-4 (CO), 3e-5 (SiO), 3e-6 (HCN). An optically thin line gives the product
  of abundance and mass-loss rate, and no more.
- inclination and position_angle: the axis points anywhere.
- arm_spacing: log-normal, 100 au, factor 2.5. Terminal speed times orbital period: 10 to 300 yr.
- arm_contrast: uniform, 0 to 3.8; above that nothing is left between the arms.
- arm_height: log-normal, 0.5, factor 1.6.
- density_contrast, opening_angle: uniform as far as the stream carries no more than the star loses.
- rotation_velocity: fixed, 0 km/s, of the speed about the axis at 10 au. Give it a prior where
  rotation is looked for; exponents are 1 (angular momentum is conserved) and 0.5 (Kepler).

A rotating disk does not flow out. Its priors are those of the molecular disk of L2 Puppis, which
rotates about nearly a solar mass by Kepler's law (Kervella et al. 2016): 9 km/s at 10 au, factor
1.5; its density there is log-normal, 1e6 cm-3, factor 10.

Notes
-----
De Beck et al. 2010, A&A 523, A18; El Mellah et al. 2020, A&A 637, A91; Höfner & Olofsson 2018,
A&ARv 26, 1; Kervella et al. 2016, A&A 596, A92; Olofsson et al. 2002, A&A 391, 1053; Ramstedt et
al. 2008, A&A 487, 645.
"""

from collections.abc import Iterable, Mapping

from lineform.deprojection.priors import (
    Angle,
    Fixed,
    Inclination,
    LogNormal,
    Normal,
    Prior,
    Uniform,
)
from lineform.errors import ConfigError
from lineform.parameters import PARAMETERS, Parameter

__all__ = ["ANY_SIGN", "MODELS", "abundance_name", "described", "wind_priors"]

_GAS: Mapping[str, Prior] = {
    "stellar_radius": Fixed(1.5),
    "stellar_temperature": LogNormal(2300.0, 1.2),
    "temperature_exponent": Normal(0.65, 0.15),
    "turbulent_velocity": LogNormal(1.0, 1.5),
}
_OUTFLOW: Mapping[str, Prior] = {
    "mass_loss_rate": LogNormal(1e-6, 10.0),
    "initial_velocity": LogNormal(3.0, 1.5),
    "terminal_velocity": LogNormal(10.0, 1.8),
    "acceleration_exponent": LogNormal(1.0, 2.0),
    **_GAS,
}
_AXIS: Mapping[str, Prior] = {"inclination": Inclination(), "position_angle": Angle(360.0)}
_ROTATION: Mapping[str, Prior] = {
    "rotation_velocity": Fixed(0.0),
    "rotation_radius": Fixed(10.0),
    "rotation_exponent": Fixed(1.0),
}
_ROTATING_OUTFLOW: Mapping[str, Prior] = {**_OUTFLOW, **_ROTATION, **_AXIS}

MODELS: Mapping[str, Mapping[str, Prior]] = {
    "spherical": _OUTFLOW,
    "spiral": {
        **_ROTATING_OUTFLOW,
        "arm_spacing": LogNormal(100.0, 2.5),
        "arm_contrast": Uniform(0.0, 3.8),
        "arm_height": LogNormal(0.5, 1.6),
        "arm_phase": Angle(360.0),
    },
    "bipolar": {
        **_ROTATING_OUTFLOW,
        "density_contrast": Uniform(0.3, 2.5),
        "opening_angle": Uniform(10.0, 38.0),
    },
    "disk": {
        **_ROTATING_OUTFLOW,
        "density_contrast": Uniform(1.0, 5.0),
        "opening_angle": Uniform(5.0, 17.0),
    },
    "rotating_disk": {
        **_GAS,
        "disk_density": LogNormal(1e6, 10.0),
        "density_exponent": Normal(2.5, 0.5),
        "disk_height": LogNormal(0.3, 1.5),
        "rotation_velocity": LogNormal(9.0, 1.5),
        "rotation_radius": Fixed(10.0),
        "rotation_exponent": Fixed(0.5),
        **_AXIS,
    },
}
"""Priors of all numbers of each model, but for the abundances."""

_MORE: Mapping[str, Parameter] = {
    "inclination": Parameter("deg", "Angle between the axis and the direction to the observer."),
    "position_angle": Parameter("deg", "Of the axis on the sky, from north to east."),
    "arm_phase": Parameter("deg", "Angle by which the arm is turned about the axis."),
    "rotation_velocity": Parameter("km/s", "Speed of rotation at the rotation radius."),
    "rotation_radius": Parameter("au", "Radius in the plane at which rotation is given."),
    "rotation_exponent": Parameter("", "Exponent p of the law of rotation, speed as r^-p."),
    "disk_density": Parameter("cm-3", "H2 in the plane of the disk at the rotation radius."),
    "density_exponent": Parameter("", "Exponent p of the density in the plane, as r^-p."),
    "disk_height": Parameter("", "Height of the disk over its plane, as |z|/r."),
}

ANY_SIGN = frozenset(
    {"arm_contrast", "arm_phase", "density_exponent", "inclination", "position_angle"}
    | {"rotation_exponent", "rotation_velocity", "temperature_exponent"}
)
"""Numbers that need not be positive."""

_ABUNDANCES: Mapping[str, float] = {"CO": 3e-4, "HCN": 3e-6, "SiO": 3e-5}


def described(species: Iterable[str]) -> Mapping[str, Parameter]:
    """Unit and meaning of all numbers of parametric winds that hold these molecules."""
    abundances = {
        abundance_name(s): Parameter("", f"Number of {s} molecules per H2.") for s in species
    }
    return {**PARAMETERS, **_MORE, **abundances}


def abundance_name(species: str) -> str:
    """Name of the number of molecules per H2."""
    return f"{species.lower()}_abundance"


def wind_priors(model: str, species: Mapping[str, float | None]) -> dict[str, Prior]:
    """The usual priors of a model that holds some molecules.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    species : name -> abundance
        How many per H2; None for the usual number.

    Raises
    ------
    ConfigError
        If a molecule has no usual abundance.
    """
    abundances = {abundance_name(s): Fixed(_abundance(s, given)) for s, given in species.items()}
    return {**MODELS[model], **abundances}


def _abundance(species: str, given: float | None) -> float:
    if given is not None:
        return given
    if species not in _ABUNDANCES:
        raise ConfigError(
            f"abundance of {species}",
            expected="a number of molecules per H2",
            seen="none",
            way_out=f"only those of {', '.join(_ABUNDANCES)} have a usual one",
        )
    return _ABUNDANCES[species]
