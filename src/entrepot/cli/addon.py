"""`entrepot addon`: which add-ons there are, and installing them."""

from __future__ import annotations

import click

from entrepot.cli.command import Group
from entrepot.cli.context import Context, columns, pass_context, progress
from entrepot.kernel.loading.install import installed


@click.group(cls=Group)
def addon() -> None:
    """List add-ons and install them into tenants."""


@addon.command("list")
@click.option("--tenant", help="Say which are installed in this tenant.")
@pass_context
def list_(context: Context, tenant: str | None) -> None:
    """List the add-ons that can be installed.

    \b
    Example:
      entrepot addon list --tenant demo
    """
    with context.app() as built:
        there: dict[str, str] = {}
        if tenant:
            with built.tenants.open(tenant).store.transaction(readonly=True) as tx:
                there = installed(tx)
        found = [
            {
                "name": each.name,
                "title": each.title,
                "version": each.version,
                "depends": list(each.depends),
                "installed": there.get(each.name),
            }
            for each in built.tenants.registries.manifests.values()
        ]
    rows = [(each["name"], each["version"], each["installed"] or "-", each["title"]) for each in found]
    context.answer(found, lambda: columns(rows, ("ADD-ON", "VERSION", "INSTALLED", "TITLE")))


@addon.command("install")
@click.argument("tenant")
@click.argument("names", nargs=-1)
@pass_context
def install(context: Context, tenant: str, names: tuple[str, ...]) -> None:
    """Install add-ons into a tenant; without names, bring those it has up to date.

    \b
    Example:
      entrepot addon install acme optometry
    """
    with context.app() as built, progress(tenant, quiet=context.as_json) as step:
        found = built.administer.install(tenant, names, step=step)
    context.answer({"tenant": tenant, "addons": list(found)}, f"{tenant} has: {', '.join(found)}")
