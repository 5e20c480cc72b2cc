"""`entrepot user`: accounts of a tenant."""

from __future__ import annotations

from datetime import timedelta

import click

from entrepot.cli.command import Group
from entrepot.cli.context import Context, columns, pass_context
from entrepot.errors import MissingError
from entrepot.kernel.environment import Environment
from entrepot.kernel.model import Model


@click.group(cls=Group)
def user() -> None:
    """List users, make them, set passwords, mint API keys."""


@user.command("list")
@click.argument("tenant")
@pass_context
def list_(context: Context, tenant: str) -> None:
    """List the users of a tenant.

    \b
    Example:
      entrepot user list demo
    """
    with context.app() as built, context.environment(built, tenant, readonly=True) as env:
        users = env["res.users"].with_context(active_test=False).search([("id", "!=", 1)])
        found = [
            {
                "id": each.id,
                "login": each.login,
                "name": each.name,
                "active": each.active,
                "groups": [group.full_name for group in each.groups_id],
            }
            for each in users
        ]
    rows = [(each["id"], each["login"], "yes" if each["active"] else "no", each["name"]) for each in found]
    context.answer(found, lambda: columns(rows, ("ID", "LOGIN", "ACTIVE", "NAME")))


@user.command("create")
@click.argument("tenant")
@click.argument("login")
@click.option("--name", help="Full name; default: the login.")
@click.option("--password", help="Asked for when not given.")
@click.option("--group", "groups", multiple=True, help="External id of a group; may be given several times.")
@pass_context
def create(
    context: Context, tenant: str, login: str, name: str | None, password: str | None, groups: tuple[str, ...]
) -> None:
    """Make a user.

    \b
    Example:
      entrepot user create demo ann@clinic.org --name "Ann Lee" --group optometry.group_optometrist
    """
    secret = password or click.prompt(f"Password for {login}", hide_input=True, confirmation_prompt=True)
    with context.app() as built, context.environment(built, tenant) as env:
        values: dict[str, object] = {"login": login, "name": name or login, "password": secret}
        if groups:
            ids = [env.ref("base.group_user").id, *(env.ref(group).id for group in groups)]
            values["groups_id"] = [(6, 0, ids)]
        made = env["res.users"].create([values]).id
    context.answer({"id": made, "login": login}, f"User {login} has id {made}.")


@user.command("password")
@click.argument("tenant")
@click.argument("login")
@click.option("--password", help="Asked for when not given.")
@pass_context
def password(context: Context, tenant: str, login: str, password: str | None) -> None:
    """Set a user's password; their sessions end.

    \b
    Example:
      entrepot user password demo admin
    """
    secret = password or click.prompt(f"New password for {login}", hide_input=True, confirmation_prompt=True)
    with context.app() as built, context.environment(built, tenant) as env:
        _find(env, login).write({"password": secret})
    context.answer({"login": login}, f"The password of {login} is set.")


@user.command("key")
@click.argument("tenant")
@click.argument("login")
@click.option("--name", default="command line", show_default=True, help="What the key is for.")
@click.option("--days", type=click.IntRange(1), help="How long it lives; default: until it is removed.")
@pass_context
def key(context: Context, tenant: str, login: str, name: str, days: int | None) -> None:
    """Mint an API key for a user; it is shown once.

    \b
    Example:
      entrepot user key demo admin --name nightly-export --days 90
    """
    with context.app() as built, context.environment(built, tenant) as env:
        found = _find(env, login)
        ends = env.now() + timedelta(days=days) if days else None
        text = env["res.users.apikeys"].with_user(found.id).mint(None, name, ends)
    context.answer({"login": login, "key": text}, text)


def _find(env: Environment, login: str) -> Model:
    found = env["res.users"].with_context(active_test=False).search([("login", "=", login)])
    if not found:
        raise MissingError(f"There is no user with the login {login!r}.")
    return found
