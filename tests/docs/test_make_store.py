"""The page on stores: its commands run, and its script for Slurm runs on a local cluster."""

import ast
import re
import shlex
import subprocess
import sys

import pytest

from tests.docs.conftest import ROOT
from tests.lineform.dumps import header, phantom_bytes, wind

PAGE = (ROOT / "site_src" / "make-a-store.md").read_text(encoding="utf-8")
ADDRESS = "tcp://127.0.0.1:8786"
QUICK = ["--pixels", "4", "--channels", "3"]
CODE = "from {0}.cli import main; main()"

# Stands for the queue; everything else is real.
QUEUE = """
from distributed import LocalCluster

class SLURMCluster(LocalCluster):
    def __init__(self, **options):
        super().__init__(
            n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        )

    def adapt(self, minimum_jobs, maximum_jobs):
        return super().adapt(minimum=minimum_jobs, maximum=2)
"""


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)


def script():
    (found,) = (block for block in blocks("python") if "SLURMCluster" in block)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the commands of the page run one after the other."""
    root = tmp_path_factory.mktemp("page")
    (root / "wind_00600").write_bytes(phantom_bytes(*wind(200), header(200)))
    return root


def run(command, folder, status=0):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


LINES = [line for block in blocks("console") for line in block.splitlines()]


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("dask ")])
def test_commands_run(line, folder, request):
    if line.startswith("cd "):
        run(["sh", "-c", line], folder)
        return
    if ADDRESS in line:
        line = line.replace(ADDRESS, request.getfixturevalue("cluster").scheduler_address)
    program, name, *words = shlex.split(line)
    quick = QUICK if name == "make-store" else []
    quick = [*quick, "--grid", "8"] if "--models" in words else quick
    run([sys.executable, "-c", CODE.format(program), name, *words, *quick], folder)


def test_the_commands_made_what_the_page_says(folder):
    """In the order of the page: run the whole file of tests."""
    found = {p.name: len([*(p / "observations").glob("*.h5")]) for p in folder.glob("*/")}
    assert {name: found.get(name) for name in ("store", "winds", "more")} == {
        "store": 1, "winds": 6, "more": 8,
    }  # fmt: skip
    assert (folder / "catalog" / "models.parquet").is_file()


def test_the_commands_for_dask_are_known():
    pytest.importorskip("distributed")
    from distributed.cli import dask_scheduler, dask_worker

    known = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}
    lines = [shlex.split(line.rstrip("& ")) for line in LINES if line.startswith("dask ")]
    assert [name for _, name, *_ in lines] == list(known)
    for _, name, *words in lines:
        options = {option for p in known[name].params for option in (*p.opts, *p.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.slow
def test_the_script_for_slurm_runs_a_command_on_its_cluster(tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "dask_jobqueue.py").write_text(QUEUE)
    (tmp_path / "on_slurm.py").write_text(script())
    command = [sys.executable, "-c", CODE.format("lineform"), "make-store", "store", *QUICK]
    options = ["--models", "2", "--grid", "8"]
    run([sys.executable, "on_slurm.py", *command, *options], tmp_path)
    assert len([*(tmp_path / "store" / "observations").glob("*.h5")]) == 2
    # Its exit status is that of the command.
    run([sys.executable, "on_slurm.py", *command], tmp_path, status=2)


def test_the_queue_understands_the_script():
    jobqueue = pytest.importorskip("dask_jobqueue")
    calls = [node for node in ast.walk(ast.parse(script())) if isinstance(node, ast.Call)]
    (made,) = (call for call in calls if getattr(call.func, "id", "") == "SLURMCluster")
    given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in made.keywords}
    with jobqueue.SLURMCluster(**given) as cluster:
        job = cluster.job_script()
    assert "#SBATCH -A my_project" in job
    assert "--lifetime 11h" in job


def test_the_job_script_is_a_shell_script(tmp_path):
    (job,) = blocks("bash")
    (tmp_path / "job.sh").write_text(job)
    run(["bash", "-n", "job.sh"], tmp_path)
    for line in job.splitlines():
        if line.startswith("python on_slurm.py "):
            program, name, *words = shlex.split(line)[2:]
            help_text = run([sys.executable, "-c", CODE.format(program), name, "--help"], tmp_path)
            assert all(word in help_text for word in words if word.startswith("--"))
