from __future__ import annotations

import pytest

from doors.house import KEY, MASTER, PASSWORD
from entrepot.call import Password
from entrepot.doors.arguments import WrongArguments
from entrepot.doors.calls import object_call, serve
from entrepot.doors.error_map import DatabaseExists
from entrepot.errors import AccessDenied, BadRequest, EntrepotError, UnknownMethod, UserError

WHO = ("demo", 2, PASSWORD, "res.partner")


def ask(house, service, method, *args):
    return serve(house, service, method, args, door="test", address="192.0.2.1")


@pytest.mark.parametrize(
    ("method", "args", "positions", "named"),
    [
        ("execute_kw", (*WHO, "read", [[1], ["name"]]), ([1], ["name"]), {}),
        ("execute_kw", (*WHO, "read", [[1]], {"load": "raw"}), ([1],), {"load": "raw"}),
        ("execute_kw", (*WHO, "read", (1,), None), (1,), {}),
        ("execute_kw", (*WHO, "read", [], False), (), {}),
        ("execute", (*WHO, "read", [1], ["name"]), ([1], ["name"]), {}),
        ("execute", (*WHO, "search"), (), {}),
    ],
)
def test_positions_become_a_call(method, args, positions, named):
    call = object_call(method, args, door="xmlrpc", address="192.0.2.1")
    assert (call.tenant, call.credentials, call.model) == ("demo", Password(2, PASSWORD), "res.partner")
    assert (call.args, dict(call.kwargs)) == (positions, named)


def test_a_user_id_sent_as_text_counts():
    call = object_call("execute", ("demo", "2", "x", "m", "read"), door="", address="")
    assert call.credentials == Password(2, "x")


@pytest.mark.parametrize("uid", [False, True, None, "", "two", "-2", "٢", "9" * 30, 1.5, [2], {"a": 1}])
def test_what_is_no_user_id_is_nobody(uid):
    with pytest.raises(AccessDenied):
        object_call("execute", ("demo", uid, "x", "m", "read"), door="", address="")


@pytest.mark.parametrize("password", ["", None, False, 1, ["x"]])
def test_what_is_no_password_is_nobody(password):
    with pytest.raises(AccessDenied):
        object_call("execute", ("demo", 2, password, "m", "read"), door="", address="")


@pytest.mark.parametrize(
    ("method", "args", "words"),
    [
        ("execute_kw", (), "'db', 'uid', 'password', 'model', 'method', 'args'"),
        ("execute_kw", (*WHO, "read"), "'args'"),
        ("execute_kw", (*WHO, "read", [], {}, 8), "8 arguments"),
        ("execute_kw", (*WHO, "read", "abc"), "'args' must be a list"),
        ("execute_kw", (*WHO, "read", [], [1]), "'kwargs' must be a dictionary"),
        ("execute", WHO, "'method'"),
        ("execute", ("demo", 2, "x", ["m"], "read"), "'model' must be a text"),
        ("execute", ("demo", 2, "x", "m", None), "'method' must be a text"),
        ("execute", ([], 2, "x", "m", "read"), "'db' must be a text"),
    ],
)
def test_wrong_positions_are_named(method, args, words):
    with pytest.raises(WrongArguments) as caught:
        object_call(method, args, door="", address="")
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("demo", "admin", PASSWORD), 2),
        (("demo", "admin", KEY), 2),
        (("demo", "admin", "wrong"), False),
        (("demo", "nobody", PASSWORD), False),
        (("demo", "admin", ""), False),
    ],
)
def test_login_and_authenticate_give_a_user_id_or_false(house, args, expected):
    assert ask(house, "common", "login", *args) == expected
    assert ask(house, "common", "authenticate", *args, {}) == expected
    assert ask(house, "common", "authenticate", *args) == expected


def test_logging_in_to_an_unknown_database_is_an_error_of_the_server_kind(house):
    with pytest.raises(BadRequest, match="does not exist"):
        ask(house, "common", "login", "nowhere", "admin", PASSWORD)


