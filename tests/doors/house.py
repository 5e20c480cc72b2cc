"""A very small house: one kind of record in memory, two databases, real sessions."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

from entrepot.call import Anonymous, Bearer, Call, Credentials, Password, Session
from entrepot.doors.abc import FileReply
from entrepot.errors import (
    AccessDenied,
    AccessError,
    BadRequest,
    ConflictError,
    MissingError,
    SessionExpired,
    UnknownMethod,
    UserError,
    ValidationError,
)
from entrepot.settings import Settings
from entrepot.table import Column, Table

MASTER = "master-secret"
PASSWORD = "admin-secret"
KEY = "k" * 40
COLUMNS = (
    Column("id", "integer", 0),
    Column("name", "text", 1),
    Column("email", "text", 2),
    Column("country_id", "many2one", 3),
)


class SmallAdministration:
    """Names in a dictionary; a dump is the name in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = {"demo": "", "other": ""}
        self.master = MASTER

    def _prove(self, master: str) -> None:
        if master != self.master:
            raise AccessDenied

    def _known(self, name: str) -> None:
        if name not in self.names:
            raise MissingError(f"Database {name} does not exist.")

    def list(self):
        return sorted(self.names)

    def exists(self, name):
        return name in self.names

    def languages(self):
        return [("en_US", "English / English")]

    def countries(self, master):
        self._prove(master)
        return [("be", "Belgium")]

    def create(self, master, name, *, demo, lang, password, login, country_code, phone, addons=None):
        self._prove(master)
        if "/" in name:
            raise ValidationError("Invalid database name.")
        if name in self.names:
            raise ConflictError(f"Database {name} already exists.")
        self.names[name] = f"{demo} {lang} {password} {login} {country_code} {phone}"

    def duplicate(self, master, name, new, *, neutralize):
        self._prove(master)
        self._known(name)
        self.names[new] = f"copy of {name} {neutralize}"

    def rename(self, master, name, new):
        self._prove(master)
        self._known(name)
        self.names[new] = self.names.pop(name)

    def drop(self, master, name):
        self._prove(master)
        return self.names.pop(name, None) is not None

    def dump(self, master, name, kind):
        self._prove(master)
        self._known(name)
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
            file.write(f"dump of {name} {kind}".encode())
        return Path(file.name)

    def restore(self, master, name, path, *, copy):
        self._prove(master)
        if name in self.names:
            raise ConflictError("Database already exists")
        self.names[name] = f"{path.stat().st_size} {path.read_bytes()[:20]!r} {copy}"

    def change_master_password(self, master, new):
        self._prove(master)
        self.master = new

    def upgrade(self, master, names):
        self._prove(master)


