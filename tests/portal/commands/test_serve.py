"""``portal serve`` as a process."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PORTAL = (sys.executable, "-c", "from portal.cli import main; main()")


@pytest.fixture
def site(tmp_path) -> Path:
    (tmp_path / "index.html").write_text("<p>home</p>")
    return tmp_path


def test_the_address_is_printed_and_ctrl_c_ends_quietly(site):
    command = [*PORTAL, "serve", str(site), "--port", "0", "--prefix", "/sub/"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        line = running.stdout.readline()
        assert re.search(r"at http://127\.0\.0\.1:\d+/sub/ ", line)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=10)
    assert (running.returncode, errors) == (0, "")


@pytest.mark.parametrize("taken", [True, False])
def test_what_cannot_be_served_is_one_line(site, taken):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        folder = site if taken else site / "none"
        done = subprocess.run(
            [*PORTAL, "serve", str(folder), "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert (f":{port}: cannot listen" if taken else "nothing there") in done.stderr
