"""The `db` service, shared by XML-RPC and `/jsonrpc`: positions → orders to the `Administration`.

Everything but `list`, `db_exist`, `server_version` and `list_lang` takes the master password first.
"""

from __future__ import annotations

import binascii
import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from entrepot.doors.abc import Administration, House
from entrepot.doors.arguments import WrongArguments, bind, text, texts
from entrepot.doors.error_map import DatabaseExists
from entrepot.doors.version import SERVER_VERSION
from entrepot.errors import AccessDenied, BadRequest, ConflictError, UnknownMethod

MAX_NAMES = 1000


def call_database(house: House, method: str, args: Sequence[Any]) -> Any:
    """Run one method of the `db` service. Raises UnknownMethod, WrongArguments, and what `Administration`
    raises.
    """
    order = ORDERS.get(method)
    if order is None:
        raise UnknownMethod(f"The db service has no method '{method[:60]}'.")
    try:
        return order(house.administration, method, args)
    except ConflictError as error:
        raise DatabaseExists(error.message, **error.data) from error


def proof(value: Any) -> str:
    """The master password as sent. Anything but a text proves nothing: raises AccessDenied."""
    if not isinstance(value, str) or not value:
        raise AccessDenied
    return value


def _list(administration: Administration, method: str, args: Sequence[Any]) -> list[str]:
    bind(method, args, (), (("document", False),))
    return administration.list()


def _exists(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    (name,) = bind(method, args, ("name",))
    return isinstance(name, str) and administration.exists(name)


def _server_version(administration: Administration, method: str, args: Sequence[Any]) -> str:
    del administration
    bind(method, args, ())
    return SERVER_VERSION


def _languages(administration: Administration, method: str, args: Sequence[Any]) -> list[tuple[str, str]]:
    bind(method, args, ())
    return administration.languages()


def _countries(administration: Administration, method: str, args: Sequence[Any]) -> list[tuple[str, str]]:
    (master,) = bind(method, args, ("master_pwd",))
    return administration.countries(proof(master))


def _create(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    master, name, demo, lang, password, login, country, phone = bind(
        method,
        args,
        ("master_pwd", "name", "demo", "lang"),
        (("user_password", "admin"), ("login", "admin"), ("country_code", None), ("phone", None)),
    )
    administration.create(
        proof(master),
        text(method, "name", name),
        demo=bool(demo),
        lang=text(method, "lang", lang or "en_US"),
        password=text(method, "user_password", password),
        login=text(method, "login", login),
        country_code=text(method, "country_code", country) if country else None,
        phone=text(method, "phone", phone) if phone else None,
    )
    return True


def _duplicate(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    required = ("master_pwd", "db_original_name", "db_name")
    master, name, new, neutralize = bind(method, args, required, (("neutralize_database", False),))
    name, new = texts(method, required[1:], (name, new))
    administration.duplicate(proof(master), name, new, neutralize=bool(neutralize))
    return True


def _rename(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    required = ("master_pwd", "old_name", "new_name")
    master, old, new = bind(method, args, required)
    administration.rename(proof(master), *texts(method, required[1:], (old, new)))
    return True


def _drop(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    master, name = bind(method, args, ("master_pwd", "name"))
    return administration.drop(proof(master), text(method, "name", name))


def _dump(administration: Administration, method: str, args: Sequence[Any]) -> str:
    required = ("master_pwd", "name", "format")
    master, name, kind = bind(method, args, required)
    path = administration.dump(proof(master), *texts(method, required[1:], (name, kind)))
    try:
        return b64encode(path.read_bytes()).decode("ascii")
    finally:
        path.unlink(missing_ok=True)


def _restore(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    master, name, data, copy = bind(method, args, ("master_pwd", "name", "data"), (("copy", False),))
    master = proof(master)
    if not isinstance(data, str | bytes):
        raise WrongArguments(f"{method}(): 'data' must be base64 text.")
    try:
        content = binascii.a2b_base64(data)
    except ValueError as error:
        raise BadRequest("The dump is not valid base64.") from error
    handle, file = tempfile.mkstemp(suffix=".restore")
    path = Path(file)
    try:
        with os.fdopen(handle, "wb") as writer:
            writer.write(content)
        administration.restore(master, text(method, "name", name), path, copy=bool(copy))
    finally:
        with suppress(FileNotFoundError):
            path.unlink()
    return True


def _change_password(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    master, new = bind(method, args, ("master_pwd", "master_pwd_new"))
    administration.change_master_password(proof(master), text(method, "master_pwd_new", new))
    return True


def _upgrade(administration: Administration, method: str, args: Sequence[Any]) -> bool:
    master, names = bind(method, args, ("master_pwd", "databases"))
    if not isinstance(names, list | tuple) or len(names) > MAX_NAMES:
        raise WrongArguments(f"{method}(): 'databases' must be a list of at most {MAX_NAMES} names.")
    administration.upgrade(proof(master), [text(method, "databases", name) for name in names])
    return True


ORDERS: Mapping[str, Callable[[Administration, str, Sequence[Any]], Any]] = MappingProxyType(
    {
        "list": _list,
        "db_exist": _exists,
        "server_version": _server_version,
        "list_lang": _languages,
        "list_countries": _countries,
        "create_database": _create,
        "duplicate_database": _duplicate,
        "rename": _rename,
        "drop": _drop,
        "dump": _dump,
        "restore": _restore,
        "change_admin_password": _change_password,
        "migrate_databases": _upgrade,
    }
)
