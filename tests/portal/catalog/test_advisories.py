"""Advisories: rules in files, and the column that they fill."""

import shutil

import pytest
from click.testing import CliRunner

from portal.catalog.advisory_file import load_advisories
from portal.catalog.query import select_models, select_observations
from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND
from portal.errors import ConfigError
from portal.model.advisory import Advisory
from tests.layout import edit
from tests.portal.scanning import run

SHIPPED = load_advisories()


@pytest.fixture(scope="module")
def store(example_store, tmp_path_factory):
    """Four models; the observations of the second and third were made by Magritte."""
    root = shutil.copytree(example_store, tmp_path_factory.mktemp("advised") / "store")
    for number, version in ((1, "0.3.2"), (2, "0.4.0")):
        path = root / "observations" / f"test-{number:03d}.h5"
        edit(path, engine="Magritte", engine_version=version)
    return root


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return tmp_path_factory.mktemp("advised") / "catalog"


def marked(catalog, table="models"):
    """The advisories of each row, by the model."""
    rows = Catalog.open(catalog).table(table, ["model_id", "advisories"]).to_pylist()
    return {row["model_id"]: row["advisories"] for row in rows}


@pytest.mark.parametrize(
    ("version", "holds"),
    [
        ("0.2.9", False),
        ("0.3.0", True),
        ("v0.3", True),
        ("0.3.10", True),
        ("0.3.1-dirty+g12", True),
        ("0.4.0", False),
        ("0.10.0", False),
        ("unknown", False),
    ],
)
def test_versions_are_compared_as_numbers(version, holds, store, tmp_path):
    small = tmp_path / "store" / "observations"
    small.mkdir(parents=True)
    shutil.copy(store / "observations" / "test-000.h5", small)
    edit(small / "test-000.h5", engine="magritte", engine_version=version)
    run(tmp_path / "store", tmp_path / "catalog", advisories=SHIPPED, checksums=False)
    told = ["velocity-reversed"] if holds else []
    assert marked(tmp_path / "catalog") == {"test-000": told}


def test_a_changed_rule_marks_other_rows_and_opens_no_file(store, catalog):
    done = run(store, catalog, advisories=SHIPPED)
    assert (done.read, done.problems["warning"]) == (8, 0)
    none = {f"test-{n:03d}": [] for n in range(4)}
    assert marked(catalog) == none | {"test-001": ["velocity-reversed"]}
    rules = (
        Advisory("disks", "Disks", table="models", where='morphology == "disk"'),
        Advisory("sio", "SiO of slow winds", where='species == "SiO" and terminal_velocity < 6.5'),
        Advisory("settled", "Settled", engine="lineform", until="2026-02-03"),
    )
    done = run(store, catalog, advisories=rules)
    assert (done.read, done.hashed) == (0, 0)
    assert marked(catalog) == none | {
        "test-000": ["sio"],
        "test-001": ["sio"],
        "test-003": ["disks"],
    }
    opened = Catalog.open(catalog)
    assert opened.advisories == rules
    seen = opened.table("observations", ["model_id", "species", "advisories"]).to_pylist()
    assert {
        (row["model_id"][-1], row["species"]) for row in seen if row["advisories"] == ["sio"]
    } == {("0", "SiO"), ("1", "SiO")}
    assert {row["model_id"] for row in seen if row["advisories"] == ["disks"]} == {"test-003"}
    assert run(store, catalog, advisories=rules).scan_id == done.scan_id


def test_affected_rows_are_selected_and_left_out(store, catalog):
    run(store, catalog, advisories=SHIPPED)
    opened = Catalog.open(catalog)
    only = '"velocity-reversed" in advisories'
    without = 'advisories is null or advisories != "velocity-reversed"'
    assert select_models(opened, only)["model_id"].to_pylist() == ["test-001"]
    assert len(select_models(opened, without)) == 3
    assert len(select_observations(opened, only)) == 6


def test_a_rule_that_can_fit_no_catalogue_stops_the_scan_before_the_tables(store, catalog):
    run(store, catalog, advisories=SHIPPED)
    before = Catalog.open(catalog).scan_id
    for where, expected in (
        ("mass_loss_rate > 1 GHz", "a unit such as solMass/yr"),
        ("rest_frequency > 1 GHz", "rest_frequency"),
        ("advisories is null", "unknown column: expected"),
    ):
        wrong = Advisory("wrong", "Wrong", table="models", where=where, place="a/own.toml:7")
        with pytest.raises(ConfigError, match=rf"advisory wrong, where: .*{expected}.*own.toml:7"):
            run(store, catalog, advisories=(wrong,))
    assert Catalog.open(catalog).scan_id == before


ABSENT = [
    ("companion_mass > 5", False),
    ("not companion_mass > 5 solMass", False),
    ("companion_mass is null", True),
    ("spin in (1, 2) or bytes > 0", True),
    ("not (spin != 3 km/s) and bytes > 0", False),
    ('"a" not in spin or not spin', False),
    ("spin is null and companion_mass is null", True),
    ("spin is not null", False),
    ("mass_los_rate > 1e-9 solMass/yr", False),
]


