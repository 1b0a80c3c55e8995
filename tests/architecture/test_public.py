"""What is public is listed, documented and typed; names are the field's words."""

import ast
from importlib import import_module

import pytest

from tests.architecture.source import Module, modules

PUBLIC = [m for m in modules() if m.public and len(m.tree.body) > 1]
"""Public modules that hold more than a docstring."""

PLUGINS = ("commands", "executors", "exporters", "extraction", "lint", "pages", "readers")
"""Folders whose members show one object, whose class is nobody else's business."""

VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common", "tools"}


def _listed(module: Module) -> list[str] | None:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def _public_definitions(module: Module) -> list[ast.FunctionDef | ast.ClassDef]:
    return [
        node
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("module", PUBLIC, ids=lambda m: m.name)
def test_public_names_are_listed_sorted_and_exist(module):
    listed = _listed(module)
    assert listed is not None, f"{module.name} has no __all__"
    assert len(listed) == len(set(listed))
    assert all(hasattr(import_module(module.name), name) for name in listed)
    if not any(module.name.startswith(f"portal.{folder}.") for folder in PLUGINS):
        assert {node.name for node in _public_definitions(module)} <= set(listed)


@pytest.mark.parametrize("module", PUBLIC, ids=lambda m: m.name)
def test_public_things_have_docstrings(module):
    silent = [n.name for n in _public_definitions(module) if not ast.get_docstring(n)]
    methods = [
        f"{node.name}.{method.name}"
        for node in _public_definitions(module)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        for method in node.body
        if isinstance(method, ast.FunctionDef)
        and not method.name.startswith("_")
        and not ast.get_docstring(method)
        and not method.decorator_list
    ]
    assert ast.get_docstring(module.tree), f"{module.name} has no docstring"
    assert silent + _undocumented(module, methods) == []


def _undocumented(module: Module, methods: list[str]) -> list[str]:
    """Methods without a docstring whose class does not fulfil a protocol that has one."""
    documented = {
        f.name
        for m in modules()
        if m.name.endswith(".base")
        for f in m.functions()
        if ast.get_docstring(f)
    }
    # Names that the standard library's base classes or click give their meaning.
    inherited = {"do_GET", "do_HEAD", "do_OPTIONS", "log_message", "list_commands", "get_command"}
    return [name for name in methods if name.split(".")[1] not in documented | inherited]


def test_every_argument_is_annotated():
    bare = [
        f"{m.name}.{f.name}({a.arg})"
        for m in modules()
        for f in m.functions()
        for a in [*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs]
        if a.annotation is None and a.arg not in {"self", "cls"}
    ]
    assert bare == []


def test_no_vague_module_names():
    assert [
        m.name for m in modules() if m.name.rsplit(".", 1)[-1].strip("_") in VAGUE - {"common"}
    ] == []