def test_the_version_is_that_of_the_api_we_speak(house):
    assert ask(house, "common", "version") == {
        "server_version": "18.0",
        "server_version_info": [18, 0, 0, "final", 0, ""],
        "server_serie": "18.0",
        "protocol_version": 1,
    }
    assert isinstance(ask(house, "common", "about"), str)
    assert ask(house, "common", "about", True)[1] == "18.0"


@pytest.mark.parametrize(
    ("service", "method"),
    [("object", "exec"), ("common", "logout"), ("db", "monodb"), ("report", "render"), ("", "")],
)
def test_unknown_services_and_methods_are_named(house, service, method):
    with pytest.raises(UnknownMethod):
        ask(house, service, method)


def test_an_unknown_model_is_a_user_error_of_the_object_service(house):
    with pytest.raises(UserError, match=r"Object no\.such doesn't exist"):
        ask(house, "object", "execute", "demo", 2, PASSWORD, "no.such", "read", [1])


DATABASE = [
    (("list",), ["demo", "other"]),
    (("db_exist", "demo"), True),
    (("db_exist", "nowhere"), False),
    (("db_exist", None), False),
    (("server_version",), "18.0"),
    (("list_lang",), [("en_US", "English / English")]),
    (("list_countries", MASTER), [("be", "Belgium")]),
    (("create_database", MASTER, "new", False, "fr_FR"), True),
    (("create_database", MASTER, "new", True, "fr_FR", "pw", "me@x.org", "be", "123"), True),
    (("duplicate_database", MASTER, "demo", "new"), True),
    (("duplicate_database", MASTER, "demo", "new", True), True),
    (("rename", MASTER, "demo", "new"), True),
    (("drop", MASTER, "demo"), True),
    (("drop", MASTER, "nowhere"), False),
    (("dump", MASTER, "demo", "zip"), "ZHVtcCBvZiBkZW1vIHppcA=="),
    (("restore", MASTER, "new", "AAAA"), True),
    (("restore", MASTER, "new", b"AAAA", True), True),
    (("change_admin_password", MASTER, "better"), True),
    (("migrate_databases", MASTER, ["demo"]), True),
]


@pytest.mark.parametrize(("order", "expected"), DATABASE, ids=lambda each: str(each)[:40])
def test_orders_about_databases_are_obeyed(house, tmp_path, order, expected):
    assert ask(house, "db", *order) == expected
    assert list(tmp_path.iterdir()) == []


GUARDED = [order for order, _ in DATABASE if MASTER in order]


@pytest.mark.parametrize("master", ["wrong", "", None, False, 5])
@pytest.mark.parametrize("order", GUARDED, ids=lambda each: str(each)[:40])
def test_orders_without_the_master_password_are_denied(house, order, master):
    with pytest.raises(AccessDenied):
        ask(house, "db", order[0], master, *order[2:])
    assert house.administration.names == {"demo": "", "other": ""}


@pytest.mark.parametrize("order", GUARDED, ids=lambda each: str(each)[:40])
def test_orders_without_any_argument_say_what_is_missing(house, order):
    with pytest.raises(WrongArguments, match="master_pwd"):
        ask(house, "db", order[0])


@pytest.mark.parametrize(
    "order", [("create_database", MASTER, "demo", False, "en_US"), ("restore", MASTER, "demo", "AAAA")]
)
def test_a_taken_name_is_refused_by_its_own_class(house, order):
    with pytest.raises(DatabaseExists, match="already exists"):
        ask(house, "db", *order)


@pytest.mark.parametrize(
    "order",
    [
        ("restore", MASTER, "new", "A"),
        ("restore", MASTER, "new", 5),
        ("create_database", MASTER, 5, False, "en_US"),
        ("migrate_databases", MASTER, "demo"),
        ("drop", MASTER, ["demo"]),
        ("dump", MASTER, "demo"),
    ],
)
def test_arguments_of_a_wrong_kind_are_refused(house, order):
    with pytest.raises(EntrepotError) as caught:
        ask(house, "db", *order)
    assert isinstance(caught.value, BadRequest)
