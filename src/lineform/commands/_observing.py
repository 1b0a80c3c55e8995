"""Options of the commands that observe models, and what they mean."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lineform.setup import Setup
    from lineform.synthesis.base import Interpolation

__all__ = ["lamda_file", "observing_options", "setup_from"]

_OPTIONS = (
    click.option(
        "--line",
        "lines",
        multiple=True,
        metavar="LINE",
        help="Such as 'CO 3-2'; may be repeated [CO 2-1, CO 3-2, SiO 5-4, of what the model has].",
    ),
    click.option(
        "--direction",
        "directions",
        multiple=True,
        metavar="X,Y,Z",
        help="From the model to the observer; may be repeated [inclinations of 0, 50, 90 deg].",
    ),
    click.option(
        "--pixels", type=int, default=64, show_default=True, help="Along a side of the images."
    ),
    click.option("--channels", type=int, default=51, show_default=True, help="Of a cube."),
    click.option(
        "--velocity-range",
        type=float,
        nargs=2,
        metavar="LOW HIGH",
        help="Middles of the outermost channels in km/s [all velocities of the model].",
    ),
    click.option(
        "--fov",
        metavar="QUANTITY",
        help="Width of the images, such as '1000 au' or '6 arcsec' [that of the model].",
    ),
    click.option(
        "--center",
        metavar="X,Y,Z UNIT",
        default="0,0,0 au",
        show_default=True,
        help="Place in the model that is the middle of the images.",
    ),
    click.option(
        "--distance", default="150 pc", show_default=True, metavar="QUANTITY", help="Of the model."
    ),
    click.option(
        "--lamda",
        multiple=True,
        metavar="[SPECIES=]FILE",
        help="LAMDA file to use instead of the built-in rotor; may be repeated.",
    ),
    click.option(
        "--excitation",
        default="lte",
        show_default=True,
        help="How level populations are found: lte, escape, lambda, or model for those in it.",
    ),
    click.option(
        "--engine",
        default="auto",
        show_default=True,
        help="array (NumPy), numba (compiled), walk (array, on Magritte's way from point to point),"
        " magritte (an installed Magritte), or auto.",
    ),
    click.option(
        "--background",
        default="2.725 K",
        show_default=True,
        metavar="QUANTITY",
        help="Black body behind the gas, which is subtracted.",
    ),
    click.option(
        "--dust",
        metavar="QUANTITY",
        help="Opacity of dust per mass of gas at 230 GHz, such as '0.001 m2/kg' [none].",
    ),
    click.option(
        "--dust-slope",
        type=float,
        default=1.0,
        show_default=True,
        help="Power of the frequency that the opacity grows with.",
    ),
    click.option(
        "--star",
        metavar="RADIUS,TEMPERATURE",
        help="Black sphere at the origin, such as '1.5 au,2500 K' [none].",
    ),
    click.option(
        "--star-position", metavar="X,Y,Z UNIT", help="Of the star, such as '0,3,0 au' [0,0,0 au]."
    ),
    click.option(
        "--rays-per-pixel",
        type=int,
        default=1,
        show_default=True,
        help="Along each side of a pixel; more where the gas is finer than a pixel.",
    ),
    click.option(
        "--samples-per-channel",
        type=int,
        default=1,
        show_default=True,
        help="Averaged; more where channels are wider than the line.",
    ),
    click.option(
        "--interpolation",
        type=click.Choice(["auto", "log", "linear"]),
        default="auto",
        show_default=True,
        help="Of densities: log suits smooth winds, linear keeps the gas of shocks and edges.",
    ),
    click.option(
        "--optical-depth",
        is_flag=True,
        help="Make maps of the largest optical depth too; takes as long again.",
    ),
)


def observing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of `setup_from`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def setup_from(
    *,
    lines: Iterable[str],
    directions: Iterable[str],
    pixels: int,
    channels: int,
    velocity_range: tuple[float, float] | None,
    fov: str | None,
    center: str,
    distance: str,
    lamda: Iterable[str],
    excitation: str,
    engine: str,
    background: str,
    dust: str | None,
    dust_slope: float,
    star: str | None,
    star_position: str | None,
    rays_per_pixel: int,
    samples_per_channel: int,
    optical_depth: bool,
    interpolation: "Interpolation",
) -> "Setup":
    """The setup that the options describe.

    Raises
    ------
    LineformError
        If one of them cannot be used.
    """
    from lineform.setup import Setup
    from lineform.synthesis.base import Dust
    from lineform.synthesis.observe import DEFAULT_VIEWS
    from lineform.units import parse, quantity

    return Setup(
        lines=tuple(lines),
        views=tuple(_view(text) for text in directions) or DEFAULT_VIEWS,
        pixels=pixels,
        channels=channels,
        velocity=velocity_range,
        fov=None if fov is None else quantity(fov, "field of view"),
        center=_place(center, "center"),
        distance=quantity(distance, "distance"),
        lamda=tuple(lamda_file(text) for text in lamda),
        excitation=excitation,
        engine=engine,
        background=parse(background, "K", "background"),
        dust=None if dust is None else Dust(parse(dust, "m2 kg-1", "dust"), dust_slope),
        star=_star(star, star_position),
        rays_per_pixel=rays_per_pixel,
        samples_per_channel=samples_per_channel,
        optical_depth=optical_depth,
        interpolation=interpolation,
    )


def _view(text: str) -> Any:  # noqa: ANN401 (a View, whose module needs NumPy)
    from lineform.cube import View

    return View.towards(_three(text, "direction"))


def _three(text: str, name: str) -> list[float]:
    from lineform.errors import ConfigError

    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3:
        raise ConfigError(name, expected="three numbers, such as 0,0,1", seen=repr(text))
    return numbers


def lamda_file(text: str) -> tuple[str, Path]:
    """``co.dat`` or ``CO=co.dat`` as species, which may be empty, and file."""
    species, equals, path = text.partition("=")
    return (species, Path(path)) if equals else ("", Path(text))


def _star(text: str | None, position: str | None) -> Any:  # noqa: ANN401 (as above)
    from lineform.errors import ConfigError
    from lineform.synthesis.base import Star
    from lineform.units import parse

    if text is None:
        if position is not None:
            raise ConfigError("star position", expected="--star beside it", seen="none")
        return None
    radius, comma, temperature = text.partition(",")
    if not comma:
        raise ConfigError("star", expected="a radius and a temperature", seen=repr(text))
    star = Star(parse(radius, "m", "star radius"), parse(temperature, "K", "star temperature"))
    if not (star.radius > 0 and star.temperature > 0):
        raise ConfigError("star", expected="a positive radius and temperature", seen=repr(text))
    return Star(star.radius, star.temperature, _place(position or "0,0,0 au", "star position"))


def _place(text: str, name: str) -> tuple[float, float, float]:
    """``0,3,0 au`` as x, y, z [m]."""
    from lineform.units import parse

    numbers, _, unit = text.strip().partition(" ")
    scale = parse(f"1 {unit}", "m", name)
    x, y, z = (scale * number for number in _three(numbers, name))
    return x, y, z
