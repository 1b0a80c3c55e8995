"""Writes the pages of the Python interfaces from docstrings: ``python -m tests.docs.api``."""

import ast
import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.docs.docstrings import markdown

SITE = Path(__file__).parents[2] / "site_src"
_LONGEST = 88


@dataclass(frozen=True)
class Task:
    """Modules that serve one purpose."""

    title: str
    words: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class ApiPage:
    """A page on the interface of a package."""

    name: str
    title: str
    description: str
    words: str
    tasks: tuple[Task, ...]


LINEFORM = ApiPage(
    name="api.md",
    title="Python interface of lineform",
    description="Every public function and class of lineform, by what it is for.",
    words=(
        "What the [commands](commands.md) do, and all that they are made of. Arrays are NumPy's and"
        " in SI units unless a unit is said in square brackets; shapes stand in round ones."
        " Arguments that carry units are quantities of `astropy.units`. A good start is the"
        " tutorial on [CO cubes](tutorial-co-cube.md)."
    ),
    tasks=(
        Task(
            "Models",
            "Open, write and make the gas that is observed.",
            ("lineform.models", "lineform.state", "lineform.io", "lineform.winds",
             "lineform.survey", "lineform.parameters", "lineform.naming"),
        ),
        Task(
            "Conversion",
            "From a snapshot of a simulation to a model file;"
            " see [Convert a simulation](convert.md).",
            ("lineform.convert", "lineform.recipe", "lineform.scales"),
        ),
        Task("Molecules", "Levels, lines and rates.", ("lineform.species", "lineform.readers")),
        Task(
            "Synthesis",
            "From a model to cubes; the equations stand in [The physics](physics.md).",
            ("lineform.synthesis", "lineform.setup", "lineform.synthesise", "lineform.cube"),
        ),
        Task("Level populations", "LTE and beyond.", ("lineform.excitation",)),
        Task(
            "Telescopes and FITS",
            "What an instrument does to a cube; see [See it with a telescope](telescope.md).",
            ("lineform.instrument", "lineform.fits"),
        ),
        Task(
            "Stores",
            "Many models at once; see [Make a store](make-a-store.md).",
            ("lineform.store", "lineform.sources"),
        ),
        Task(
            "Formulas",
            "Pure functions over arrays of any library that follows the array API, such as NumPy"
            " and PyTorch.",
            ("lineform.func", "lineform.constants"),
        ),
        Task(
            "Parts of a synthesis",
            "What engines, tracers and excitation methods hand to each other: for those who add"
            " one, by [one file](architecture.md#add-something-one-file).",
            (
                "lineform.synthesis.base",
                "lineform.synthesis.engines",
                "lineform.synthesis.gradient",
                "lineform.excitation.base",
            ),
        ),
        Task(
            "Deprojection",
            "From measured cubes to samples of the gas, and what they say; see [From a cube to a"
            " 3-D model](tutorial-deproject.md) and [The statistics](statistics.md).",
            ("lineform.deproject", "lineform.measurement", "lineform.posterior", "lineform.report"),
        ),
        Task(
            "Parts of a deprojection",
            "What models of the gas and methods of inference hand to each other: for those who add"
            " one, by [one file](architecture.md#add-something-one-file). They need PyTorch.",
            (
                "lineform.deprojection.base",
                "lineform.deprojection.families",
                "lineform.deprojection.priors",
                "lineform.deprojection.frame",
                "lineform.deprojection.forward",
                "lineform.deprojection.problem",
                "lineform.inference.base",
            ),
        ),
        Task(
            "Units and errors",
            "Every error is a `LineformError` that says what, seen, expected and the way out.",
            ("lineform.units", "lineform.errors"),
        ),
    ),
)  # fmt: skip

PORTAL = ApiPage(
    name="api-portal.md",
    title="Python interface of a catalogue",
    description="Search, open, download and verify what a site publishes, from Python.",
    words=(
        "`import portal` needs no more than what is in the base installation, and works on any site"
        " that `portal build` made. [Python over HTTP](quickstart-python.md) does without it.\n\n"
        "```python\n"
        "from portal.client import open_catalog\n\n"
        'with open_catalog("https://portal.example.org/") as catalog:\n'
        '    rows = catalog.query("terminal_velocity < 10", observations=True)\n'
        "    velocity, flux = catalog.spectrum(rows.iloc[0])\n"
        '    report = catalog.fetch("terminal_velocity < 10", "winds", only="observations")\n'
        'print(f"{len(rows)} observations, the first up to {flux.max():.3g} Jy")\n'
        "print(report)\n"
        "```"
    ),
    tasks=(
        Task("Catalogues", "Open, query, fetch, verify.", ("portal.client",)),
        Task(
            "Queries",
            "The [query language](finding-models.md#query-expressions) on data frames and in SQL.",
            ("portal.catalog.frames", "portal.catalog.sql"),
        ),
    ),
)

PAGES = (LINEFORM, PORTAL)