class SmallHouse:
    """Answers calls on `res.partner`, plus methods that fail in each way there is."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.settings = Settings(data=folder, **settings)
        self.administration = SmallAdministration(folder)
        self.sessions: dict[str, str] = {}
        self.partners = {1: ("Ann & Bob", None, 20, "Belgium"), 2: ("Eve <x>", "eve@example.com", None, None)}
        self.calls: list[Call] = []
        self.missing: dict[str, str] = {}

    def answer(self, call: Call) -> Any:
        self.calls.append(call)
        self._prove(call.tenant, call.credentials)
        if call.model not in {"res.partner", "res.users", "ir.module.module", "ir.model"}:
            raise MissingError(f"Object {call.model} doesn't exist", model=call.model)
        if call.method.startswith("_"):
            raise AccessError(f"Private methods (such as {call.method}) cannot be called remotely.")
        method = getattr(self, f"do_{call.method}", None)
        if method is None:
            raise UnknownMethod(f"The method '{call.method}' does not exist on the model '{call.model}'")
        try:
            return method(
                *call.args, **{key: value for key, value in call.kwargs.items() if key != "context"}
            )
        except TypeError as error:
            if "argument" in str(error):
                raise BadRequest("the arguments do not fit") from error
            raise

    def _prove(self, tenant: str, who: Credentials) -> None:
        if tenant not in self.administration.names:
            raise MissingError(f"Database {tenant} does not exist.", tenant=tenant)
        match who:
            case Password(2, password) if password in {PASSWORD, KEY}:
                return
            case Bearer(key) if key == KEY:
                return
            case Session(sid):
                if self.sessions.get(sid) != tenant:
                    raise SessionExpired
            case _:
                raise AccessDenied

    def do_read(self, ids, fields=None, load="_classic_read"):
        ids = [ids] if isinstance(ids, int) else ids
        return Table(COLUMNS, [(each, *self.partners[each]) for each in ids if each in self.partners])

    def do_search_read(self, domain=None, fields=None, offset=0, limit=None, order=None):
        if fields == ["name"] and domain and domain[0][0] == "state":
            return [{"id": 1, "name": "base"}]
        return Table(COLUMNS, [(each, *values) for each, values in self.partners.items()])

    def do_web_search_read(self):
        return {"length": len(self.partners), "records": self.do_search_read()}

    def do_search_count(self, domain=None):
        return len(self.partners)

    def do_fields_get(self, allfields=None, attributes=None):
        return {name: {"type": "integer"} for name in allfields or () if name == "sequence"}

    def do_write(self, ids, values):
        missing = [each for each in ids if each not in self.partners]
        if missing:
            raise MissingError(
                "Record does not exist or has been deleted.", model="res.partner", ids=tuple(missing)
            )
        return True

    def do_echo(self, *values, **named):
        return [list(values), named]

    def do_nothing(self):
        return None

    def do_action(self):
        return {"type": "ir.actions.act_window"}

    def do_number(self):
        return 2**40

    def do_break(self):
        raise RuntimeError("secret path /etc/passwd")

    def do_refuse(self):
        raise UserError("Not today")

    def do_constrain(self):
        raise ValidationError("The operation cannot be completed: no")

    def do_forbid(self):
        raise AccessError("You may not")

    def do_context_get(self):
        return {"lang": "en_US", "tz": False, "uid": 2}

    def do_session_info(self):
        return {
            "uid": 2,
            "username": "admin",
            "name": "</script><b>Ann</b>",
            "user_context": self.do_context_get(),
        }

    def do_describe(self, name):
        return {"fields": {}, "methods": {"read": {"parameters": {"fields": {}}, "api": []}}}

    def authenticate(self, tenant, login, password, address):
        if tenant not in self.administration.names:
            raise MissingError("no such tenant")
        return 2 if login == "admin" and password in {PASSWORD, KEY} else None

    def log_in(self, tenant, login, password, address):
        if tenant not in self.administration.names:
            raise MissingError(f"Database {tenant} does not exist.")
        if login != "admin" or password != PASSWORD:
            raise AccessDenied
        sid = secrets.token_urlsafe(63)
        self.sessions[sid] = tenant
        return sid, 2

    def log_out(self, sid):
        self.sessions.pop(sid, None)

    def tenant_for(self, *, named=None, sid=None, host=None):
        if named:
            return named
        if sid in self.sessions:
            return self.sessions[sid]
        if host in self.administration.names:
            return host
        return self.settings.default_tenant or None

    def open_file(self, tenant, credentials, model, record_id, field, address):
        if isinstance(credentials, Anonymous):
            raise AccessError
        self._prove(tenant, credentials)
        path = self.folder / f"{record_id}.bin"
        if not path.exists():
            raise MissingError
        name = 'evil"\r\nSet-Cookie: a=b; ../../naïve.pdf'
        mimetype = {1: "application/pdf", 2: "text/html", 3: "image/svg+xml"}.get(
            record_id, "application/octet-stream"
        )
        return FileReply(path, path.stat().st_size, mimetype, name, f"tag{record_id}")

    def metrics(self):
        return "entrepot_up 1\n"

    def ready(self):
        return self.missing
