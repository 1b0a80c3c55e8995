import pytest

from lineform.errors import ConfigError, ReadError

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def checkpoint(path, fingerprint="one", **state):
    from lineform.inference.running import Checkpoint

    return Checkpoint(path, fingerprint, state)


def test_a_checkpoint_gives_back_what_was_kept(tmp_path):
    kept = {"latent": torch.arange(3.0), "steps": torch.tensor(7)}
    checkpoint(tmp_path / "run", **kept).write()
    found = checkpoint(tmp_path / "run")
    found.load()
    assert {name: value.tolist() for name, value in found.state.items()} == {
        "latent": [0, 1, 2],
        "steps": 7,
    }


def test_a_watch_begins_with_the_state_and_keeps_the_next(tmp_path):
    from lineform.inference.running import watched

    kept, seen = checkpoint(tmp_path / "run", steps=torch.tensor(1)), []
    watch = watched(kept, lambda done, total: seen.append((done, total)))
    assert watch.state["steps"] == 1
    watch.report(3.0, 4.0, {"steps": torch.tensor(2)})
    assert seen == [(3.0, 4.0)]
    found = checkpoint(tmp_path / "run")
    found.load()
    assert found.state["steps"] == 2
    assert found.left == 1.0


def test_a_run_only_goes_on_with_what_is_its_own(tmp_path):
    checkpoint(tmp_path / "run", "one", steps=torch.tensor(1)).write()
    with pytest.raises(ReadError, match=r"expected a run with these options.*got one with others"):
        checkpoint(tmp_path / "run", "two").load()


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path):
    with pytest.raises(ReadError, match=r"got no checkpoint; start it anew, without --resume"):
        checkpoint(tmp_path / "none").load()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut short"])
def test_a_damaged_checkpoint_is_told(tmp_path, content):
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(ReadError, match="remove it and start anew"):
        checkpoint(tmp_path / "run").load()


def test_code_in_a_checkpoint_is_not_run(tmp_path):
    class Harm:
        def __reduce__(self):
            return (exec, ("raise SystemExit",))

    torch.save({"fingerprint": "one", "state": Harm()}, tmp_path / "run")
    with pytest.raises(ReadError, match="expected a checkpoint"):
        checkpoint(tmp_path / "run").load()


def test_methods_have_names():
    from lineform.inference.running import method_called, method_names

    assert "map" in method_names()
    assert method_called("map").name == "map"
    with pytest.raises(ConfigError, match=r"method: expected one of .*map.*, got guess"):
        method_called("guess")
