"""Names and tenants: what one process does to a name, every other one knows at its next call."""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from app_fixtures import PASSWORD, House, MakeHouse, files_of
from entrepot.call import Password
from entrepot.errors import AccessDenied, ConflictError, EntrepotError, MissingError, ValidationError
from entrepot.tenants.provision import Owner


def attach(house: House, tenant: str, content: bytes) -> int:
    datas = b64encode(content).decode()
    made: int = house.call(tenant, "ir.attachment", "create", {"name": "note.txt", "datas": datas})
    return made


def content_of(house: House, tenant: str, attachment: int) -> bytes:
    reply = house.app.server.open_file(
        tenant, Password(2, PASSWORD), "ir.attachment", attachment, "datas", ""
    )
    return reply.path.read_bytes()


def test_a_renamed_tenant_has_its_records_and_files(
    house: House, neighbour: House, tenant_name: str, new_name: Callable[[], str]
) -> None:
    made = attach(house, tenant_name, b"a letter")
    assert content_of(neighbour, tenant_name, made) == b"a letter"
    new = new_name()
    house.app.administer.move(tenant_name, new)
    for each in (house, neighbour):
        assert content_of(each, new, made) == b"a letter"
        with pytest.raises(MissingError, match="does not exist"):
            each.call(tenant_name, "res.partner", "search_count", [])
    assert not [path for path in files_of(house.app.settings.data) if tenant_name in path]


def test_a_rename_onto_a_taken_name_changes_nothing(house: House, new_tenant: Callable[..., str]) -> None:
    one, two = new_tenant(), new_tenant()
    first, second = attach(house, one, b"one"), attach(house, two, b"two")
    before = files_of(house.app.settings.data)
    with pytest.raises(ConflictError, match="already exists"):
        house.app.administer.move(one, two)
    with pytest.raises(ValidationError):
        house.app.administer.move(one, "../up")
    assert files_of(house.app.settings.data) == before
    assert (content_of(house, one, first), content_of(house, two, second)) == (b"one", b"two")


def test_a_dropped_tenant_is_gone_everywhere(house: House, neighbour: House, tenant_name: str) -> None:
    attach(neighbour, tenant_name, b"secret")
    house.app.administer.remove(tenant_name)
    for each in (neighbour, house):
        for _ in range(2):
            with pytest.raises(MissingError, match="does not exist"):
                each.call(tenant_name, "res.partner", "search_count", [])
        assert not each.app.administer.exists(tenant_name)
        assert tenant_name not in each.app.administer.list()
    assert not [path for path in files_of(house.app.settings.data) if tenant_name in path]
    with pytest.raises(MissingError):
        house.app.administer.remove(tenant_name)


def test_a_tenant_made_anew_under_a_name_owes_nothing_to_the_old_one(
    house: House, neighbour: House, new_tenant: Callable[..., str]
) -> None:
    """The old one's policy, registry and passwords must not be used: the epochs of both could be equal."""
    name = new_tenant(password="the old one's")
    neighbour.app.administer.install(name, ["uom"])
    old = Password(2, "the old one's")
    group = neighbour.call(name, "res.groups", "create", {"name": "Only here"}, who=old)
    assert neighbour.call(name, "uom.uom", "search_count", [], who=old) > 0
    house.app.administer.remove(name)
    house.app.administer.make(name, addons=("base",), demo=False, owner=Owner(password=PASSWORD))
    with pytest.raises(AccessDenied):
        neighbour.call(name, "res.partner", "search_count", [], who=old)
    with pytest.raises(MissingError):
        neighbour.call(name, "uom.uom", "search_count", [])
    assert neighbour.call(name, "res.groups", "exists", [group]) == []


def test_tenants_that_swap_names_are_never_mixed_up(
    house: House, neighbour: House, new_tenant: Callable[..., str], new_name: Callable[[], str]
) -> None:
    one, two, between = new_tenant(password="first"), new_tenant(password="second"), new_name()
    for name, password in ((one, "first"), (two, "second")):
        assert neighbour.app.server.authenticate(name, "admin", password, "") == 2
    house.app.administer.move(one, between)
    house.app.administer.move(two, one)
    house.app.administer.move(between, two)
    for each in (neighbour, house):
        for name, password, wrong in ((one, "second", "first"), (two, "first", "second")):
            assert each.app.server.authenticate(name, "admin", wrong, "") is None
            assert each.app.server.authenticate(name, "admin", password, "") == 2


def test_two_databases_never_share_an_epoch(house: House, new_tenant: Callable[..., str]) -> None:
    epochs = set()
    for name in (new_tenant(), new_tenant(), new_tenant(password="")):
        with house.app.tenants.open(name).store.transaction(readonly=True) as tx:
            epochs.add(tx.fetch("SELECT value FROM entrepot_epoch")[0][0])
    assert len(epochs) == 3