@pytest.fixture(scope="module")
def spherical(store, tmp_path_factory):
    """A catalogue of one model without a companion, with the rules of `ABSENT`, and its report."""
    top = tmp_path_factory.mktemp("absent")
    for kind in ("models", "observations"):
        (top / "store" / kind).mkdir(parents=True)
        shutil.copy(store / kind / "test-000.h5", top / "store" / kind)
    rules = [
        Advisory(f"r{n}", "R", table="models", where=where, place=f"/x/advisories/own.toml:{n}")
        for n, (where, _) in enumerate(ABSENT)
    ]
    done = run(top / "store", top / "catalog", advisories=rules, checksums=False)
    return top, rules, done


def test_a_parameter_that_no_model_has_counts_as_missing_and_is_told(spherical):
    top, rules, done = spherical
    opened = Catalog.open(top / "catalog")
    assert "companion_mass" not in {column.name for column in opened.parameters}
    (held,) = marked(top / "catalog").values()
    assert held == [f"r{n}" for n, (_, holds) in enumerate(ABSENT) if holds]
    told = opened.table("problems").to_pylist()
    assert {row["severity"] for row in told} == {"warning"}
    assert {row["path"] for row in told} == {f"advisories/own.toml:{n}" for n in range(len(ABSENT))}
    near = next(row for row in told if row["seen"] == "mass_los_rate")
    assert near["expected"].startswith("mass_loss_rate")
    assert any("expected mass_loss_rate" in line for line in done.unfit)
    again = run(top / "store", top / "catalog", advisories=rules, checksums=False)
    assert (again.unfit, again.scan_id) == (done.unfit, done.scan_id)


def test_no_rule_that_may_fit_some_day_stops_a_scan(store, tmp_path):
    empty, rules = tmp_path / "store", tmp_path / "rules"
    empty.mkdir()
    rules.mkdir()
    (rules / "own.toml").write_text(
        '[[advisory]]\nid = "own"\ntitle = "Own"\ntable = "models"\nwhere = "seed > 1 km"\n'
    )
    words = [str(empty), "--catalog", str(tmp_path / "catalog"), "--advisories", str(rules)]

    def told():
        done = CliRunner().invoke(COMMAND, [*words, "--workers", "0"], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stderr

    assert "no model has seed; it counts as missing" in told()
    assert "[rules/own.toml:1]" in told()
    shutil.copytree(store / "models", empty / "models")
    edit(empty / "models" / "test-000.h5", {"seed": 5.0})
    assert "seed: unit of another dimension; it marks nothing" in told()
    assert set(map(len, marked(tmp_path / "catalog").values())) == {0}


GOOD = '[[advisory]]\nid = "a"\ntitle = "A"\nwhere = "bytes > 1"\n'


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[[advisory]\n", r"cannot be read.*line 1"),
        ('[advisory]\nid = "a"\n', r"expected tables \[\[advisory\]\]"),
        (GOOD + 'engines = "m"\n', r"unknown key: expected engine, got engines \[.*x\.toml:1\]"),
        (GOOD + "\n" + GOOD.replace('"a"', '"b"') + "severity = 3\n", r"severity.*x\.toml:6\]"),
        (GOOD + 'severity = "bad"\n', "expected error or info or warning, got bad"),
        (GOOD + 'table = "files"\n', "expected models or observations, got files"),
        (GOOD + 'engine = "m"\nversions = "0.3"\n', "versions: expected specifiers such as"),
        (GOOD + 'versions = "<1"\n', "versions: expected an engine"),
        (GOOD + 'since = "yesterday"\n', "since: expected a date"),
        (GOOD + "since = 2026-02-03\nuntil = 2026-01-01\n", "until: expected a date from 2026"),
        (GOOD.replace('"a"', '"A b"'), "id: expected small letters"),
        (GOOD.replace('where = "bytes > 1"', ""), "rule: expected engine, versions or where"),
        (GOOD.replace("bytes > 1", "bytes >"), r"advisory a, where: .*x\.toml:1, character 8"),
        (GOOD.replace("bytes > 1", "bytes > 1 km"), r"bytes: .*x\.toml:1, character"),
        (GOOD.replace("bytes", "mass_loss_rate").replace(" 1", " 1 km"), r"x\.toml:1, character"),
        (GOOD.replace('title = "A"', ""), "title: expected a text, got nothing"),
        (GOOD + GOOD, r"id: two advisories have the same.*x\.toml:5\]"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(text, match, tmp_path):
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(ConfigError, match=match):
        load_advisories(tmp_path)


def test_a_rule_of_the_catalogue_takes_the_place_of_a_shipped_one(tmp_path):
    assert [a.id for a in SHIPPED] == ["velocity-reversed"]
    own = GOOD.replace('"a"', '"velocity-reversed"') + "since = 2026-02-03\n"
    (tmp_path / "own.toml").write_text(own + GOOD)
    found = load_advisories(tmp_path)
    assert [(a.id, a.title, a.since) for a in found] == [
        ("a", "A", ""),
        ("velocity-reversed", "A", "2026-02-03"),
    ]
