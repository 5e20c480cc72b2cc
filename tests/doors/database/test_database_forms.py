from __future__ import annotations

from urllib.parse import urlencode

import pytest

from doors.house import MASTER, SmallHouse
from doors.knock import knock, post_json
from entrepot.doors.asgi import Application

FORM = {"content-type": "application/x-www-form-urlencoded"}
LIMIT = "x" * 40


def submit(app, action, **fields):
    return knock(app, "POST", f"/web/database/{action}", urlencode(fields).encode(), FORM)


def multipart(*parts, end=True):
    body = b""
    for head, content in parts:
        body += f"--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
    return body + (b"--cut--\r\n" if end else b"")


def upload(app, *parts, end=True, size=1000):
    body = multipart(*parts, end=end)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return knock(
        app, "POST", "/web/database/restore", pieces, {"content-type": "multipart/form-data; boundary=cut"}
    )


MASTER_PART = ('name="master_pwd"', MASTER.encode())
FILE_PART = ('name="backup_file"; filename="a.zip"', bytes(range(256)) * 40)
NAME_PART = ('name="name"', b"new")


def test_databases_are_listed_for_programs(app):
    assert post_json(app, "/web/database/list", {}).json["result"] == ["demo", "other"]


def test_the_manager_lists_databases_and_has_a_form_for_each_order(app):
    page = knock(app, "GET", "/web/database/manager").body.decode()
    assert "<li>demo</li>" in page
    for action in ("create", "duplicate", "drop", "backup", "restore", "change_password"):
        assert f'action="/web/database/{action}"' in page


@pytest.mark.parametrize(
    ("action", "fields", "location"),
    [
        ("create", {"name": "new", "lang": "fr_FR", "password": "pw", "login": "me", "demo": "1"}, "/odoo"),
        (
            "duplicate",
            {"name": "demo", "new_name": "new", "neutralize_database": "on"},
            "/web/database/manager",
        ),
        ("drop", {"name": "demo"}, "/web/database/manager"),
        ("change_password", {"master_pwd_new": "better"}, "/web/database/manager"),
    ],
)
def test_orders_are_obeyed(app, house, action, fields, location):
    before = dict(house.administration.names), house.administration.master
    heard = submit(app, action, master_pwd=MASTER, **fields)
    assert (heard.status, heard.header("location")) == (303, location)
    assert (house.administration.names, house.administration.master) != before


@pytest.mark.parametrize(
    ("action", "fields", "message"),
    [
        ("create", {"master_pwd": "wrong", "name": "new", "password": "pw"}, "Access Denied"),
        ("create", {"name": "new", "password": "pw"}, "Access Denied"),
        ("create", {"master_pwd": MASTER, "name": "new"}, "password"),
        ("create", {"master_pwd": MASTER, "name": "demo", "password": "pw"}, "already exists"),
        ("create", {"master_pwd": MASTER, "name": "a/b", "password": "pw"}, "Invalid database name"),
        ("drop", {"master_pwd": MASTER, "name": "<script>"}, "&lt;script&gt;"),
        ("backup", {"master_pwd": MASTER, "name": "nowhere"}, "does not exist"),
        ("backup", {"master_pwd": "", "name": "demo"}, "Access Denied"),
    ],
)
def test_failures_are_told_in_the_page(app, house, action, fields, message):
    heard = submit(app, action, **fields)
    assert heard.status == 200
    assert heard.header("content-type") == "text/html; charset=utf-8"
    assert message in heard.body.decode()
    assert house.administration.names == {"demo": "", "other": ""}


def test_a_backup_is_streamed_and_its_file_removed(app, tmp_path):
    heard = submit(app, "backup", master_pwd=MASTER, name="demo", backup_format="zip")
    assert heard.body == b"dump of demo zip"
    assert heard.header("content-type") == "application/zip"
    assert heard.header("content-disposition").startswith('attachment; filename="demo.zip"')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_an_uploaded_dump_is_restored_however_it_is_cut(app, house, tmp_path, size):
    heard = upload(app, MASTER_PART, FILE_PART, NAME_PART, ('name="copy"', b"true"), size=size)
    assert (heard.status, heard.header("location")) == (303, "/web/database/manager")
    assert house.administration.names["new"] == f"10240 {bytes(range(20))!r} True"
    assert list(tmp_path.iterdir()) == []


def test_an_upload_may_be_larger_than_a_body(tmp_path):
    house = SmallHouse(tmp_path, max_body_bytes=1000)
    app = Application(house)
    assert upload(app, MASTER_PART, FILE_PART, NAME_PART).status == 303
    app.workers.stop()
    assert house.administration.names["new"].startswith("10240 ")


@pytest.mark.parametrize(
    ("parts", "end", "message"),
    [
        ([FILE_PART, MASTER_PART, NAME_PART], True, "before the file"),
        ([('name="master_pwd"', b"wrong"), FILE_PART, NAME_PART], True, "Access Denied"),
        ([('name="master_pwd"', b""), FILE_PART, NAME_PART], True, "Access Denied"),
        ([MASTER_PART, FILE_PART], True, "'name'"),
        ([MASTER_PART, NAME_PART], True, "'backup_file'"),
        ([MASTER_PART, NAME_PART, FILE_PART], False, "cut off"),
        ([MASTER_PART, FILE_PART, FILE_PART, NAME_PART], True, "only one"),
        ([MASTER_PART, FILE_PART, ('name="name"', b"demo")], True, "already exists"),
        ([('name="a"', b"x" * (2 << 20))], True, "too long"),
        ([(f'name="a{each}"', b"x") for each in range(200)], True, "too many"),
        ([(f'name="{"a" * 20_000}"', b"x")], True, "not well-formed"),
    ],
)
def test_uploads_that_cannot_be_taken_leave_nothing(app, house, parts, end, message):
    heard = upload(app, *parts, end=end)
    assert heard.status == 200
    assert message in heard.body.decode().replace("&#x27;", "'")
    assert house.administration.names == {"demo": "", "other": ""}
    assert list(house.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=cut", b"no boundary here"),
        ("application/x-www-form-urlencoded", b"a=1&" * 200),
        ("application/x-www-form-urlencoded", b"a" * (2 << 20)),
    ],
)
def test_what_is_no_form_is_refused(app, kind, body):
    for action in ("create", "restore"):
        heard = knock(app, "POST", f"/web/database/{action}", body, {"content-type": kind})
        assert heard.status == 200
        assert b'role="alert"' in heard.body


def test_files_are_taken_by_restore_only(app, tmp_path):
    body = multipart(MASTER_PART, FILE_PART)
    heard = knock(
        app, "POST", "/web/database/drop", body, {"content-type": "multipart/form-data; boundary=cut"}
    )
    assert b"takes no file" in heard.body
    assert list(tmp_path.iterdir()) == []
