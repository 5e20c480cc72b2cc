"""`entrepot tenant`: the orders of whoever owns the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app_fixtures import PASSWORD, House
from entrepot.settings import Settings


def create(run, name: str, *more: str):
    return run("tenant", "create", name, "--addons", "base", "--password", PASSWORD, *more)


@pytest.fixture
def made(run, new_name: Callable[[], str]) -> str:
    name = new_name()
    assert create(run, name).status == 0
    return name


def test_a_tenant_is_made_and_listed(run, house: House, new_name: Callable[[], str]) -> None:
    name = new_name()
    said = create(run, name, "--login", "boss@acme.example", "--country", "be")
    assert (said.status, said.err) == (0, "")
    assert f"Tenant {name} is ready" in said.out
    assert house.app.server.authenticate(name, "boss@acme.example", PASSWORD, "") == 2
    listed = run("tenant", "list")
    assert listed.out.splitlines()[0].split() == ["TENANT", "ADD-ONS"]
    assert [line for line in listed.out.splitlines() if line.startswith(name)]
    as_data = run("--json", "tenant", "list").json
    assert {"name": name, "addons": ["base"]} in as_data
    assert run("tenant", "list", "--json").json == as_data


def test_the_password_is_asked_for_twice(run, house: House, new_name: Callable[[], str]) -> None:
    name = new_name()
    said = run("tenant", "create", name, "--addons", "base", "--json", stdin="typed\ntyped\n")
    assert said.status == 0
    assert '"name"' in said.out
    assert "typed" not in said.out + said.err
    assert house.app.server.authenticate(name, "admin", "typed", "") == 2
    assert run("tenant", "create", new_name(), stdin="one\ntwo\n").status == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("../up",), "Invalid database name"),
        (("-x",), "No such option"),
        (("ok", "--addons", "no_such"), "There is no add-on 'no_such'"),
        (("ok", "--lang", "xx_YY"), "There is no language"),
        (("ok", "--country", "qq"), "There is no country"),
    ],
)
def test_what_cannot_be_made_is_one_clear_line(run, words: tuple[str, ...], says: str) -> None:
    said = run(
        "tenant",
        "create",
        *words,
        "--password",
        PASSWORD,
        *(() if "--addons" in words else ("--addons", "base")),
    )
    assert said.status in {1, 2}
    assert says in said.err
    assert "Traceback" not in said.err
    if said.status == 1:
        assert said.err.startswith("entrepot: ")
        assert len(said.err.splitlines()) == 1


def test_an_error_is_data_where_data_was_asked_for(run) -> None:
    said = run("tenant", "rename", "no-such", "new", "--json")
    assert said.status == 1
    assert said.out == ""
    assert '"code":"missing"' in said.err


def test_a_tenant_is_copied_renamed_and_dropped(
    run, house: House, made: str, new_name: Callable[[], str]
) -> None:
    copy, other = new_name(), new_name()
    assert run("tenant", "duplicate", made, copy, "--neutralize").status == 0
    assert run("tenant", "rename", copy, other).out == f"Tenant {copy} is {other} now.\n"
    assert house.app.server.authenticate(other, "admin", PASSWORD, "") == 2
    kept = run("tenant", "drop", other, stdin="n\n")
    assert kept.status == 1
    assert house.app.tenants.exists(other)
    assert run("tenant", "drop", other, stdin="y\n").status == 0
    assert not house.app.tenants.exists(other)
    assert run("tenant", "drop", other, "--yes").status == 1


def test_a_tenant_is_dumped_and_restored(
    run, house: House, made: str, new_name: Callable[[], str], tmp_path: Path
) -> None:
    file, copy = tmp_path / "dump.zip", new_name()
    said = run("tenant", "dump", made, str(file), "--json")
    assert said.json == {"file": str(file), "bytes": file.stat().st_size}
    assert "already exists" in run("tenant", "dump", made, str(file)).err
    assert run("tenant", "restore", copy, str(file), "--neutralize").status == 0
    assert house.app.server.authenticate(copy, "admin", PASSWORD, "") == 2
    assert "already exists" in run("tenant", "restore", copy, str(file)).err
    file.write_bytes(file.read_bytes()[:1000])
    assert "damaged or cut short" in run("tenant", "restore", new_name(), str(file)).err
    assert run("tenant", "restore", new_name(), str(tmp_path / "none.zip")).status == 2
    assert run("tenant", "dump", "no-such", str(tmp_path / "other.zip")).status == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.zip"]


def test_files_nobody_refers_to_are_swept(run, house: House, made: str) -> None:
    house.app.tenants.files(made).put(b"stray")
    assert run("tenant", "sweep", made, "--json").json == {"name": made, "files": 0, "bytes": 0}
    assert run("tenant", "sweep", "no-such").status == 1


def test_the_options_of_the_house_count_on_either_side(
    run, place: Settings, made: str, tmp_path: Path
) -> None:
    if place.store:
        return
    empty = tmp_path / "empty"
    for words in (("--data", str(empty), "tenant", "list"), ("tenant", "list", "--data", str(empty))):
        assert made not in run(*words).out
    assert made in run("tenant", "list", "--data", str(place.data), env={"ENTREPOT_DATA": str(empty)}).out


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"ENTREPOT_RETRIES": "many"}, "ENTREPOT_RETRIES: expected a whole number"),
        ({"ENTREPOT_DURABLE": "maybe"}, "ENTREPOT_DURABLE: expected yes or no"),
        ({"ENTREPOT_STORE": "mysql://x"}, "ENTREPOT_STORE: expected postgresql://"),
        ({"ENTREPOT_WORKERS": "-1"}, "ENTREPOT_WORKERS: expected"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(run, env: dict[str, str], says: str) -> None:
    said = run("tenant", "list", env=env)
    assert said.status == 2
    assert says in said.err


def test_a_folder_that_cannot_be_had_is_named(run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    said = run("tenant", "list", "--data", str(tmp_path / "file"))
    assert said.status == 1
    assert str(tmp_path / "file") in said.err


def test_a_server_that_is_away_is_told(run) -> None:
    said = run("tenant", "list", env={"ENTREPOT_STORE": "postgresql://nobody@127.0.0.1:1/x"})
    assert said.status == 1
    assert "cannot be reached" in said.err
