"""Copies: what comes back is what was saved, and a file that cannot be used leaves everything as it was."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import stat
import threading
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app_fixtures import MASTER, PASSWORD, House, files_of
from entrepot.call import Bearer, Password, Session
from entrepot.errors import (
    AccessDenied,
    ConflictError,
    EntrepotError,
    MissingError,
    SessionExpired,
    TooLarge,
    ValidationError,
)
from entrepot.tenants.backup import Backup
from entrepot.tenants.provision import Owner

FILES = {b"a letter": "letter.txt", b"\x00\x01" * 40_000: "scan.bin"}


@dataclass(frozen=True)
class Saved:
    """A tenant with something of everything, and its dump."""

    name: str
    dump: Path
    key: str
    sid: str
    counts: dict[str, int]


def counts_of(house: House, name: str) -> dict[str, int]:
    models = ("res.partner", "res.users", "res.groups", "ir.attachment", "ir.model.fields", "res.country")
    return {model: house.as_system(name, model, "search_count", []) for model in models}


def contents_of(house: House, name: str) -> set[bytes]:
    ids = house.as_system(name, "ir.attachment", "search", [["name", "in", list(FILES.values())]])
    replies = [
        house.app.server.open_file(name, Password(2, PASSWORD), "ir.attachment", each, "datas", "")
        for each in ids
    ]
    return {reply.path.read_bytes() for reply in replies}


def run_in(house: House, name: str, work: Callable[[Any], Any]) -> Any:
    tenant = house.app.tenants.open(name)
    with tenant.store.transaction(readonly=False) as tx:
        env = tenant.environment(tx)
        result = work(env)
        env.flush()
    return result


@pytest.fixture(scope="module")
def saved(shared_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saved]:
    """One for all tests of this file, which leave it as it is."""
    house, tenant_name = shared_house, f"saved-{os.getpid()}"
    house.app.administer.make(tenant_name, addons=("base",), demo=False, owner=Owner(password=PASSWORD))
    for content, name in FILES.items():
        values = {"name": name, "datas": b64encode(content).decode()}
        house.call(tenant_name, "ir.attachment", "create", values)
    house.call(tenant_name, "res.partner", "create", {"name": "Ünïcödé 🐘", "comment": "x" * 5000})
    key = run_in(
        house, tenant_name, lambda env: env["res.users.apikeys"].with_user(2).mint(None, "nightly", None)
    )
    values = {"subject": "Hello", "email_to": "a@example.org"}
    run_in(house, tenant_name, lambda env: env["mail.mail"].create(values).ids)
    sid, _ = house.app.server.log_in(tenant_name, "admin", PASSWORD, "")
    path = tmp_path_factory.mktemp("saved") / "saved.zip"
    house.app.administer.save(tenant_name, path)
    yield Saved(tenant_name, path, key, sid, counts_of(house, tenant_name))
    house.app.administer.remove(tenant_name)


@pytest.fixture
def untouched(house: House, saved: Saved) -> Iterator[None]:
    """Nothing that a test does may leave a trace."""
    data = house.app.settings.data
    before = files_of(data), house.app.tenants.engine.names()
    yield
    assert (files_of(data), house.app.tenants.engine.names()) == before
    assert counts_of(house, saved.name) == saved.counts
    assert contents_of(house, saved.name) == set(FILES)


def acts_outside(house: House, name: str) -> tuple[int, int, int]:
    return run_in(
        house,
        name,
        lambda env: (
            env["res.users.apikeys"].search_count([]),
            env["ir.cron"].search_count([]),
            env["mail.mail"].search_count([("state", "=", "outgoing")]),
        ),
    )


def uuid_of(house: House, name: str) -> str:
    found: str = house.as_system(name, "ir.config_parameter", "get_param", "database.uuid")
    return found


def test_what_was_saved_comes_back(house: House, saved: Saved, new_name: Callable[[], str]) -> None:
    name = new_name()
    house.app.administer.load(name, saved.dump, copy=False)
    assert counts_of(house, name) == saved.counts
    assert contents_of(house, name) == set(FILES)
    assert house.call(name, "res.partner", "search_count", [["name", "=", "Ünïcödé 🐘"]]) == 1
    made = house.call(name, "res.partner", "create", {"name": "After"})
    assert made > house.call(saved.name, "res.partner", "search", [], order="id desc", limit=1)[0]
    assert uuid_of(house, name) == uuid_of(house, saved.name)
    assert acts_outside(house, name) == acts_outside(house, saved.name)
    assert house.call(name, "res.partner", "search_count", [["id", "=", 1]], who=Bearer(saved.key)) == 1


def test_a_copy_acts_outside_no_more(house: House, saved: Saved, new_name: Callable[[], str]) -> None:
    restored, duplicate = new_name(), new_name()
    house.app.administer.load(restored, saved.dump, copy=True)
    house.app.administer.copy(saved.name, duplicate, neutralize=True)
    assert acts_outside(house, saved.name) == (1, 2, 1)
    for name in (restored, duplicate):
        assert uuid_of(house, name) != uuid_of(house, saved.name)
        assert acts_outside(house, name) == (0, 0, 0)
        with pytest.raises(AccessDenied):
            house.call(name, "res.partner", "search_count", [], who=Bearer(saved.key))
        assert contents_of(house, name) == set(FILES)
        assert counts_of(house, name) == saved.counts


def test_a_plain_duplicate_keeps_keys_but_no_session(
    house: House, saved: Saved, new_name: Callable[[], str]
) -> None:
    name = new_name()
    house.app.administer.copy(saved.name, name, neutralize=False)
    assert uuid_of(house, name) != uuid_of(house, saved.name)
    assert house.call(name, "res.partner", "search_count", [["id", "=", 1]], who=Bearer(saved.key)) == 1
    assert run_in(house, name, lambda env: env["res.users.session"].search_count([])) == 0
    moved = saved.sid.partition(".")[0] + "." + name
    for sid in (saved.sid, moved):
        with pytest.raises(SessionExpired):
            house.call(name, "res.partner", "search_count", [], who=Session(sid))


def test_a_copy_and_its_original_go_their_own_ways(
    house: House, saved: Saved, new_name: Callable[[], str]
) -> None:
    name = new_name()
    house.app.administer.copy(saved.name, name, neutralize=False)
    house.call(name, "res.users", "write", [2], {"password": "the copy's"})
    assert house.app.server.authenticate(saved.name, "admin", PASSWORD, "") == 2
    assert house.app.server.authenticate(name, "admin", PASSWORD, "") is None
    ids = house.as_system(name, "ir.attachment", "search", [])
    house.as_system(name, "ir.attachment", "unlink", ids)
    house.app.tenants.open(name).sweep_files(-1)
    assert contents_of(house, saved.name) == set(FILES)


def test_a_dump_is_one_moment_even_while_being_written_to(
    house: House, neighbour: House, tenant_name: str, tmp_path: Path, new_name: Callable[[], str]
) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            both = [{"name": f"Left {number}", "ref": "pair"}, {"name": f"Right {number}", "ref": "pair"}]
            neighbour.call(tenant_name, "res.partner", "create", both)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        house.app.administer.save(tenant_name, tmp_path / "live.zip")
    finally:
        stop.set()
        thread.join(30)
    name = new_name()
    house.app.administer.load(name, tmp_path / "live.zip", copy=False)
    pairs = house.call(name, "res.partner", "search_count", [["ref", "=", "pair"]])
    assert pairs % 2 == 0


def test_a_dump_of_nothing_is_missing(house: House, tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        house.app.administer.save("no-such", tmp_path / "none.zip")
    with pytest.raises(MissingError):
        house.app.administer.dump(MASTER, "no-such", "zip")
    with pytest.raises(MissingError):
        house.app.administer.copy("no-such", "new", neutralize=False)


def test_a_taken_name_is_not_restored_over(house: House, saved: Saved, untouched: None) -> None:
    with pytest.raises(ConflictError, match="already exists"):
        house.app.administer.load(saved.name, saved.dump, copy=False)
    with pytest.raises(ConflictError, match="already exists"):
        house.app.administer.copy(saved.name, saved.name, neutralize=False)
    with pytest.raises(ValidationError):
        house.app.administer.load("../up", saved.dump, copy=False)


def refused(house: House, path: Path, name: str, *kinds: type[EntrepotError]) -> None:
    with pytest.raises(kinds or ValidationError):
        house.app.administer.load(name, path, copy=False)
    assert not house.app.tenants.exists(name)


def test_a_dump_cut_short_anywhere_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    content = saved.dump.read_bytes()
    size = len(content)
    for length in (0, 1, 3, 4, 30, 100, size // 3, size // 2, size - 1000, size - 23, size - 22, size - 1):
        path = tmp_path / "cut.zip"
        path.write_bytes(content[:length])
        refused(house, path, new_name())


def test_a_dump_with_flipped_bits_is_refused_or_whole(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    """A bit of what the zip format itself ignores (a date) may differ; whatever is restored is what was saved."""
    content = saved.dump.read_bytes()
    chance = random.Random(7)  # noqa: S311 - the same places in each run
    size = len(content)
    # The list of entries lies at the end; restoring takes longer where a database is not a file.
    some = 23 if house.app.tenants.engine.dialect.name == "sqlite" else 71
    ends = [size - 1 - at for at in range(0, 700, some)]
    places = {*range(0, 64, some // 7), *ends, *(chance.randrange(size) for _ in range(600 // some))}
    outcomes = {"refused": 0, "whole": 0}
    for at in sorted(places):
        damaged = bytearray(content)
        damaged[at] ^= 1 << chance.randrange(8)
        path = tmp_path / "damaged.zip"
        path.write_bytes(damaged)
        name = new_name()
        try:
            house.app.administer.load(name, path, copy=False)
        except (ValidationError, TooLarge):
            outcomes["refused"] += 1
            assert not house.app.tenants.exists(name)
        else:
            outcomes["whole"] += 1
            assert counts_of(house, name) == saved.counts
            assert contents_of(house, name) == set(FILES)
            house.app.administer.remove(name)
    assert outcomes["refused"] > outcomes["whole"]


def rebuilt(
    source: Path,
    target: Path,
    *,
    change: Callable[[dict[str, Any]], None] = lambda manifest: None,
    entries: Callable[[dict[str, bytes]], None] = lambda content: None,
    extra: tuple[tuple[zipfile.ZipInfo, bytes], ...] = (),
    method: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """A dump made anew, with something wrong in it."""
    with zipfile.ZipFile(source) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(content.pop("manifest.json"))
    entries(content)
    change(manifest)
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        for info, data in extra:
            archive.writestr(info, data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


def listed(manifest: dict[str, Any], name: str, content: bytes) -> None:
    manifest["entries"][name] = [len(content), hashlib.sha256(content).hexdigest()]


EVIL = b"evil"
KEY = hashlib.sha256(EVIL).hexdigest()


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "filestore/../../evil",
        "/etc/evil",
        f"filestore/../{KEY}",
        f"filestore//{KEY}",
        f"filestore/{KEY}/",
        f"filestore\\{KEY}",
        f"filestore/{KEY.upper()}",
        f"filestore/{KEY[:2]}/{KEY}",
        f"./filestore/{KEY}",
        "C:\\evil",
        "database/",
        "database2",
        "run/x",
    ],
)
def test_an_entry_that_leads_elsewhere_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path, name: str
) -> None:
    path = rebuilt(
        saved.dump,
        tmp_path / "evil.zip",
        change=lambda manifest: listed(manifest, name, EVIL),
        extra=((zipfile.ZipInfo(name), EVIL),),
    )
    refused(house, path, new_name())
    assert not list(house.app.settings.data.parent.rglob("evil"))


def test_a_link_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    info = zipfile.ZipInfo(f"filestore/{KEY}")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = rebuilt(
        saved.dump,
        tmp_path / "link.zip",
        change=lambda manifest: listed(manifest, info.filename, EVIL),
        extra=((info, EVIL),),
    )
    refused(house, path, new_name())


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["database", "manifest.json"])
def test_doubled_entries_are_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path, name: str
) -> None:
    path = rebuilt(saved.dump, tmp_path / "doubled.zip", extra=((zipfile.ZipInfo(name), b"{}"),))
    refused(house, path, new_name())


def spoil_engine(manifest: dict[str, Any]) -> None:
    manifest["engine"] = "postgres" if manifest["engine"] == "sqlite" else "sqlite"


def deep(manifest: dict[str, Any]) -> None:
    manifest["addons"] = [[]]


@pytest.mark.parametrize(
    "change",
    [
        spoil_engine,
        deep,
        lambda manifest: manifest.update(version=2),
        lambda manifest: manifest.update(version="1"),
        lambda manifest: manifest.update(format="zip"),
        lambda manifest: manifest.pop("format"),
        lambda manifest: manifest.pop("entries"),
        lambda manifest: manifest.pop("engine"),
        lambda manifest: manifest.update(entries=[]),
        lambda manifest: manifest.update(entries={}),
        lambda manifest: manifest.update(addons={"base": "999.1"}),
        lambda manifest: manifest.update(addons={**manifest["addons"], "stranger": "1.0"}),
        lambda manifest: manifest["entries"]["database"].pop(),
        lambda manifest: manifest["entries"].update(database=[True, "x"]),
        lambda manifest: manifest["entries"]["database"].__setitem__(0, -1),
        lambda manifest: manifest["entries"]["database"].__setitem__(1, "0" * 64),
        lambda manifest: manifest["entries"]["database"].__setitem__(1, None),
        lambda manifest: manifest["entries"].pop(max(manifest["entries"])),
        lambda manifest: manifest["entries"].update({f"filestore/{KEY}": [4, KEY]}),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    house: House,
    saved: Saved,
    untouched: None,
    new_name: Callable[[], str],
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
) -> None:
    refused(house, rebuilt(saved.dump, tmp_path / "odd.zip", change=change), new_name())


def test_another_content_under_a_files_name_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    def swap(content: dict[str, bytes]) -> None:
        first = next(name for name in content if name.startswith("filestore/"))
        content[first] = EVIL

    def relist(manifest: dict[str, Any]) -> None:
        first = next(name for name in manifest["entries"] if name.startswith("filestore/"))
        listed(manifest, first, EVIL)

    path = rebuilt(saved.dump, tmp_path / "swapped.zip", change=relist, entries=swap)
    refused(house, path, new_name())


@pytest.mark.parametrize("what", ["rubbish", "empty", "text"])
def test_a_database_that_is_none_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path, what: str
) -> None:
    content = {"rubbish": bytes(range(256)) * 200, "empty": b"", "text": b"DROP TABLE x;"}[what]

    def put(entries: dict[str, bytes]) -> None:
        entries["database"] = content

    path = rebuilt(
        saved.dump,
        tmp_path / "rubbish.zip",
        entries=put,
        change=lambda manifest: listed(manifest, "database", content),
    )
    refused(house, path, new_name())


def test_a_database_that_is_no_tenants_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    engine = house.app.tenants.engine
    engine.create("bare")
    engine.dump("bare", tmp_path / "bare")
    engine.drop("bare")
    content = (tmp_path / "bare").read_bytes()

    def put(entries: dict[str, bytes]) -> None:
        entries["database"] = content

    path = rebuilt(
        saved.dump,
        tmp_path / "bare.zip",
        entries=put,
        change=lambda manifest: listed(manifest, "database", content),
    )
    refused(house, path, new_name())


def test_a_database_says_itself_what_it_needs(
    house: House, saved: Saved, new_name: Callable[[], str], tmp_path: Path
) -> None:
    """The manifest may lie about add-ons and versions."""
    name = new_name()
    house.app.administer.load(name, saved.dump, copy=False)
    house.app.tenants.forget(name)
    with house.app.tenants.open(name).store.transaction(readonly=False) as tx:
        tx.execute("UPDATE ir_module_module SET latest_version = '99.0' WHERE name = 'base'")
    house.app.administer.save(name, tmp_path / "newer.zip")

    def lie(manifest: dict[str, Any]) -> None:
        manifest["addons"] = {"base": "0.1"}

    refused(house, rebuilt(tmp_path / "newer.zip", tmp_path / "lie.zip", change=lie), new_name())


def test_an_older_tenant_is_brought_up_to_date(
    house: House, saved: Saved, new_name: Callable[[], str], tmp_path: Path
) -> None:
    old, name = new_name(), new_name()
    house.app.administer.load(old, saved.dump, copy=False)
    with house.app.tenants.open(old).store.transaction(readonly=False) as tx:
        tx.execute("UPDATE ir_module_module SET latest_version = '0.1' WHERE name = 'base'")
        tx.execute(
            "DROP TABLE res_bank CASCADE" if tx.dialect.name == "postgres" else "DROP TABLE ir_logging"
        )
    house.app.administer.save(old, tmp_path / "older.zip")
    house.app.administer.load(name, tmp_path / "older.zip", copy=False)
    (module,) = house.call(name, "ir.module.module", "search_read", [["name", "=", "base"]]).dicts()
    assert module["latest_version"] == house.app.tenants.registries.manifests["base"].version
    assert house.as_system(name, "res.bank", "search_count", []) == 0
    assert house.as_system(name, "ir.logging", "search_count", []) >= 0


def test_a_tenant_with_a_table_missing_is_refused(
    house: House, saved: Saved, new_name: Callable[[], str], tmp_path: Path
) -> None:
    name = new_name()
    house.app.administer.load(name, saved.dump, copy=False)
    with house.app.tenants.open(name).store.transaction(readonly=False) as tx:
        tx.execute("DROP TABLE ir_logging")
    house.app.administer.save(name, tmp_path / "holes.zip")
    refused(house, tmp_path / "holes.zip", new_name())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_we_never_use_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path, method: int
) -> None:
    refused(house, rebuilt(saved.dump, tmp_path / "packed.zip", method=method), new_name())


def test_an_encrypted_dump_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    content = bytearray(rebuilt(saved.dump, tmp_path / "plain.zip").read_bytes())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    path = tmp_path / "encrypted.zip"
    path.write_bytes(content)
    refused(house, path, new_name())


def test_a_bomb_is_refused_before_it_is_unpacked(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    zeros = bytes(64 * 1024 * 1024)
    key = hashlib.sha256(zeros).hexdigest()
    path = rebuilt(
        saved.dump,
        tmp_path / "bomb.zip",
        change=lambda manifest: listed(manifest, f"filestore/{key}", zeros),
        entries=lambda content: content.update({f"filestore/{key}": zeros}),
    )
    assert path.stat().st_size < 2_000_000
    small_disk = Backup(house.app.tenants, house.app.administer.provision, free=lambda folder: 32 * 2**20)
    with pytest.raises(TooLarge, match="unpacks to"):
        small_disk.restore(new_name(), path, copy=False)


def test_a_bomb_that_lies_about_its_size_is_stopped(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    zeros = bytes(8 * 1024 * 1024)
    key = hashlib.sha256(zeros).hexdigest()

    def understate(manifest: dict[str, Any]) -> None:
        manifest["entries"][f"filestore/{key}"] = [10, key]

    path = rebuilt(
        saved.dump,
        tmp_path / "lie.zip",
        change=understate,
        entries=lambda content: content.update({f"filestore/{key}": zeros}),
    )
    refused(house, path, new_name())
    content = bytearray(path.read_bytes())
    size = len(zeros).to_bytes(4, "little")
    at = content.rfind(size)
    while at >= 0:
        content[at : at + 4] = (10).to_bytes(4, "little")
        at = content.rfind(size, 0, at)
    path.write_bytes(content)
    refused(house, path, new_name())


def test_a_manifest_as_deep_as_the_sea_is_refused(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str], tmp_path: Path
) -> None:
    for text in (
        "[" * 100_000,
        '{"format": ' * 50_000,
        "9" * 50_000,
        "\ud800".encode("utf-8", "surrogatepass"),
    ):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("database", b"x")
            archive.writestr("manifest.json", text)
        path = tmp_path / "deep.zip"
        path.write_bytes(buffer.getvalue())
        refused(house, path, new_name())


def test_a_restore_that_fails_on_the_way_leaves_nothing(
    house: House, saved: Saved, untouched: None, new_name: Callable[[], str]
) -> None:
    steps = []

    class Stop(BaseException):
        pass

    def count(step: str) -> None:
        steps.append(step)

    name = new_name()
    house.app.administer.load(name, saved.dump, copy=False, step=count)
    house.app.administer.remove(name)
    for at in range(len(steps)):
        seen: list[str] = []

        def stop(step: str, at: int = at, seen: list[str] = seen) -> None:
            seen.append(step)
            if len(seen) == at + 1:
                raise Stop

        with pytest.raises(Stop):
            house.app.administer.load(name, saved.dump, copy=False, step=stop)
        assert not house.app.tenants.exists(name)


def test_the_dump_of_one_server_is_read_by_another(
    house: House, neighbour: House, saved: Saved, new_name: Callable[[], str]
) -> None:
    name = new_name()
    path = house.app.administer.dump(MASTER, saved.name, "zip")
    neighbour.app.administer.restore(MASTER, name, path, copy=True)
    path.unlink()
    assert counts_of(house, name) == saved.counts
