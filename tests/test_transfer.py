"""Imports and exports as whole pieces of work: what is kept, what is told, what stops them."""

from __future__ import annotations

import io
import itertools
import os

import orjson
import pytest

from app_fixtures import PASSWORD
from entrepot.call import Operator, Password
from entrepot.errors import AccessDenied, AccessError, MissingError, ValidationError
from entrepot.storage.violations import SerializationFailure
from entrepot.tenants.provision import Owner
from entrepot.transfer import Asker, ExportOptions, FileOptions, ImportOptions, Unreadable

NUMBERS = itertools.count(1)


class Ear:
    """Hears everything."""

    def __init__(self, stop_at=0):
        self.content = b""
        self.refusals = []
        self.parts = []
        self.stop_at = stop_at

    def lines(self, content):
        self.content += content

    def refused(self, outcome):
        self.refusals.append(outcome)

    def progress(self, rows, part):
        self.parts.append((rows, part))
        if self.stop_at and rows >= self.stop_at:
            raise KeyboardInterrupt

    @property
    def told(self):
        return [orjson.loads(line) for line in self.content.splitlines()]


class Desk:
    """Imports into and exports from one tenant."""

    def __init__(self, house, name):
        self.house = house
        self.asker = Asker(tenant=name, credentials=Operator(2), door="test")
        self.transfer = house.app.server.transfer
        self.ear = Ear()

    def load(self, content, model="res.partner", ear=None, format_="csv", report="all", **options):
        self.ear = ear or Ear()
        file = FileOptions(format=format_)
        return self.transfer.load(
            self.asker, model, io.BytesIO(content), file, ImportOptions(**options), self.ear, report
        )

    def export(self, model="res.partner", format_="csv", **options):
        found = []
        count = self.transfer.export(
            self.asker, model, FileOptions(format=format_), ExportOptions(**options), found.append
        )
        return count, b"".join(found)

    def count(self, *domain):
        return self.house.as_system(self.asker.tenant, "res.partner", "search_count", list(domain))


@pytest.fixture
def desk(shared_house):
    name = f"transfer-{os.getpid()}-{next(NUMBERS)}"
    shared_house.app.administer.make(name, addons=("base",), demo=False, owner=Owner(password=PASSWORD))
    yield Desk(shared_house, name)
    shared_house.app.administer.remove(name)


GOOD = b"ref,name\nA,Ann\nB,Bob\nC,Cid\n"
BAD = b"ref,name,country_id\nA,Ann,\nB,Bob,Nowhere\nC,Cid,Belgium\n"


def test_all_or_nothing(desk):
    assert desk.load(GOOD).plain()["summary"] == {
        "rows": 3,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "errors": 0,
        "kept": True,
        "dry_run": False,
    }
    ids = [line["id"] for line in desk.ear.told]
    assert desk.count(("id", "in", ids)) == 3
    before = desk.count()
    summary = desk.load(BAD)
    assert (summary.errors, summary.kept) == (1, False)
    assert desk.count() == before
    assert [(line["line"], line["status"], line["field"]) for line in desk.ear.told] == [
        (3, "error", "country_id")
    ]


def test_keep_going_leaves_the_bad_rows_out(desk):
    summary = desk.load(BAD, keep_going=True, batch=1)
    assert (summary.created, summary.errors, summary.kept) == (2, 1, True)
    assert [line["status"] for line in desk.ear.told] == ["created", "error", "created"]
    assert desk.count(("ref", "in", ["A", "B", "C"])) == 2


@pytest.mark.parametrize("keep_going", [False, True])
def test_a_dry_run_tells_the_same_and_keeps_nothing(desk, keep_going):
    before = desk.count()
    summary = desk.load(GOOD, dry_run=True, keep_going=keep_going)
    assert (summary.created, summary.kept, summary.dry_run) == (3, False, True)
    assert [(line["status"], line["id"]) for line in desk.ear.told] == [("created", None)] * 3
    assert desk.count() == before


def test_a_file_that_ends_badly_keeps_what_was_sure_and_says_where_to_go_on(desk):
    broken = GOOD + b'D,"Dan\n'
    before = desk.count()
    with pytest.raises(Unreadable, match="Line 5"):
        desk.load(broken)
    assert desk.count() == before
    summary = desk.load(broken, keep_going=True, batch=2)
    assert summary.next_line == 5
    assert "Line 5" in summary.stopped
    assert desk.count(("ref", "in", ["A", "B"])) == 2


