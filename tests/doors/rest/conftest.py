"""The REST door of a whole server with a tenant of contacts, once on each store."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from app_fixtures import PASSWORD, House
from doors.knock import Heard, knock
from entrepot.doors.asgi import Application
from entrepot.tenants.provision import Owner

JSON = {"content-type": "application/json"}


@dataclass
class Rest:
    """A client of the door: one tenant, one session or key."""

    app: Application
    house: House
    db: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **asked: Any) -> Heard:
        """GET with parameters; those that are no text are sent as JSON."""
        return self.ask("GET", path, asked)

    def delete(self, path: str, **asked: Any) -> Heard:
        return self.ask("DELETE", path, asked)

    def post(self, path: str, params: Any = None, **asked: Any) -> Heard:
        return self.send("POST", path, {"params": params}, asked)

    def put(self, path: str, params: Any = None, **asked: Any) -> Heard:
        return self.send("PUT", path, {"params": params}, asked)

    def ask(self, verb: str, path: str, asked: dict[str, Any]) -> Heard:
        return knock(self.app, verb, target(path, asked), headers=self.headers)

    def send(self, verb: str, path: str, body: Any, asked: dict[str, Any] | None = None) -> Heard:
        """A JSON body; bytes go as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return knock(self.app, verb, target(path, asked or {}), raw, {**JSON, **self.headers})

    def rows(self, path: str, **asked: Any) -> Any:
        """The result of a GET that must succeed."""
        heard = self.get(path, **asked)
        assert heard.status == 200, heard.body
        return heard.json["result"]

    def make(self, model: str, data: Any) -> Any:
        """The result of a POST that must succeed."""
        told = self.post(f"/api/{model}/", {"data": data}).json
        assert "result" in told, told
        return told["result"]

    def nobody(self) -> Rest:
        """The same without a session."""
        return Rest(self.app, self.house, self.db)

    def known_as(self, **headers: str) -> Rest:
        """The same with other headers."""
        return Rest(self.app, self.house, self.db, headers)

    def log_in(self, login: str, password: str) -> Rest:
        """The same as somebody else."""
        params = {"login": login, "password": password, "db": self.db}
        sid = knock(self.app, "POST", "/auth/", json.dumps({"params": params}).encode(), JSON).json["result"][
            "session_id"
        ]
        return self.known_as(cookie=f"session_id={sid}")

    def system(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """One call past the door, as the administrator."""
        return self.house.as_system(self.db, model, method, *args, **kwargs)


def target(path: str, asked: dict[str, Any]) -> str:
    given = {name: each if isinstance(each, str) else json.dumps(each) for name, each in asked.items()}
    return f"{path}?{urlencode(given)}" if given else path


@pytest.fixture(scope="session")
def make_rest(shared_house: House) -> Iterator[Callable[..., Rest]]:
    """A function that makes a tenant with add-ons, (all of them and demo data when none is named), and its administrator."""
    opened: dict[str, Rest] = {}
    app = Application(shared_house.app.server)

    def make(*addons: str) -> Rest:
        name = f"rest-{'-'.join(addons) or 'all'}-{os.getpid()}"
        if name not in opened:
            owner = Owner(password=PASSWORD)
            shared_house.app.administer.make(name, addons=addons or None, demo=not addons, owner=owner)
            opened[name] = Rest(app, shared_house, name).log_in("admin", PASSWORD)
        return opened[name]

    yield make
    app.workers.stop()
    for name in opened:
        shared_house.app.administer.remove(name)


@pytest.fixture(scope="session")
def rest(make_rest: Callable[..., Rest]) -> Rest:
    """The administrator of a tenant of contacts; tests make the records they need."""
    return make_rest("base")


@pytest.fixture(scope="session")
def clerk(rest: Rest) -> Rest:
    """A user with no more rights than every user has."""
    group = rest.system("ir.model.data", "check_object_reference", "base", "group_user")[1]
    values = {
        "name": "Clara Clerk",
        "login": "clerk",
        "password": "the clerk's own",
        "groups_id": [(6, 0, [group])],
    }
    rest.system("res.users", "create", values)
    return rest.log_in("clerk", "the clerk's own")
