"""A file is as open as the record it is attached to, and what it is follows from its bytes."""

from __future__ import annotations

import hashlib

import pytest

from entrepot.errors import AccessError, ValidationError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def ann(env):
    user = env["res.users"].create({"name": "Ann", "login": "ann"})
    env.flush()
    return user


def test_size_checksum_and_type_follow_from_the_content(env):
    file = env["ir.attachment"].create({"name": "x.txt", "datas": PNG, "mimetype": "text/html"})
    assert (file.datas, file.file_size, file.mimetype) == (PNG, len(PNG), "image/png")
    assert file.checksum == hashlib.sha1(PNG, usedforsecurity=False).hexdigest()
    file.write({"raw": "hello"})
    assert (file.datas, file.raw, file.file_size, file.mimetype) == (b"hello", "hello", 5, "text/plain")
    file.write({"datas": "aGkh"})
    assert file.raw == "hi!"


def test_content_that_is_no_text_has_no_text(env):
    assert env["ir.attachment"].create({"name": "x", "datas": b"\xff\xfe\x00"}).raw is None


def test_the_newest_file_comes_first(env):
    made = env["ir.attachment"].create([{"name": "a"}, {"name": "b"}])
    assert env["ir.attachment"].search([("id", "in", made.ids)]).mapped("name") == ["b", "a"]


def test_files_of_records_follow_the_rights_of_the_record(env, ann):
    everybodys = env["ir.attachment"].create(
        {"name": "p", "res_model": "res.partner", "res_id": ann.partner_id.id}
    )
    admins = env["ir.attachment"].create({"name": "s", "res_model": "ir.config_parameter", "res_id": 1})
    other = env["res.company"].create({"name": "Other"})
    hidden = env["res.partner"].create({"name": "hidden", "company_id": other.id})
    foreign = env["ir.attachment"].create({"name": "f", "res_model": "res.partner", "res_id": hidden.id})
    loose = env["ir.attachment"].create({"name": "l"})
    open_to_all = env["ir.attachment"].create({"name": "o", "public": True})
    everything = everybodys + admins + foreign + loose + open_to_all
    mine = env["ir.attachment"].with_user(ann.id)
    assert set(mine.search([("id", "in", everything.ids)]).ids) == {everybodys.id, open_to_all.id}
    for closed in (admins, foreign, loose):
        with pytest.raises(AccessError):
            closed.with_user(ann.id).read(["name"])


def test_attaching_needs_the_right_to_write_the_record(env, ann):
    mine = env["ir.attachment"].with_user(ann.id)
    partner = env["res.partner"].create({"name": "P"})
    with pytest.raises(AccessError):
        mine.create({"name": "x", "res_model": "res.partner", "res_id": partner.id})
    with pytest.raises(AccessError):
        mine.create({"name": "x", "res_model": "no.such.model", "res_id": 1})
    own = mine.create({"name": "x"})
    with pytest.raises(AccessError):
        own.write({"res_model": "res.partner", "res_id": partner.id})
    ann.write({"groups_id": [(4, env.ref("base.group_partner_manager").id)]})
    env.flush()


def test_where_the_bytes_lie_is_nobodys_business(env, ann):
    mine = env["ir.attachment"].with_user(ann.id)
    own = mine.create({"name": "x", "datas": b"x"})
    with pytest.raises(AccessError):
        own.read(["store_key"])
    with pytest.raises(AccessError):
        mine.create({"name": "x", "store_key": "0" * 64})


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", " JavaScript:x", "vbscript:x"])
def test_an_address_is_harmless(env, url):
    with pytest.raises(ValidationError, match="begins with"):
        env["ir.attachment"].create({"name": "x", "type": "url", "url": url})


def test_a_token_is_made_once(env):
    file = env["ir.attachment"].create({"name": "x"})
    [token] = file.generate_access_token()
    assert len(token) >= 40
    assert file.generate_access_token() == [token]
