"""Contacts are found, named, copied and kept in order as existing clients expect."""

from __future__ import annotations

import pytest

from entrepot.errors import UserError, ValidationError


def test_a_contact_below_another_is_shown_with_it(env):
    company = env["res.partner"].create({"name": "Opticians", "is_company": True})
    person = env["res.partner"].create({"name": "Ada", "parent_id": company.id})
    assert person.display_name == "Opticians, Ada"
    company.write({"name": "Optics"})
    assert person.complete_name == "Optics, Ada"
    address = env["res.partner"].create({"type": "delivery", "parent_id": company.id})
    assert address.display_name == "Optics, Delivery Address"


def test_only_the_direct_parent_is_shown(env):
    top = env["res.partner"].create({"name": "Top", "is_company": True})
    mid = env["res.partner"].create({"name": "Mid", "parent_id": top.id})
    low = env["res.partner"].create({"name": "Low", "parent_id": mid.id})
    assert low.display_name == "Mid, Low"
    assert low.commercial_partner_id == top


def test_contacts_need_names_and_addresses_do_not(env):
    with pytest.raises(ValidationError, match="Contacts require a name"):
        env["res.partner"].create({"email": "a@x.org"})
    parent = env["res.partner"].create({"name": "P"})
    assert env["res.partner"].create({"type": "invoice", "parent_id": parent.id}).id
    with pytest.raises(ValidationError, match="Contacts require a name"):
        parent.write({"name": ""})


def test_a_hierarchy_cannot_bite_its_tail(env):
    a = env["res.partner"].create({"name": "A"})
    b = env["res.partner"].create({"name": "B", "parent_id": a.id})
    with pytest.raises(ValidationError, match="recursive"):
        a.write({"parent_id": b.id})


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [('"Bob" <b@x.org>', "Bob", "b@x.org"), ("b@x.org", "b@x.org", "b@x.org"), ("Bob", "Bob", None)],
)
def test_one_line_makes_a_contact(env, line, name, email):
    record_id, shown = env["res.partner"].name_create(line)
    partner = env["res.partner"].browse(record_id)
    assert (partner.name, partner.email, shown) == (name, email, name)


def test_an_address_finds_its_contact_again(env):
    first = env["res.partner"].find_or_create("Ann <ann_1@x.org>")
    assert env["res.partner"].find_or_create("ANN_1@x.org") == first
    assert env["res.partner"].find_or_create("annx1@x.org") != first


def test_a_copy_says_so_and_has_no_children(env):
    parent = env["res.partner"].create({"name": "P", "child_ids": [(0, 0, {"name": "C"})]})
    copy = parent.copy()
    assert (copy.name, len(copy.child_ids), len(parent.child_ids)) == ("P (copy)", 0, 1)
    assert parent.copy({"name": "Q"}).name == "Q"


def test_contacts_come_by_complete_name_and_the_newest_first_among_equals(env):
    made = env["res.partner"].create([{"name": name} for name in ("zz same", "zz a", "zz same")])
    found = env["res.partner"].search([("id", "in", made.ids)])
    assert list(found.ids) == [made.ids[1], made.ids[2], made.ids[0]]


def test_archived_children_are_hidden_from_reading_but_found_by_id(env):
    parent = env["res.partner"].create({"name": "P"})
    child = env["res.partner"].create({"name": "C", "parent_id": parent.id, "active": False})
    assert not parent.child_ids
    assert env["res.partner"].search([("child_ids", "in", child.ids)]) == parent


def test_a_company_type_is_another_face_of_is_company(env):
    partner = env["res.partner"].create({"name": "P", "company_type": "company"})
    assert partner.is_company
    partner.write({"is_company": False})
    assert partner.company_type == "person"


def test_a_person_takes_over_the_address_of_the_company(env):
    company = env["res.partner"].create({"name": "P", "city": "Ghent", "country_id": env.ref("base.be").id})
    person = env["res.partner"].create({"name": "C", "parent_id": company.id})
    assert (person.city, person.country_code) == ("Ghent", "BE")
    elsewhere = env["res.partner"].create({"name": "D", "parent_id": company.id, "city": "Liège"})
    assert (elsewhere.city, elsewhere.country_code) == ("Liège", None)


def test_contacts_of_users_stay_while_the_user_does(env):
    admin = env.ref("base.user_admin")
    with pytest.raises(UserError):
        admin.partner_id.unlink()
    with pytest.raises(ValidationError, match="archive"):
        admin.partner_id.write({"active": False})


def test_a_number_is_one_account_of_a_contact_however_it_is_written(env):
    partner = env["res.partner"].create({"name": "P"})
    bank = env["res.partner.bank"]
    bank.create({"partner_id": partner.id, "acc_number": "BE71 0961 2345 6769"})
    with pytest.raises(ValidationError):
        bank.create({"partner_id": partner.id, "acc_number": "be71-0961-2345-6769"}).env.flush()


def test_languages_and_zones_are_checked(env):
    partner = env["res.partner"].create({"name": "P", "tz": "Europe/Brussels", "lang": "en_US"})
    assert partner.tz == "Europe/Brussels"
    with pytest.raises(ValidationError):
        partner.write({"tz": "Europe/Atlantis"})
    with pytest.raises(ValidationError):
        partner.write({"lang": "fr_FR"})


def test_a_name_search_also_finds_reference_and_email(env):
    partner = env["res.partner"].create({"name": "Somebody", "ref": "REF-77", "email": "who@x.org"})
    for text in ("somebo", "REF-77", "who@x.org"):
        assert [pair[0] for pair in env["res.partner"].name_search(text)] == [partner.id]
