"""Options of ``deproject``, and what they mean."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lineform.deproject import Plan
    from lineform.deprojection.arrangement import Wishes
    from lineform.measurement import Reading

__all__ = ["deproject_options", "named", "plan_from"]

_OPTIONS = (
    click.option(
        "--model",
        default="free",
        show_default=True,
        help="free (fields in every cell), or a parametric wind: spherical, spiral, bipolar, disk,"
        " rotating_disk.",
    ),
    click.option(
        "--method",
        default="",
        help="map (the most probable model), vi (variational), smc (sequential Monte Carlo), hmc"
        " (Monte Carlo, for parametric winds), npe (a trained network) [vi; smc for free].",
    ),
    click.option(
        "--line",
        "lines",
        multiple=True,
        metavar="LINE",
        help="Such as 'CO 2-1'; may be repeated [that of the file].",
    ),
    click.option(
        "--lamda",
        multiple=True,
        metavar="[SPECIES=]FILE",
        help="LAMDA file to use instead of the built-in rotor; may be repeated.",
    ),
    click.option("--group", "groups", multiple=True, help="Of an observation file [all]."),
    click.option(
        "--rest-frequency", metavar="QUANTITY", help="Of a FITS cube [that of its header]."
    ),
    click.option(
        "--rms",
        metavar="QUANTITY",
        help="Of the noise, such as '3 mJy/beam' or '0.1 K' [of the file, or estimated].",
    ),
    click.option(
        "--noise-map",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="FITS image of the rms.",
    ),
    click.option("--beam", metavar="QUANTITY", help="Widths (FWHM), as '0.2,0.15 arcsec'."),
    click.option("--position-angle", metavar="QUANTITY", default="0 deg", help="Of that beam."),
    click.option(
        "--velocity-range",
        type=float,
        nargs=2,
        metavar="LOW HIGH",
        help="Channels to use, in km/s [all].",
    ),
    click.option("--baseline", is_flag=True, help="Take the line-free mean off each pixel."),
    click.option("--faint", is_flag=True, help="Go on although no line stands out."),
    click.option(
        "--center", metavar="RA DEC", help="Of the star, as '9h47m33.5s +11d25m43s' [the image's]."
    ),
    click.option("--center-error", metavar="QUANTITY", help="Fit it; as '0.05 arcsec' [fixed]."),
    click.option("--distance", metavar="QUANTITY", help="Of the star; of FITS cubes needed."),
    click.option("--distance-error", metavar="QUANTITY", help="Fit it; as '10 pc' [fixed]."),
    click.option(
        "--systemic-velocity",
        metavar="QUANTITY",
        help="Radio velocity of the star, as '-26 km/s' [fitted, from the middle of the line; 0 for"
        " synthetic observations].",
    ),
    click.option(
        "--systemic-error", metavar="QUANTITY", help="Fit it; as '1 km/s' [fixed if given]."
    ),
    click.option(
        "--radius", metavar="QUANTITY", help="Half a side of the grid, as '5 arcsec' [the image]."
    ),
    click.option("--cells", type=click.IntRange(2), help="Along a side of the grid [32 at most]."),
    click.option("--pixels", type=click.IntRange(1), help="Of the image at most: averaged [64]."),
    click.option(
        "--bin-channels", type=int, default=1, show_default=True, help="Average so many channels."
    ),
    click.option(
        "--abundance",
        "abundances",
        multiple=True,
        metavar="SPECIES=NUMBER",
        help="Molecules per H2; may be repeated.",
    ),
    click.option(
        "--prior",
        "priors",
        multiple=True,
        metavar="NAME=PRIOR",
        help="Such as 'mass_loss_rate=log-normal 1e-6 10' or 'rotation_velocity=uniform 0 10'.",
    ),
    click.option(
        "--fix", "fixed", multiple=True, metavar="NAME=NUMBER", help="The same as a fixed prior."
    ),
    click.option(
        "--model-option",
        "model_options",
        multiple=True,
        metavar="NAME=VALUE",
        help="What a model understands besides its numbers; the page on statistics lists them.",
    ),
    click.option(
        "--model-error",
        type=click.FloatRange(0, 1),
        default=0.03,
        show_default=True,
        help="Share of the intensity that no model describes: cells, calibration, physics.",
    ),
    click.option(
        "--background",
        default="2.725 K",
        show_default=True,
        metavar="QUANTITY",
        help="Black body behind the gas.",
    ),
    click.option(
        "--samples", type=click.IntRange(1), help="To draw [100; of fields in every cell 40]."
    ),
    click.option("--iterations", type=click.IntRange(0), default=0, help="At most [no limit]."),
    click.option("--starts", type=click.IntRange(0), default=0, help="Searches for modes [auto]."),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all."),
    click.option(
        "--network",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Of lineform train, for the method npe.",
    ),
    click.option(
        "--refine",
        type=click.Choice(["", "weights", "hmc"]),
        default="",
        help="The samples of npe, with the exact likelihood.",
    ),
    click.option(
        "--precision",
        type=click.Choice(["auto", "single", "double"]),
        default="auto",
        show_default=True,
        help="Of numbers.",
    ),
    click.option(
        "--device", default="auto", show_default=True, help="cpu, cuda, or what there is."
    ),
)


def deproject_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of `plan_from`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def plan_from(cubes: tuple[Path, ...], **options: Any) -> "Plan":  # noqa: ANN401
    """What the options ask for.

    Raises
    ------
    LineformError
        If an option cannot be understood.
    """
    from lineform.deproject import Plan
    from lineform.inference.base import Settings
    from lineform.units import parse

    fixed = {name: f"fixed {value}" for name, value in named(options["fixed"], "fixed").items()}
    return Plan(
        cubes=cubes,
        model=options["model"],
        method=options["method"],
        reading=_reading(options),
        wishes=_wishes(options),
        settings=Settings(
            samples=options["samples"] or 0,
            iterations=options["iterations"],
            seed=options["seed"],
            network=options["network"],
            refine=options["refine"],
        ),
        abundances=_abundances(options["abundances"]),
        priors=named(options["priors"], "prior") | fixed,
        options=named(options["model_options"], "option of the model"),
        model_error=options["model_error"],
        background=parse(options["background"], "K", "background"),
        bin_channels=options["bin_channels"],
        starts=options["starts"],
        precision=options["precision"],
        device=options["device"],
    )


def _reading(options: dict[str, Any]) -> "Reading":
    from lineform.commands._observing import lamda_file
    from lineform.commands._telescope import beam_from
    from lineform.measurement import Reading
    from lineform.units import parse, quantity

    rest, rms = options["rest_frequency"], options["rms"]
    return Reading(
        lines=tuple(options["lines"]),
        lamda=tuple(lamda_file(text) for text in options["lamda"]),
        groups=tuple(options["groups"]),
        rest_frequency=parse(rest, "Hz", "rest frequency") if rest else 0.0,
        rms=quantity(rms, "rms", "K") if rms else None,
        noise_map=options["noise_map"],
        beam=beam_from(options["beam"], options["position_angle"]),
        velocity=_ascending(options["velocity_range"]),
        centre=_centre(options["center"]),
        baseline=options["baseline"],
        faint=options["faint"],
    )


def _ascending(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    """Two velocities, whichever was given first."""
    return None if ends is None else (min(ends), max(ends))


def _centre(text: str | None) -> tuple[float, float] | None:
    """Right ascension and declination [deg]."""
    from astropy.coordinates import SkyCoord

    from lineform.errors import ConfigError

    if text is None:
        return None
    try:
        place = SkyCoord(text)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            "center",
            expected="right ascension and declination, such as '9h47m33.5s +11d25m43s'",
            seen=repr(text),
        ) from error
    return float(place.icrs.ra.deg), float(place.icrs.dec.deg)


def _wishes(options: dict[str, Any]) -> "Wishes":
    from lineform.commands._telescope import positive
    from lineform.deprojection.arrangement import Wishes
    from lineform.units import parse

    def given(name: str, unit: str) -> float | None:
        text = options[name]
        return None if text is None else parse(text, unit, name.replace("_", " "))

    return Wishes(
        distance=given("distance", "pc"),
        distance_error=positive(options["distance_error"], "pc", "error of the distance"),
        systemic=given("systemic_velocity", "km/s"),
        systemic_error=given("systemic_error", "km/s"),
        offset_error=positive(options["center_error"], "arcsec", "error of the center"),
        radius=positive(options["radius"], "arcsec", "radius"),
        cells=options["cells"] or 0,
        pixels=options["pixels"] or 0,
    )


def named(texts: Iterable[str], what: str) -> dict[str, str]:
    """``NAME=VALUE`` as name and value, each name once."""
    from lineform.errors import ConfigError

    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise ConfigError(what, expected="NAME=VALUE", seen=repr(text))
        if name in found:
            raise ConfigError(what, expected=f"{name} once", seen="it twice")
        found[name] = value
    return found


def _abundances(texts: Iterable[str]) -> dict[str, float]:
    from lineform.errors import ConfigError

    found = {}
    for name, value in named(texts, "abundance").items():
        try:
            found[name] = float(value)
        except ValueError as error:
            raise ConfigError("abundance", expected="SPECIES=NUMBER", seen=value) from error
        if not found[name] > 0:
            raise ConfigError("abundance", expected="a positive number", seen=value)
    return found