def page(api: ApiPage) -> str:
    """The whole page."""
    head = (
        f"---\ntitle: {api.title}\ndescription: {api.description}\n---\n\n# {api.title}\n\n"
        "<!-- Written by `make reference`; a test compares it with the source. -->\n\n"
        f"{api.words}\n\n"
    )
    taken: set[str] = set()
    contents, parts = [], []
    for task in api.tasks:
        names = [
            (module, name)
            for module in task.modules
            for name in import_module(module).__all__
            if not (_home(module, name) in taken or taken.add(_home(module, name)))
        ]
        links = ", ".join(f"[`{name}`](#{_anchor(module, name)})" for module, name in names)
        contents.append(f"- **{task.title}**: {links}\n")
        parts.append(f"## {task.title}\n\n{task.words}\n\n")
        values = [pair for pair in names if _is_value(*pair)]
        parts += [_entry(*pair) for pair in names if pair not in values]
        parts += ["**Values**\n\n", *(_value(*pair) for pair in values), "\n"] if values else []
    return head + "".join(contents) + "\n" + "".join(parts).rstrip() + "\n"


def _anchor(module: str, name: str) -> str:
    return f"{module}.{name}".replace(".", "-")


def _home(module: str, name: str) -> str:
    found, _, _ = _definition(module, name)
    return f"{found}.{name}"


@cache
def _tree(module: str) -> ast.Module:
    file = import_module(module).__file__
    assert file is not None
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def _definition(module: str, name: str) -> tuple[str, ast.stmt, str]:
    """Module that defines a name, the statement, and the text under it if it is a value."""
    body = _tree(module).body
    for number, node in enumerate(body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return module, node, ast.get_docstring(node) or ""
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in _targets(node):
            after = body[number + 1] if number + 1 < len(body) else None
            return module, node, _text(after)
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return _definition(str(node.module), name)
    raise LookupError(f"{module}.{name}")


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {ast.unparse(target) for target in targets}


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    return ""


def _is_value(module: str, name: str) -> bool:
    return not isinstance(_definition(module, name)[1], ast.FunctionDef | ast.ClassDef)


def _entry(module: str, name: str) -> str:
    _, node, text = _definition(module, name)
    heading = f"### {name} {{ #{_anchor(module, name)} }}\n\n"
    if isinstance(node, ast.ClassDef):
        return heading + _class(module, node, text)
    assert isinstance(node, ast.FunctionDef)
    return heading + _code(_signature(f"{module}.{name}", node)) + markdown(text) + "\n\n"


def _value(module: str, name: str) -> str:
    _, node, text = _definition(module, name)
    assert isinstance(node, ast.Assign | ast.AnnAssign)
    value = ast.unparse(node.value) if node.value else ""
    shown = f"{module}.{name} = {value}" if len(value) <= _LONGEST // 2 else f"{module}.{name}"
    meaning = f"  \n    {markdown(text)}" if text else ""
    return f"- `{shown}`{meaning}\n    {{ #{_anchor(module, name)} }}\n"


def _class(module: str, node: ast.ClassDef, text: str) -> str:
    parts = [_code(_call(f"{module}.{node.name}", _fields(node), "")), markdown(text) + "\n\n"]
    for member in node.body:
        if not isinstance(member, ast.FunctionDef) or member.name.startswith("_"):
            continue
        marks = {ast.unparse(mark) for mark in member.decorator_list}
        words = ast.get_docstring(member) or ""
        if "property" in marks:
            returns = f": {_type(member.returns)}" if member.returns else ""
            parts.append(_code(f"{node.name}.{member.name}{returns}"))
        else:
            parts.append(_code(_signature(f"{node.name}.{member.name}", member)))
        parts.append(markdown(words) + "\n\n")
    return "".join(parts)


def _fields(node: ast.ClassDef) -> list[str] | None:
    """Arguments of the class; None for what is not called, such as a protocol or an error."""
    for member in node.body:
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            return _arguments(member)
    if any("dataclass" in ast.unparse(mark) for mark in node.decorator_list):
        return [
            ast.unparse(member)
            for member in node.body
            if isinstance(member, ast.AnnAssign) and not ast.unparse(member.target).startswith("_")
        ]
    return None


def _arguments(node: ast.FunctionDef) -> list[str]:
    spec = node.args
    listed = [*spec.posonlyargs, *spec.args]
    defaults: list[ast.expr | None] = [None] * (len(listed) - len(spec.defaults)) + spec.defaults
    shown = [_argument(a, d) for a, d in zip(listed, defaults, strict=True)]
    if spec.kwonlyargs:
        shown.append(f"*{_argument(spec.vararg, None)}" if spec.vararg else "*")
        shown += [_argument(*p) for p in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    return shown[1:] if listed and listed[0].arg in ("self", "cls") else shown


def _type(annotation: ast.expr) -> str:
    """An annotation, without the quotes of one that is not loaded."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation)


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    kind = f": {_type(argument.annotation)}" if argument.annotation else ""
    if default is None:
        return argument.arg + kind
    return f"{argument.arg}{kind}{' = ' if kind else '='}{ast.unparse(default)}"


def _signature(name: str, node: ast.FunctionDef) -> str:
    returns = f" -> {_type(node.returns)}" if node.returns else ""
    return _call(name, _arguments(node), returns)


def _call(name: str, arguments: list[str] | None, returns: str) -> str:
    if arguments is None:
        return name
    line = f"{name}({', '.join(arguments)}){returns}"
    if len(line) <= _LONGEST:
        return line
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), f"){returns}"])


def _code(text: str) -> str:
    return f"```py\n{text}\n```\n\n"


if __name__ == "__main__":
    for api in PAGES:
        (SITE / api.name).write_text(page(api), encoding="utf-8")
        sys.stdout.write(f"wrote {api.name}\n")
