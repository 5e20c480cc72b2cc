from __future__ import annotations

import pytest

from entrepot.errors import ValidationError
from entrepot.kernel.transfer import headers
from kernel.shop import MODELS

__all__ = ["MODELS"]


def columns(env, model, *header, **options):
    mapping = options.pop("mapping", {})
    found = headers.columns(env, env.registry.models[model], header, mapping, **options)
    return ["/".join(path) for path in found.paths]


def test_names_paths_and_labels(env):
    names = ["id", "name", "category_id/id", "Price", "CODE", "Active"]
    assert columns(env, "shop.product", *names) == ["id", "name", "category_id/id", "price", "code", "active"]
    assert columns(env, "shop.product", "External ID", "Category / External ID", "Name") == [
        "id",
        "category_id/id",
        "name",
    ]
    assert columns(env, "shop.order", "Customer", "Line/Quantity") == ["customer", "line_ids/quantity"]


def test_headers_are_mapped(env):
    assert columns(env, "shop.product", "Artikel", "name", mapping={"Artikel": "code"}) == ["code", "name"]
    with pytest.raises(ValidationError) as error:
        columns(env, "shop.product", "Artikel", "name", mapping={"Artikel": "nowhere", "Not there": "code"})
    assert {problem.path for problem in error.value.problems} == {"Artikel", "Not there"}


def test_every_unknown_header_is_told_with_what_is_near(env):
    with pytest.raises(ValidationError) as error:
        columns(env, "shop.product", "nmae", "name", "Categry", "")
    told = [(problem.path, problem.code) for problem in error.value.problems]
    assert told == [("nmae", "unknown_field"), ("Categry", "unknown_field"), ("", "no_header")]
    assert "name" in error.value.problems[0].message
    assert "category_id" in error.value.problems[1].message


def test_unknown_headers_may_be_left_out_but_not_all(env):
    assert columns(env, "shop.product", "x", "name", "", ignore_unknown=True) == ["name"]
    with pytest.raises(ValidationError):
        columns(env, "shop.product", "x", ignore_unknown=True)


def test_two_headers_of_one_column_are_refused(env):
    with pytest.raises(ValidationError) as error:
        columns(env, "shop.product", "name", "Name")
    assert error.value.problems[0].code == "twice"


def test_hidden_fields_are_unknown(env):
    user = env["res.users"].browse(2).env.derive(uid=2, su=False)
    meta = env.registry.models["res.users"]
    hidden = next(name for name, field in meta.fields.items() if field.groups and name.startswith("password"))
    for message in (problems(user, meta, hidden), problems(user, meta, "password_has")):
        assert hidden not in message.partition("is no column")[2]


def problems(env, meta, name):
    if headers.check.may_field(env, meta.fields["password_hash"]):
        pytest.skip("this user sees every field")
    with pytest.raises(ValidationError) as error:
        headers.columns(env, meta, [name], {})
    return error.value.message