def test_an_import_is_taken_up_where_it_stopped(desk):
    with pytest.raises(KeyboardInterrupt):
        desk.load(GOOD, ear=Ear(stop_at=2), keep_going=True, batch=2)
    assert [line["line"] for line in desk.ear.told] == [2, 3]
    desk.load(GOOD, keep_going=True, from_line=4)
    assert desk.count(("ref", "in", ["A", "B", "C"])) == 3


@pytest.mark.parametrize("keep_going", [False, True])
def test_a_collision_repeats_what_was_not_committed(desk, monkeypatch, keep_going):
    real = desk.transfer.authenticator.prove
    tries = itertools.count()

    def collide_once(tx, *args):
        found = real(tx, *args)
        if not tx.readonly and next(tries) == 0:
            raise SerializationFailure
        return found

    monkeypatch.setattr(desk.transfer.authenticator, "prove", collide_once)
    assert desk.load(GOOD, keep_going=keep_going, key=("ref",)).created == 3
    assert len(desk.ear.told) == 3


def test_progress_goes_up_to_the_end(desk):
    desk.load(GOOD, batch=1)
    assert [rows for rows, _ in desk.ear.parts] == [1, 2, 3]
    assert desk.ear.parts[-1][1] == 1.0


@pytest.mark.parametrize(("report", "lines"), [("all", 3), ("errors", 1), ("none", 0)])
def test_only_what_is_asked_for_is_told(desk, report, lines):
    desk.load(BAD, keep_going=True, report=report)
    assert len(desk.ear.told) == lines
    assert len(desk.ear.refusals) == 1


def test_an_import_that_keeps_nothing_stops_when_too_much_is_wrong(desk, monkeypatch):
    monkeypatch.setattr("entrepot.transfer.MAX_REFUSED", 2)
    rows = b"".join(b"%d,x,Nowhere\n" % n for n in range(10))
    summary = desk.load(b"ref,name,country_id\n" + rows, batch=2)
    assert (summary.errors, summary.next_line) == (2, 4)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "ndjson"])
def test_what_is_exported_comes_back_unchanged(desk, format_):
    desk.load(b"ref,name,comment,country_id\nA,=Ann,<p>x</p>,Belgium\nB,+32 2,,\nC,'-,,France\n")
    count, content = desk.export(
        format_=format_, columns=(".id", "ref", "name", "comment", "country_id", "active")
    )
    assert count == desk.count()
    summary = desk.load(content, format_=format_)
    assert (summary.rows, summary.unchanged) == (count, count)


def test_exports_are_of_the_asker(desk):
    values = {"name": "Clerk", "login": "clerk", "password": "the clerk's own"}
    uid = desk.house.as_system(desk.asker.tenant, "res.users", "create", values)
    desk.asker = Asker(tenant=desk.asker.tenant, credentials=Password(uid, "the clerk's own"), door="test")
    assert desk.export(columns=("name",))[0] > 0
    with pytest.raises(AccessError):
        desk.export("ir.config_parameter")
    with pytest.raises(AccessError):
        desk.load(b"key,value\nx,y\n", "ir.config_parameter")
    with pytest.raises(AccessError):
        desk.transfer.admit(desk.asker, "ir.config_parameter", "write")


def test_who_is_nobody_gets_nothing(desk):
    desk.asker = Asker(tenant=desk.asker.tenant, credentials=Password(2, "wrong"), door="test")
    with pytest.raises(AccessDenied):
        desk.load(GOOD)
    with pytest.raises(AccessDenied):
        desk.export()
    desk.asker = Asker(tenant="no-such-tenant", credentials=Operator(2), door="test")
    with pytest.raises(MissingError):
        desk.load(GOOD)


def test_texts_are_of_the_language_that_is_asked_for(desk):
    with pytest.raises(ValidationError):
        desk.load(b"nmae\nx\n")
    _, content = desk.export("res.country", columns=("name",), domain=[["code", "=", "BE"]])
    assert content == b"name\r\nBelgium\r\n"


def test_what_happened_is_logged(desk):
    desk.load(GOOD)
    desk.export()
    methods = [
        each["method"]
        for each in desk.house.events("CallFinished") or desk.house.events()
        if each.get("method") in {"import", "export"}
    ]
    assert methods[-2:] == ["import", "export"]