def test_a_draft_cannot_be_opened_by_its_name(house: House) -> None:
    with house.app.tenants.drafts.begin() as draft:
        house.app.tenants.engine.create(draft.name)
        assert draft.name in house.app.tenants.engine.names()
        assert draft.name not in house.app.administer.list()
        assert not house.app.administer.exists(draft.name)
        with pytest.raises(MissingError):
            house.app.tenants.open(draft.name)
        for order in (
            lambda: house.app.administer.remove(draft.name),
            lambda: house.app.administer.move(draft.name, "mine"),
            lambda: house.app.administer.copy(draft.name, "mine", neutralize=False),
            lambda: house.app.administer.save(draft.name, draft.folder / "x"),
            lambda: house.app.administer.install(draft.name),
        ):
            with pytest.raises(MissingError):
                order()


def test_the_least_recently_used_tenants_are_let_go(
    make_house: MakeHouse, new_tenant: Callable[..., str]
) -> None:
    names = [new_tenant() for _ in range(3)]
    small = make_house(open_tenants=2)
    for name in (names[0], names[1], names[0], names[2]):
        small.call(name, "res.partner", "search_count", [])
    assert [small.app.tenants.is_open(name) for name in names] == [True, False, True]


def test_a_name_is_dropped_and_renamed_while_others_work_in_it(
    house: House, neighbour: House, tenant_name: str, new_name: Callable[[], str]
) -> None:
    new, stop, trouble = new_name(), threading.Event(), []
    began = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                neighbour.call(tenant_name, "res.partner", "create", {"name": f"Record {number}"})
                began.set()
            except EntrepotError as error:
                if not isinstance(error, MissingError):
                    trouble.append(error)
            except BaseException as error:  # noqa: BLE001 - told to the test
                trouble.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert began.wait(30)
    house.app.administer.move(tenant_name, new)
    stop.set()
    thread.join(30)
    assert [repr(each) for each in trouble if each.__class__.__name__ != "TenantUnavailable"] == []
    assert house.call(new, "res.partner", "search_count", [["name", "=like", "Record %"]]) >= 1
    house.app.administer.remove(new)
    assert not house.app.administer.exists(new)


def test_files_that_a_killed_drop_left_are_no_obstacle(house: House, new_name: Callable[[], str]) -> None:
    name = new_name()
    stray = house.app.tenants.files(name).put(b"left behind")
    house.app.administer.make(name, addons=("base",), demo=False, owner=Owner(password=PASSWORD))
    made = attach(house, name, b"new")
    assert content_of(house, name, made) == b"new"
    swept = house.app.tenants.open(name).sweep_files(-1)
    assert swept.files == 1
    assert not house.app.tenants.files(name).exists(stray.key)
    assert content_of(house, name, made) == b"new"


def test_a_sweep_spares_what_is_young_and_what_is_referred_to(house: House, tenant_name: str) -> None:
    made = attach(house, tenant_name, b"kept")
    gone = attach(house, tenant_name, b"let go")
    shared = [attach(house, tenant_name, b"twice") for _ in range(2)]
    house.call(tenant_name, "ir.attachment", "unlink", [gone, shared[0]])
    tenant = house.app.tenants.open(tenant_name)
    assert tenant.sweep_files().files == 0
    assert tenant.sweep_files(-1).files == 1
    assert content_of(house, tenant_name, made) == b"kept"
    assert content_of(house, tenant_name, shared[1]) == b"twice"


def test_tenants_on_two_stores_of_one_folder_keep_their_files_apart(house: House, tenant_name: str) -> None:
    root = house.app.tenants.files(tenant_name).root
    kind = house.app.tenants.engine.dialect.name
    assert root.relative_to(house.app.settings.data).parts[:3] == ("files", kind, "tenants")
    assert root != house.app.tenants.template_files(tenant_name).root


def test_the_names_of_a_store_are_not_listed_when_the_settings_say_so(make_house: MakeHouse) -> None:
    with pytest.raises(AccessDenied):
        make_house(list_tenants=False).app.administer.list()


def test_no_handle_stays_open(house: House, new_name: Callable[[], str]) -> None:
    def handles() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - what is listed is no path

    if not os.path.isdir("/proc/self/fd"):  # noqa: PTH112
        pytest.skip("no /proc here")
    counts: list[Any] = []
    for _ in range(4):
        name = new_name()
        house.app.administer.make(name, addons=("base",), demo=False, owner=Owner(password=PASSWORD))
        house.call(name, "res.partner", "search_count", [])
        house.app.administer.remove(name)
        counts.append(handles())
    assert counts[-1] <= counts[1]
