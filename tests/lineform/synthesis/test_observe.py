"""Observing: what is asked for is what comes, with any engine."""

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import View
from lineform.errors import ConfigError, LineformError, UnitsError
from lineform.species import linear_rotor
from lineform.synthesis import observe, velocity_axis
from tests.lineform.gas import AU, grid_state

CO, HCN = linear_rotor("CO"), linear_rotor("HCN")
STATE = grid_state(6)
STATE.density["HCN"] = STATE.density["CO"] * 1e-2
VELOCITY = np.linspace(-5, 5, 11) * u.km / u.s


def _observe(**options):
    settings = {"velocity": VELOCITY, "distance": 100 * u.pc, "pixels": 6} | options
    lines = {CO: [CO.line("1-0"), CO.line("2-1")], HCN: [HCN.line("3-2")]}
    return list(observe(STATE, lines, [View(0, 0), View(45, 30)], **settings))


def test_every_line_from_every_direction():
    observations = _observe()
    assert [(o.line.name, o.view.inclination) for o in observations] == [
        (line, view) for view in (0, 45) for line in ("CO_1-0", "CO_2-1", "HCN_3-2")
    ]
    assert all(o.intensity.shape == (11, 6, 6) for o in observations)
    assert all(o.intensity.dtype == np.float32 for o in observations)


PARSEC = 3.0856775814913674e16


def _width(*views, state=STATE):
    options = {"velocity": VELOCITY, "distance": 100 * u.pc, "pixels": 6}
    o = next(observe(state, {CO: [CO.line("2-1")]}, views, **options))
    assert o.x == pytest.approx(-o.x[::-1])
    return np.radians(np.ptp(o.x) * 6 / 5 / 3600) * 100 * PARSEC / AU


def test_the_image_holds_the_box_from_every_direction():
    assert _width(View(0, 0)) == pytest.approx(200)
    assert _width(View(0, 0), View(90, 45)) == pytest.approx(200 * np.sqrt(2))
    assert _width(View.towards((1, 1, 1))) == pytest.approx(200 * np.sqrt(8 / 3))


def test_gas_in_the_corners_must_be_there_to_widen_the_image():
    state = grid_state(20)
    ball = np.linalg.norm(state.position, axis=1) < 100 * AU
    state.density["CO"][~ball] *= 1e-9
    assert _width(View.towards((1, 1, 1)), state=state) == pytest.approx(200)


@pytest.mark.parametrize("direction", [(0, 0, 1), (-1, 0, 1), (1, -1, 0)])
def test_a_model_far_from_the_origin_is_in_the_image(direction):
    here = grid_state(4, density=1e4)
    there = here.moved((-1000 * AU, -1000 * AU, -1000 * AU))
    assert there.reach == pytest.approx(1100 * AU)
    options = {"velocity": VELOCITY, "distance": 100 * u.pc, "pixels": 60}
    (far,) = observe(there, {CO: [CO.line("2-1")]}, [View.towards(direction)], **options)
    (near,) = observe(here, {CO: [CO.line("2-1")]}, [View.towards(direction)], **options)
    assert far.spectrum == pytest.approx(near.spectrum, rel=0.3)


def test_an_engine_is_anything_that_makes_cubes_of_a_scene():
    class Constant:
        name = "constant"

        def version(self):
            return "1"

        def cubes(self, scene):
            shape = (len(scene.velocity), len(scene.offsets), len(scene.offsets))
            for _ in scene.views:
                for lines in scene.molecules.values():
                    for k, _ in enumerate(lines):
                        yield np.full(shape, k + 1.0, dtype=np.float32)

    observations = _observe(engine=Constant())
    assert [float(o.intensity.max()) for o in observations] == [1, 2, 1] * 2


def test_strips_of_an_image_make_the_whole(monkeypatch):
    whole = _observe(pixels=7)
    monkeypatch.setattr("lineform.synthesis.imager._RAYS_AT_ONCE", 15)
    strips = _observe(pixels=7)
    assert all(np.array_equal(a.intensity, b.intensity) for a, b in zip(whole, strips, strict=True))


def test_rays_within_a_pixel_are_averaged():
    fine = _observe(pixels=12)[0].intensity
    coarse = _observe(pixels=6, rays_per_pixel=2)[0].intensity
    assert coarse == pytest.approx(fine.reshape(11, 6, 2, 6, 2).mean((2, 4)), rel=1e-5)


