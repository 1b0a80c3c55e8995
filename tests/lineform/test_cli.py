"""The command as users call it."""

import re
import subprocess
import sys

import pytest

SMALL = ("--grid", "8", "--pixels", "8", "--channels", "7", "--workers", "1")


def _lineform(*arguments):
    code = "from lineform.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_has_an_example():
    done = _lineform("make-store", "--help")
    assert done.returncode == 0
    assert "Example: lineform make-store build/store --models 24" in done.stdout


def test_help_computes_nothing():
    code = (
        "import sys; sys.argv = ['lineform', '--help']\n"
        "from lineform.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted({'astropy', 'h5py', 'numpy', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_too_little_memory_is_said_in_one_line(tmp_path, example_store):
    model = next((example_store / "models").iterdir())
    line = ("--line", "CO 2-1", "--engine", "array")
    done = _lineform("synthesise", model, "-o", tmp_path, *line, "--pixels", 10**5)
    assert done.returncode == 2
    message = r"lineform: memory: there is not enough: got Unable to .*; ask for fewer pixels, .*\n"
    assert re.fullmatch(rf"(lineform: .*\n)*{message}", done.stderr), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_make_store(tmp_path):
    done = _lineform("make-store", tmp_path, "--models", 1, *SMALL)
    assert done.stdout == f"{tmp_path}: 1 models written, 0 already there\n"
    # No bar off a terminal, only what is to be remarked.
    assert all(line.startswith("lineform: 1 model with a") for line in done.stderr.splitlines())
    assert len(list(tmp_path.rglob("*.h5"))) == 2
    again = _lineform("make-store", tmp_path, "--models", 1, *SMALL)
    assert again.stdout == f"{tmp_path}: 0 models written, 1 already there\n"


def test_a_model_that_fails_is_named_and_the_status_is_1(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "wind.h5").write_text("not a model")
    done = _lineform("make-store", tmp_path, "--from", tmp_path / "models", "--workers", 1)
    assert done.returncode == 1
    assert done.stdout == f"{tmp_path}: 0 models written, 0 already there, 1 failed\n"
    assert done.stderr.startswith("lineform: wind: model: expected a model file of lineform")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--models", "1", "--grid", "2"), "lineform: grid: expected at least 8, got 2"),
        (("--models", "0"), "0 is not in the range"),
        (("--models", "1", "--lamda", "nowhere.dat"), "nowhere.dat"),
        ((), "say either --models N or --from MODELS_DIR"),
        (("--models", "1", "--from", "."), "say either --models N or --from MODELS_DIR"),
        (("--models", "1", "--dask", "nonsense://x"), "Dask cluster: cannot be reached: expected"),
    ],
)
def test_errors_are_one_line_and_status_2(tmp_path, arguments, message):
    done = _lineform("make-store", tmp_path / "store", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "models").write_text("in the way")
    done = _lineform("make-store", tmp_path, "--models", 1, *SMALL)
    assert done.returncode == 2
    assert "lineform: " in done.stderr
    assert "Traceback" not in done.stderr
