"""Tenants in the making: never listed, and gone when their maker is, however it ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app_fixtures import MASTER, House, files_of
from entrepot.settings import Settings

MAKER = """
import sys, time
from pathlib import Path
from entrepot import app
from entrepot.settings import Settings
from entrepot.tenants.provision import Owner

data, store, order, name, source, wanted = sys.argv[1:]
built = app.build(Settings(data=Path(data), store=store, durable=False))

def step(at):
    if at == wanted:
        print("here", flush=True)
        time.sleep(600)

if order == "create":
    built.administer.make(name, addons=("base",), demo=False, owner=Owner(), step=step)
elif order == "build":
    built.tenants.registries.digest = lambda names, *, demo: "killed"
    built.administer.make(name, addons=("base",), demo=False, owner=Owner(), step=step)
elif order == "restore":
    built.administer.load(name, Path(source), copy=True, step=step)
elif order == "duplicate":
    built.administer.copy(source, name, neutralize=True, step=step)
else:
    with built.tenants.drafts.begin() as draft:
        built.tenants.engine.create(draft.name)
        draft.files.put(b"left")
        (draft.folder / "database").write_bytes(b"left")
        step("middle")
"""


def killed_in_the_middle(place: Settings, order: str, name: str, source: str, at: str) -> None:
    """Run an order in a process of its own and kill it at a step."""
    arguments = [sys.executable, "-c", MAKER, str(place.data), place.store, order, name, source, at]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.kill()


def without_templates(data: Path) -> set[str]:
    """What there is besides templates: another process may make one when a source file was just edited."""
    return {path for path in files_of(data) if "templates" not in path}


def drafts_of(house: House) -> list[str]:
    return [name for name in house.app.tenants.engine.names() if name.startswith("draft-")]


@pytest.mark.parametrize(
    ("order", "step"),
    [
        ("create", "copy"),
        ("build", "tables"),
        ("restore", "restore"),
        ("duplicate", "files"),
        ("draft", "middle"),
    ],
)
def test_what_a_killed_process_left_is_swept(
    house: House,
    place: Settings,
    tenant_name: str,
    new_name: Callable[[], str],
    tmp_path: Path,
    order: str,
    step: str,
) -> None:
    house.app.administer.provision.template(("base",), demo=False)
    source = tenant_name
    if order == "restore":
        source = str(tmp_path / "dump.zip")
        house.app.administer.save(tenant_name, Path(source))
    before = without_templates(place.data), house.app.tenants.engine.names()
    name = new_name()
    killed_in_the_middle(place, order, name, source, step)
    assert not house.app.tenants.exists(name)
    assert not [each for each in house.app.administer.list() if each.startswith("draft-")]
    if order != "create":
        assert without_templates(place.data) != before[0]
    house.app.administer.sweep()
    assert (without_templates(place.data), house.app.tenants.engine.names()) == before
    assert not list((place.data / "run" / "drafts").iterdir())
    assert house.call(tenant_name, "res.partner", "search_count", [["id", "=", 1]]) == 1


def test_a_draft_whose_maker_lives_is_left_alone(house: House, neighbour: House) -> None:
    with house.app.tenants.drafts.begin() as draft:
        house.app.tenants.engine.create(draft.name)
        draft.files.put(b"needed")
        assert neighbour.app.administer.sweep() == []
        assert house.app.administer.sweep() == []
        assert neighbour.app.tenants.engine.exists(draft.name)
        assert list(draft.files.keys())
        assert draft.folder.is_dir()
    assert drafts_of(house) == []
    assert not draft.folder.exists()
    assert not draft.files.root.exists()


def test_a_draft_nobody_speaks_for_is_left_for_a_day(house: House) -> None:
    engine = house.app.tenants.engine
    with house.app.tenants.drafts.begin() as draft:
        young = draft.name
    engine.create(young)
    engine.create("draft-1-aaaaaaaaaaaa")
    assert house.app.administer.sweep() == ["draft-1-aaaaaaaaaaaa"]
    assert drafts_of(house) == [young]
    engine.drop(young)


def test_dumps_that_were_never_fetched_go_after_a_day(house: House, tenant_name: str) -> None:

    fresh = house.app.administer.dump(MASTER, tenant_name, "zip")
    old = house.app.administer.dump(MASTER, tenant_name, "zip")
    os.utime(old, (1, 1))
    house.app.administer.sweep()
    assert fresh.exists()
    assert not old.exists()
    fresh.unlink()


def test_a_server_sweeps_when_it_begins(house: House, place: Settings, new_name: Callable[[], str]) -> None:
    killed_in_the_middle(place, "draft", new_name(), "", "middle")
    assert drafts_of(house)
    house.app.begin()
    assert drafts_of(house) == []
