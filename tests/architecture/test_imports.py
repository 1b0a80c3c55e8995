"""Who may import whom; what may not be loaded until it is needed."""

import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter

import pytest

from tests.architecture.source import ROOT, modules

HOMES = {
    "astropy.io.fits": ("portal.fits", "lineform.fits", "lineform.measurement"),
    "astropy.wcs": ("portal.fits", "portal.extraction", "lineform.fits", "lineform.measurement"),
    "click": ("portal.cli", "portal.commands", "lineform.cli", "lineform.commands"),
    "dask": ("portal.executors.dask", "lineform.executors.dask"),
    "distributed": ("portal.executors.dask", "lineform.executors.dask"),
    "h5py": (
        "portal.readers",
        "portal.client",
        "lineform.hdf5",
        "lineform.io",
        "lineform.posterior",
        "lineform.readers",
    ),
    "jinja2": ("portal.render", "lineform.report"),
    "lark": ("portal.mapping",),
    "mkdocs": ("portal.prose",),
    "numba": (
        "lineform.synthesis._compiled",
        "lineform.synthesis._grid_kernels",
        "lineform.synthesis._line_kernels",
    ),
    "pyarrow": (
        "portal.catalog",
        "portal.check",
        "portal.client",
        "portal.commands",
        "portal.exporters",
        "portal.pages",
    ),
    "re2": ("portal.mapping",),
    "torch": ("lineform.deprojection", "lineform.inference", "portal.client.stream"),
}
"""Each heavy dependency and the modules or packages that may import it."""

HEAVY = (
    "astropy",
    "click",
    "dask",
    "h5py",
    "jinja2",
    "lark",
    "mkdocs",
    "numba",
    "pandas",
    "pyarrow",
    "scipy",
    "torch",
)


def _within(name: str, homes: tuple[str, ...]) -> bool:
    return any(name == home or name.startswith(f"{home}.") for home in homes)


@pytest.mark.parametrize("dependency", HOMES)
def test_a_heavy_dependency_has_one_home(dependency):
    strangers = [
        module.name
        for module in modules()
        for target, _ in module.imports
        if _within(target, (dependency,)) and not _within(module.name, HOMES[dependency])
    ]
    assert strangers == []


@pytest.mark.parametrize("package", ["portal", "lineform"])
def test_importing_a_package_loads_nothing_heavy(package):
    code = f"import sys, {package}; print(*sorted(set(sys.modules) & {set(HEAVY)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_loads_nothing_that_computes():
    code = (
        "import sys; sys.argv = ['portal', '--version']\n"
        "from portal.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(*sorted(set(sys.modules) & {set(HEAVY) - {'click'}!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] in ([], [""])


def _own(target: str, names: set[str]) -> str | None:
    # `from portal.catalog import paths` names a module; `from portal.units import to` does not.
    return next((n for n in (target, target.rsplit(".", 1)[0]) if n in names), None)


def test_no_import_cycles():
    names = {module.name for module in modules()}
    graph = {
        module.name: {_own(target, names) for target, now in module.imports if now}
        - {None, module.name}
        for module in modules()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError naming the cycle


def test_imports_are_absolute():
    relative = [
        module.name
        for module in modules()
        if any(
            f"from {'.' * dots}" in line for dots in (1, 2) for line in _import_lines(module.text)
        )
    ]
    assert relative == []


def _import_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("from .")]


def test_the_layer_contract_holds():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_page_on_architecture_shows_the_contract():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    text = (ROOT / "site_src" / "architecture.md").read_text()
    shown = set(re.findall(r"\w+", text.split("```text\n")[1].split("```")[0]))
    layers = [layer for c in config["contracts"] for layer in c.get("layers", ())]
    placed = {name for layer in layers for name in re.findall(r"\w+", layer)}
    assert shown == (placed | {"portal", "lineform"}) - {"__main__"}
