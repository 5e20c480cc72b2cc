"""The services `object`, `common` and `db`: a method and its positions → a `Call` of the house, or an answer
of our own.

XML-RPC and `/jsonrpc` share this; the other doors name model and method themselves and use `ask` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from entrepot.call import EMPTY, Call, Password
from entrepot.doors.abc import House
from entrepot.doors.arguments import WrongArguments, bind, text, texts
from entrepot.doors.database.service import call_database
from entrepot.doors.error_map import UnknownModel
from entrepot.doors.version import version
from entrepot.errors import AccessDenied, BadRequest, MissingError, UnknownMethod, UserError

MAX_UID_DIGITS = 18
ABOUT = "Entrepot speaks the external API of Odoo 18."
# How the registry says that a model is missing. Errors about records have other words.
NO_MODEL = "Object {} doesn't exist"


def serve(
    house: House,
    service: str,
    method: str,
    args: Sequence[Any],
    *,
    door: str,
    address: str,
    request_id: str = "",
) -> Any:
    """Run one method of a service. Raises EntrepotError; wrong positions are named in it."""
    if service == "object":
        call = object_call(method, args, door=door, address=address, request_id=request_id)
        try:
            return ask(house, call)
        except UnknownModel as error:
            raise UserError(error.message) from error
    if service == "common":
        return call_common(house, method, args, address)
    if service == "db":
        return call_database(house, method, args)
    raise UnknownMethod(f"There is no service '{service[:60]}': use common, object or db.")


def ask(house: House, call: Call) -> Any:
    """Run a call. Raises UnknownModel where the house says that the model is missing, else whatever it
    raises.
    """
    try:
        return house.answer(call)
    except MissingError as error:
        if error.message == NO_MODEL.format(error.data.get("model")):
            raise UnknownModel(error.message, **error.data) from error
        raise


def object_call(method: str, args: Sequence[Any], *, door: str, address: str, request_id: str = "") -> Call:
    """The `Call` of `execute` or `execute_kw`. Raises UnknownMethod, WrongArguments, AccessDenied."""
    kwargs: Mapping[str, Any] = EMPTY
    names = ("db", "uid", "password", "model", "method")
    if method == "execute_kw":
        tenant, uid, password, model, name, positions, named = bind(
            method, args, (*names, "args"), (("kwargs", EMPTY),)
        )
        if not isinstance(positions, list | tuple):
            raise WrongArguments(f"execute_kw(): 'args' must be a list, not {type(positions).__name__}.")
        if named:
            kwargs = keywords(method, named)
    elif method == "execute":
        tenant, uid, password, model, name = bind(method, args[:5], names)
        positions = args[5:]
    else:
        raise UnknownMethod(f"The object service has no method '{method[:60]}': use execute_kw or execute.")
    return Call(
        tenant=text(method, "db", tenant),
        credentials=credentials(uid, password),
        model=text(method, "model", model),
        method=text(method, "method", name),
        args=tuple(positions),
        kwargs=kwargs,
        door=door,
        address=address,
        request_id=request_id,
    )


def keywords(method: str, value: Any) -> Mapping[str, Any]:
    """Named arguments; nothing at all (None, false) means none. Raises WrongArguments."""
    if not value:
        return EMPTY
    if not isinstance(value, dict):
        raise WrongArguments(f"{method}(): 'kwargs' must be a dictionary, not {type(value).__name__}.")
    return MappingProxyType(value)


def credentials(uid: Any, password: Any) -> Password:
    """Who says they call. A user id sent as text counts; false, nothing and an empty password are nobody.

    Raises AccessDenied.
    """
    if isinstance(uid, str) and uid.isascii() and uid.isdigit() and len(uid) <= MAX_UID_DIGITS:
        uid = int(uid)
    if isinstance(uid, bool) or not isinstance(uid, int) or not isinstance(password, str) or not password:
        raise AccessDenied
    return Password(uid, password)


def call_common(house: House, method: str, args: Sequence[Any], address: str) -> Any:
    """`version`, `about`, `login`, `authenticate`.

    A wrong login or password is False; an unknown database is an error.
    """
    match method:
        case "version":
            bind(method, args, ())
            return version()
        case "about":
            (extended,) = bind(method, args, (), (("extended", False),))
            return [ABOUT, version()["server_version"]] if extended else ABOUT
        case "login":
            named = bind(method, args, ("db", "login", "password"))
        case "authenticate":
            named = bind(method, args, ("db", "login", "password"), (("user_agent_env", EMPTY),))[:3]
        case _:
            known = "version, about, login or authenticate"
            raise UnknownMethod(f"The common service has no method '{method[:60]}': use {known}.")
    tenant, login, password = texts(method, ("db", "login", "password"), named)
    if not login or not password:
        return False
    try:
        return house.authenticate(tenant, login, password, address) or False
    except MissingError as error:
        raise BadRequest(f"The database '{tenant[:80]}' does not exist.") from error