def test_samples_within_a_channel_are_averaged():
    # The three samples of each channel are the channels of a finer axis.
    fine_axis = (np.arange(33) - 16) / 3 * u.km / u.s
    fine = _observe(velocity=fine_axis)[0].intensity
    wide = _observe(samples_per_channel=3)[0]
    assert wide.velocity == pytest.approx(VELOCITY.value)
    assert wide.intensity == pytest.approx(fine.reshape(11, 3, 6, 6).mean(1), rel=1e-4)


def test_enough_samples_keep_the_flux_of_a_line_narrower_than_a_channel():
    state = grid_state(4, velocity=lambda p: np.full_like(p, 1.3e3), turbulence=100.0)
    options = {"distance": 100 * u.pc, "pixels": 4}
    state.density["CO"][:] = 1e4

    def flux(velocity, samples):
        (o,) = observe(
            state, {CO: [CO.line("2-1")]}, [View(0, 0)], velocity=velocity * u.km / u.s,
            samples_per_channel=samples, **options,
        )  # fmt: skip
        return o.spectrum.sum() * (velocity[1] - velocity[0])

    true = flux(np.linspace(-4, 4, 321), 1)
    assert flux(np.linspace(-4, 4, 5), 1) < 0.1 * true
    assert flux(np.linspace(-4, 4, 5), 60) == pytest.approx(true, rel=1e-3)


@pytest.mark.parametrize("fov", [100 * AU * u.m, 100 * u.au, 1 * u.arcsec])
def test_the_field_of_view_is_a_length_or_an_angle(fov):
    o = _observe(fov=fov, distance=100 * u.pc)[0]
    assert np.ptp(o.x) * 6 / 5 == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("distance", -3 * u.pc, r"distance: expected a positive length, got -3.0 pc"),
        ("fov", 0 * u.au, r"field of view: expected a positive width, got 0.0 AU"),
        ("fov", 3 * u.K, r"field of view: expected one number in m, got 3.0 K"),
        ("pixels", 1, r"pixels: expected at least 2, got 1"),
        ("samples_per_channel", 0, r"samples per channel: expected at least 1, got 0"),
        ("rays_per_pixel", 0, r"rays per pixel: expected at least 1, got 0"),
    ],
)
def test_options_that_cannot_be(option, value, said):
    with pytest.raises(LineformError, match=said):
        _observe(**{option: value})


def test_the_axis_holds_thermal_widths():
    rest = grid_state(4, temperature=3000.0, turbulence=0.0)
    # CO at 3000 K: 1.33 km/s at 1/e, four of them.
    assert velocity_axis(rest, 5, [CO])[-1] == 6 * u.km / u.s
    assert velocity_axis(grid_state(4, temperature=1.0, turbulence=0.0), 5)[-1] == 1 * u.km / u.s


def test_the_axis_holds_every_velocity():
    state = grid_state(4, velocity=lambda p: np.full_like(p, 3e3), turbulence=500.0)
    axis = velocity_axis(state, 21)
    assert axis[10] == 0
    assert axis[-1] == -axis[0]
    assert axis[-1] >= np.sqrt(3) * 3 * u.km / u.s + 2 * u.km / u.s


def test_too_few_channels():
    with pytest.raises(ConfigError, match="channels: expected at least 3, got 2"):
        velocity_axis(STATE, 2)


def test_a_distance_has_a_unit():
    with pytest.raises(UnitsError, match="distance: expected a quantity in pc, got 150"):
        _observe(distance=150)


def test_float_input_of_both_widths_agrees():
    import dataclasses

    single = dataclasses.replace(
        STATE,
        temperature=STATE.temperature.astype("f4"),
        velocity=STATE.velocity.astype("f4"),
        density={name: values.astype("f4") for name, values in STATE.density.items()},
    )
    lines = {CO: [CO.line("2-1")]}
    options = {"velocity": VELOCITY, "distance": 100 * u.pc, "pixels": 6}
    (a,) = observe(STATE, lines, [View(30, 10)], **options)
    (b,) = observe(single, lines, [View(30, 10)], **options)
    assert b.spectrum == pytest.approx(a.spectrum, rel=1e-4)
