"""`/web/database/*`: the list for programs, and forms for people and scripts, each guarded by the master
password.

Success leads to the manager (a new database to its log-in), failure is the manager's page with the message in
it, under status 200, as scripts for Odoo expect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

from entrepot.doors.abc import House
from entrepot.doors.database.service import proof
from entrepot.doors.database.upload import FormUpload
from entrepot.doors.error_map import tell
from entrepot.doors.files import disposition
from entrepot.doors.html import alert, page
from entrepot.doors.http import FileBody, Headers, Reply, Request, Route, redirect, required
from entrepot.doors.jsonrpc.envelope import route
from entrepot.errors import AccessDenied, BadRequest, MissingError

MANAGER = "/web/database/manager"
NEW_HOME = "/odoo"
YES = frozenset({"1", "true", "on", "yes"})
ZIP: Headers = (
    (b"content-type", b"application/zip"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


def routes() -> dict[str, Route]:
    """Every address."""
    orders: dict[str, Callable[[House, Mapping[str, str]], Reply]] = {
        "create": create,
        "duplicate": duplicate,
        "drop": drop,
        "backup": backup,
        "change_password": change_password,
    }
    found = {
        f"/web/database/{name}": _route(partial(_order, order), takes_file=False)
        for name, order in orders.items()
    }
    return found | {
        "/web/database/restore": _route(restore, takes_file=True),
        "/web/database/list": route("database", list_names),
        MANAGER: Route("database", manager, ("GET",)),
        "/web/database/selector": Route("database", manager, ("GET",)),
    }


def list_names(house: House, request: Request, params: Mapping[str, Any]) -> list[str]:
    """The names of the databases. Raises AccessDenied when listing is off."""
    del request, params
    return house.administration.list()


def manager(house: House, request: Request) -> Reply:
    """The page with the list and the forms."""
    del request
    return _manager(house, "")


def create(house: House, form: Mapping[str, str]) -> Reply:
    """Make a database."""
    house.administration.create(
        proof(form.get("master_pwd")),
        required(form, "name"),
        demo=_is_yes(form, "demo"),
        lang=form.get("lang") or "en_US",
        password=required(form, "password"),
        login=form.get("login") or "admin",
        country_code=form.get("country_code") or None,
        phone=form.get("phone") or None,
    )
    return redirect(NEW_HOME)


def duplicate(house: House, form: Mapping[str, str]) -> Reply:
    """Copy a database."""
    master = proof(form.get("master_pwd"))
    name, new = required(form, "name"), required(form, "new_name")
    house.administration.duplicate(master, name, new, neutralize=_is_yes(form, "neutralize_database"))
    return redirect(MANAGER)


def drop(house: House, form: Mapping[str, str]) -> Reply:
    """Delete a database."""
    name = required(form, "name")
    if not house.administration.drop(proof(form.get("master_pwd")), name):
        raise MissingError(f"The database '{name[:80]}' does not exist.")
    return redirect(MANAGER)


def backup(house: House, form: Mapping[str, str]) -> Reply:
    """Stream a dump."""
    name = required(form, "name")
    path = house.administration.dump(proof(form.get("master_pwd")), name, form.get("backup_format") or "zip")
    handle = path.open("rb")
    headers = (*ZIP, (b"content-disposition", disposition("attachment", f"{name}.zip")))
    return Reply(200, headers, FileBody(handle, 0, path.stat().st_size, unlink=path))


def change_password(house: House, form: Mapping[str, str]) -> Reply:
    """Replace the master password."""
    new = required(form, "master_pwd_new")
    house.administration.change_master_password(proof(form.get("master_pwd")), new)
    return redirect(MANAGER)


def restore(house: House, request: Request) -> Reply:
    """Make a database from an uploaded dump."""
    upload = _form(request)
    try:
        if upload.file is None:
            raise BadRequest("The form is missing the file 'backup_file'.")  # noqa: TRY301 - told in the page
        house.administration.restore(
            proof(upload.fields.get("master_pwd")),
            required(upload.fields, "name"),
            upload.file,
            copy=_is_yes(upload.fields, "copy"),
        )
        return redirect(MANAGER)
    except Exception as error:  # noqa: BLE001 - the rim: told in the page
        return _manager(house, tell(error).message)


def _order(order: Callable[[House, Mapping[str, str]], Reply], house: House, request: Request) -> Reply:
    try:
        return order(house, _form(request).fields)
    except Exception as error:  # noqa: BLE001 - the rim: told in the page
        return _manager(house, tell(error).message)


def _form(request: Request) -> FormUpload:
    assert isinstance(request.upload, FormUpload)  # noqa: S101 - every route here opens one
    return request.upload


def _route(handler: Callable[[House, Request], Reply], *, takes_file: bool) -> Route:
    return Route("database", handler, refuse=refuse, upload=open_file_form if takes_file else open_form)


def open_form(house: House, request: Request) -> FormUpload:
    """The taker of a form without a file."""
    del house
    return FormUpload(request, None, None)


def open_file_form(house: House, request: Request) -> FormUpload:
    """The taker of a form with a file.

    It is laid where databases are: a folder for temporary files may be held in memory, and a dump be large.
    """
    folder = house.settings.data if house.settings.data.is_dir() else None
    # Listing the countries is the one order that proves the password and changes nothing.
    return FormUpload(request, folder, house.administration.countries)


def refuse(error: Exception) -> Reply:
    """A form that cannot be taken at all, without the list, which may be costly."""
    return page("Databases", alert(tell(error).message))


def _is_yes(form: Mapping[str, str], name: str) -> bool:
    return form.get(name, "").strip().lower() in YES


def _manager(house: House, message: str) -> Reply:
    try:
        listed = house.administration.list()
    except AccessDenied:
        listed = []
    items = "".join(f"<li>{escape(name)}</li>" for name in listed)
    forms = "".join(_field_set(action, names) for action, names in FORMS)
    return page("Databases", f"{alert(message)}\n<ul>{items}</ul>\n{forms}")


def _field_set(action: str, names: tuple[str, ...]) -> str:
    inputs = "".join(f"<label>{name} <input {_attributes(name)}></label>" for name in ("master_pwd", *names))
    kind = ' enctype="multipart/form-data"' if "backup_file" in names else ""
    return (
        f'<form method="post" action="/web/database/{action}"{kind}>'
        f"<fieldset><legend>{action}</legend>{inputs}<button>{action}</button></fieldset></form>"
    )


def _attributes(name: str) -> str:
    if name in CHECKED:
        return f'name="{name}" type="checkbox" value="true"'
    kind = {
        "backup_file": "file",
        "master_pwd": "password",
        "master_pwd_new": "password",
        "password": "password",
    }
    return f'name="{name}" type="{kind.get(name, "text")}"'


FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("create", ("name", "login", "password", "lang", "country_code", "phone", "demo")),
    ("duplicate", ("name", "new_name", "neutralize_database")),
    ("backup", ("name",)),
    ("restore", ("backup_file", "name", "copy")),
    ("drop", ("name",)),
    ("change_password", ("master_pwd_new",)),
)
CHECKED = frozenset({"demo", "neutralize_database", "copy"})
