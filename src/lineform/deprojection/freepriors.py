"""What free-form winds are expected to be: their priors, their options and the reasons.

The radial laws are those of the spherical wind of `lineform.deprojection.windpriors`. About them,
the logarithm of each quantity varies by a smooth function of ln r (``curve``), by what flows
outwards (``arcs``: arms, shells and lobes, along the radius 1/6, 1/16 and 1/32 of the side of the
grid wide), and by what looks the same everywhere (``clumps``, of 1/3, 1/8 and 1/16). Their standard
deviations are numbers of the model like any other:

- density: curve 0.4, for mass loss that changes with time by a factor of 1.5; arcs 0.35 on each
  scale, for arms have a contrast of 2 to 10 between crest and trough in models of binaries; clumps
  0.2 on each scale, for what does not follow the flow. Together 0.7 at a radius: a wind of a binary
  that an AMR code made without cooling has 1.0, spiral arms of moderate contrast have 0.4 to 0.5.
- temperature: curve 0.25, for heating and cooling change the exponent along the wind; arcs 0.12 and
  clumps 0.07, together 0.24. Gas is warmer where it was compressed, by a power of the density that
  lies between 0, if it radiates freely, and 2/3; the wind without cooling has 0.6.
- speed: curve 0.15, arcs 0.05 and clumps 0.03, together 0.1, as in that wind: it is faster than
  sound ten times, so that its pressure turns little of its motion.
- turbulence (option): arcs 0.12 and clumps 0.1, and a curve of 0.2.
- velocity (option): three components over the speed of the wind, arcs 0.05 and clumps 0.03, and
  rotation about any axis by 0.2 of the speed, a smooth function of radius.
- abundances (option): curve 0.5, arcs 0.06 and clumps 0.05, for molecules freeze out on dust and
  are broken by light, mostly as functions of radius.

Those of arcs and clumps are learned (option ``deviations``) by methods that sample the posterior as
a whole: each is log-normal, within a factor of 2 of half the number above, for winds range from
smooth ones to those of simulations without cooling. Structure too fine to be seen still counts, for
it changes how bright a line is: with fixed deviations a wind that was smoother than that came out
colder than it was by 0.4 dex. With other methods they are fixed unless a prior is given: at the
maximum of a posterior in these coordinates a deviation that is free comes out too large, for a
larger one makes the latent numbers of the same field smaller; the sampled posterior also weighs how
many latent numbers fit.
"""

from collections.abc import Mapping

from lineform.deprojection.priors import Fixed, LogNormal, Prior
from lineform.deprojection.windpriors import abundance_name, described, wind_priors
from lineform.errors import ConfigError
from lineform.parameters import Parameter

__all__ = ["ARCS", "CLUMPS", "OPTIONS", "described_free", "free_options", "free_priors", "varying"]

ARCS = (6, 16, 32)
"""Side of the grid over the lengths of arcs along the radius."""

CLUMPS = (3, 8, 16)
"""Side of the grid over the correlation lengths of clumps."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "abundance": ("uniform", "field"),
    "deviations": ("fixed", "learned"),
    "edge": ("none", "sphere"),
    "hydrodynamics": ("none", "steady"),
    "turbulence": ("uniform", "field"),
    "velocity": ("radial", "vector"),
}
"""What each option may be; the first is what it is if nothing is said."""

_DEVIATIONS: Mapping[str, tuple[float, float, float]] = {
    "density": (0.4, 0.35, 0.2),
    "temperature": (0.25, 0.12, 0.07),
    "speed": (0.15, 0.05, 0.03),
    "turbulence": (0.2, 0.12, 0.1),
    "velocity": (0.2, 0.05, 0.03),
}
"""Of the curve, and of arcs and clumps on each scale."""

_OF_ABUNDANCES = (0.5, 0.06, 0.05)

_WIDE = "of the side of the grid wide"


def varying(options: Mapping[str, str], species: Mapping[str, float | None]) -> list[str]:
    """What varies from place to place; the components of the velocity have one name."""
    found = ["density", "temperature", "speed"]
    if options["turbulence"] == "field":
        found.append("turbulence")
    if options["velocity"] == "vector":
        found += ["velocity"] * 3
    if options["abundance"] == "field":
        found += [abundance_name(s) for s in species]
    return found


def free_options(given: Mapping[str, str]) -> dict[str, str]:
    """All options, as they are given or as usual.

    Raises
    ------
    ConfigError
        If there is no such option, or it may not be that.
    """
    for name, value in given.items():
        if name not in OPTIONS:
            legal = ", ".join(sorted(OPTIONS))
            raise ConfigError("option of the model", expected=f"one of {legal}", seen=name)
        if value not in OPTIONS[name]:
            legal = ", ".join(sorted(OPTIONS[name]))
            raise ConfigError(f"option {name}", expected=f"one of {legal}", seen=value)
    return {name: given.get(name, values[0]) for name, values in OPTIONS.items()}


def free_priors(
    options: Mapping[str, str], species: Mapping[str, float | None]
) -> dict[str, Prior]:
    """The usual priors of all numbers of a free-form wind.

    Raises
    ------
    ConfigError
        If a molecule has no usual abundance, and none is given.
    """
    priors = {**wind_priors("spherical", species), "coldest": Fixed(10.0)}
    learned = options["deviations"] == "learned"
    for name in dict.fromkeys(varying(options, species)):
        curve, arcs, clumps = _DEVIATIONS.get(name, _OF_ABUNDANCES)
        structure = {f"{name}_arcs_{scale}": arcs for scale in ARCS}
        structure |= {f"{name}_clumps_{scale}": clumps for scale in CLUMPS}
        # A curve has too few numbers to tell how much curves deviate.
        priors[f"{name}_curve"] = Fixed(curve)
        for each, usual in structure.items():
            priors[each] = LogNormal(usual / 2, 2.0) if learned else Fixed(usual)
    return priors


def described_free(
    options: Mapping[str, str], species: Mapping[str, float | None]
) -> dict[str, Parameter]:
    """Unit and meaning of all numbers of a free-form wind."""
    kinds = {
        "curve": "as a function of radius, about its law",
        **{f"arcs_{scale}": f"in arcs and arms, 1/{scale} {_WIDE}" for scale in ARCS},
        **{f"clumps_{scale}": f"in clumps, 1/{scale} {_WIDE}" for scale in CLUMPS},
    }
    deviations = {
        f"{name}_{kind}": Parameter("", f"Standard deviation of {_measure(name)} {words}.")
        for name in varying(options, species)
        for kind, words in kinds.items()
    }
    coldest = Parameter("K", "Temperature below which no gas cools.")
    return {**described(species), "coldest": coldest, **deviations}


def _measure(name: str) -> str:
    words = name.replace("_", " ")
    return "velocity over the speed of the wind" if name == "velocity" else f"ln {words}"
