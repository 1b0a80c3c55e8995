"""A mapping from elsewhere runs no code, reads no secret, and takes little time."""

import sys
import time

import pytest

from portal.errors import MappingError
from portal.mapping import made_mapping
from portal.mapping.loading import findings
from tests.portal.mapping.scripts import row

INJECTIONS = [
    "obs_id: __import__('os').system('touch owned')",
    "obs_id: eval('1')",
    "obs_id: exec('1')",
    "obs_id: open('/etc/passwd')",
    "obs_id: os.system('touch owned')",
    "obs_id: builtins.eval('1')",
    "obs_id: getattr(OBJECT, '__class__')",
    "obs_id: OBJECT.__class__()",
    "obs_id: upper.__globals__['x']",
    "obs_id: ''.join(A)",
    "obs_id: lambda: 1",
    "obs_id: [x for x in A]",
    "obs_id: (lambda x: x)(1)",
    "obs_id: f'{1}'",
    "obs_id: {1: 2}",
    "obs_id: A; import os",
    "obs_id: A := 1",
    "obs_id: $(touch owned)",
    "obs_id: ${HOME}",
    "obs_id: $HOME",
    "env: AWS_SECRET_ACCESS_KEY",
    "env: GITHUB_PAT",
    "env: MYSQL_PWD",
    "env: DATABASE_URL",
    "env: KUBECONFIG",
    "env: GITHUB_TOKEN",
    "env: DB_PASSWORD",
    "use: os",
    "use: subprocess",
    "use: os.path",
    "import os",
    "match: ../../../etc/passwd;x:\n",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_injections_are_findings(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert findings(text, "own.map")[1]
    with pytest.raises(MappingError, match=r"own\.map:1:\d+"):
        made_mapping(text, file="own.map")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", ["OBJECT.__class__", "OBJECT.format", "__class__", "_Row__x"])
def test_a_name_is_only_ever_a_name(name):
    assert made_mapping(f"obs_id: `{name}`").cells(row(OBJECT="x")) == ((), ())


@pytest.fixture
def module(tmp_path, monkeypatch):
    code = """
        from os import system

        def clean(name):
            return name.replace("_", " ").upper()

        def several(a, b):
            return [a, b]

        def broken(a):
            raise KeyError(a)

        def strange(a):
            return object()

        def leaving(a):
            raise SystemExit(3)

        def _private(a):
            return a

        constant = 3
    """
    (tmp_path / "ownfunctions.py").write_text("\n".join(line[8:] for line in code.splitlines()))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "ownfunctions"
    sys.modules.pop("ownfunctions", None)


def test_functions_of_an_allowed_module(module):
    text = f"use: {module}\nobs_id: {module}.clean(OBJECT)\ns_xel1: {module}.several(1, 2)[1]"
    with pytest.raises(MappingError, match="add --allow-code ownfunctions"):
        made_mapping(text)
    assert module not in sys.modules
    cells, problems = made_mapping(text, allow=[module]).cells(row(OBJECT="m_83"))
    assert {cell.column: cell.value for cell in cells} == {"obs_id": "M 83", "s_xel1": 2}
    assert problems == ()


@pytest.mark.parametrize("name", ["system", "_private", "constant", "absent", "__name__"])
def test_only_what_the_module_itself_defines(module, name):
    with pytest.raises(MappingError, match=f"got ownfunctions.{name}.* \\[mapping:2:9\\]"):
        made_mapping(f"use: {module}\nobs_id: {module}.{name}(A)", allow=[module])


def test_a_module_that_is_not_there():
    with pytest.raises(MappingError, match="No module named 'nosuchmodule'"):
        made_mapping("use: nosuchmodule\nobs_id: nosuchmodule.f(A)", allow=["nosuchmodule"])


@pytest.mark.parametrize(
    ("code", "said"), [("raise SystemExit(3)", "end the program"), ("1 / 0", "ZeroDivisionError")]
)
def test_a_module_that_ends_or_fails_when_it_is_read(module, tmp_path, code, said):
    (tmp_path / f"{module}.py").write_text(code)
    with pytest.raises(MappingError, match=said):
        made_mapping(f"use: {module}\nobs_id: {module}.f(A)", allow=[module])


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        ("broken(OBJECT)", "KeyError"),
        ("strange(1)", "object"),
        ("leaving(1)", "it wants to end the program (SystemExit: 3)"),
    ],
)
def test_a_function_that_fails_is_a_problem(module, call, seen):
    mapping = made_mapping(f"use: {module}\nobs_id: {module}.{call}", allow=[module])
    cells, (problem,) = mapping.cells(row(OBJECT="x"))
    assert cells == ()
    assert seen in problem.seen


CATASTROPHIC = ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}$", "((a{1,30}){1,30})+$", "(x+x+)+y"]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_no_pattern_takes_long(pattern):
    start = time.process_time()
    mapping = made_mapping(f"obs_id: find(OBJECT, '{pattern}')")
    mapping.cells(row(OBJECT="a" * 50_000 + "!"))
    assert time.process_time() - start < 3


def test_a_pattern_that_would_take_much_memory_is_refused():
    with pytest.raises(MappingError, match="cannot be used"):
        made_mapping("obs_id: find(OBJECT, '((a{1,900}){1,900}){1,900}')")
    mapping = made_mapping("obs_id: find('a', OBJECT)")
    (problem,) = mapping.cells(row(OBJECT="(((a{900}){900}"))[1]
    assert problem.code == "bad-pattern"
