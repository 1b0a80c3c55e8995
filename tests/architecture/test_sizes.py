"""Modules and functions stay small enough to read."""

from statistics import median, quantiles

from tests.architecture.source import body_lines, modules

LONG_MODULES: dict[str, str] = {
    "lineform.synthesis._line_kernels": "Numba's cache on disk only sees changes to the file of a"
    " kernel, so that all that it calls has to stand there",
}
"""Modules over the cap, each with the reason."""


def test_modules_are_short():
    sizes = [m.lines for m in modules() if m.lines > 0]
    assert median(sizes) <= 150


def test_no_module_is_over_the_cap_without_a_reason():
    over = {m.name: m.lines for m in modules() if m.lines > 400}
    assert {name: lines for name, lines in over.items() if name not in LONG_MODULES} == {}


def test_the_list_of_long_modules_is_current():
    assert set(LONG_MODULES) <= {m.name for m in modules() if m.lines > 400}


def test_functions_are_short():
    sizes = [body_lines(f) for m in modules() for f in m.functions()]
    assert median(sizes) <= 12
    assert quantiles(sizes, n=10)[-1] <= 40


def test_no_function_is_over_eighty_lines():
    over = {
        f"{m.name}.{f.name}": body_lines(f)
        for m in modules()
        for f in m.functions()
        if body_lines(f) > 80
    }
    assert over == {}


def test_folders_are_one_deep():
    deep = [m.name for m in modules() if m.name.count(".") > 2]
    assert deep == []
