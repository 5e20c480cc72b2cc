"""`entrepot tenant`: create, list, duplicate, rename, drop, dump, restore, sweep."""

from __future__ import annotations

import shutil
from pathlib import Path
from time import perf_counter

import click

from entrepot.cli.command import Group
from entrepot.cli.context import Context, columns, pass_context, progress
from entrepot.errors import ConflictError
from entrepot.kernel.loading.install import installed
from entrepot.tenants.provision import Owner


@click.group(cls=Group)
def tenant() -> None:
    """Make and manage tenants on this machine (no master password: whoever reads the data folder owns it)."""


@tenant.command("create")
@click.argument("name")
@click.option("--addons", help="Comma list; default: every add-on.")
@click.option("--demo", is_flag=True, help="With demo data.")
@click.option("--login", default="admin", show_default=True, help="The administrator's login.")
@click.option("--password", help="The administrator's password; asked for when not given.")
@click.option("--lang", default="en_US", show_default=True, help="The administrator's language.")
@click.option("--country", help="Two-letter code of the company's country.")
@pass_context
def create(
    context: Context,
    name: str,
    addons: str | None,
    demo: bool,
    login: str,
    password: str | None,
    lang: str,
    country: str | None,
) -> None:
    """Make a tenant.

    \b
    Example:
      entrepot tenant create acme --addons optometry --login boss@acme.org
    """
    secret = password or click.prompt(f"Password for {login}", hide_input=True, confirmation_prompt=True)
    began = perf_counter()
    with context.app() as built, progress(name, quiet=context.as_json) as step:
        built.administer.make(
            name,
            addons=tuple(each.strip() for each in addons.split(",")) if addons else None,
            demo=demo,
            owner=Owner(login=login, password=secret, lang=lang, country_code=country),
            step=step,
        )
    seconds = perf_counter() - began
    context.answer({"name": name, "seconds": round(seconds, 3)}, f"Tenant {name} is ready ({seconds:.2f} s).")


@tenant.command("list")
@pass_context
def list_(context: Context) -> None:
    """List tenants with their add-ons.

    \b
    Example:
      entrepot --json tenant list
    """
    found = []
    with context.app() as built:
        for name in built.tenants.names():
            with built.tenants.open(name).store.transaction(readonly=True) as tx:
                found.append({"name": name, "addons": sorted(installed(tx))})
    context.answer(
        found,
        lambda: columns([(each["name"], ", ".join(each["addons"])) for each in found], ("TENANT", "ADD-ONS")),
    )


@tenant.command("duplicate")
@click.argument("name")
@click.argument("new")
@click.option(
    "--neutralize", is_flag=True, help="Switch off what acts outside: scheduled actions, mail, API keys."
)
@pass_context
def duplicate(context: Context, name: str, new: str, neutralize: bool) -> None:
    """Copy a tenant with its files.

    \b
    Example:
      entrepot tenant duplicate acme acme-test --neutralize
    """
    with context.app() as built, progress(new, quiet=context.as_json) as step:
        built.administer.copy(name, new, neutralize=neutralize, step=step)
    context.answer({"name": new}, f"Tenant {new} is a copy of {name}.")


@tenant.command("rename")
@click.argument("name")
@click.argument("new")
@pass_context
def rename(context: Context, name: str, new: str) -> None:
    """Give a tenant another name.

    \b
    Example:
      entrepot tenant rename acme acme-old
    """
    with context.app() as built:
        built.administer.move(name, new)
    context.answer({"name": new}, f"Tenant {name} is {new} now.")


@tenant.command("drop")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def drop(context: Context, name: str, yes: bool) -> None:
    """Delete a tenant and all its data.

    \b
    Example:
      entrepot tenant drop acme-test --yes
    """
    with context.app() as built:
        built.tenants.require(name)
        if not yes:
            click.confirm(f"Delete {name} and all its data?", abort=True)
        built.administer.remove(name)
    context.answer({"name": name}, f"Tenant {name} is gone.")


@tenant.command("dump")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_context
def dump(context: Context, name: str, file: Path) -> None:
    """Write a tenant, data and files, into a zip file.

    \b
    Example:
      entrepot tenant dump acme acme.zip
    """
    if file.exists():
        raise ConflictError(f"{file} already exists.")
    draft = file.with_name(file.name + ".part")
    try:
        with context.app() as built, progress(name, quiet=context.as_json) as step:
            built.administer.save(name, draft, step=step)
        shutil.move(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    size = file.stat().st_size
    context.answer({"file": str(file), "bytes": size}, f"{file}: {size:,} bytes.")


@tenant.command("restore")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--neutralize",
    is_flag=True,
    help="It will live beside its original: a new identity; no API keys, scheduled actions, waiting mail.",
)
@pass_context
def restore(context: Context, name: str, file: Path, neutralize: bool) -> None:
    """Make a tenant from a dump; a bad file changes nothing.

    \b
    Example:
      entrepot tenant restore acme acme.zip
    """
    with context.app() as built, progress(name, quiet=context.as_json) as step:
        built.administer.load(name, file, copy=neutralize, step=step)
    context.answer({"name": name}, f"Tenant {name} is restored.")


@tenant.command("sweep")
@click.argument("name")
@click.option(
    "--hours",
    type=click.IntRange(1),
    default=24,
    show_default=True,
    help="Spare what was stored since; longer than any transaction lasts.",
)
@pass_context
def sweep(context: Context, name: str, hours: int) -> None:
    """Delete the files of a tenant that no record refers to any more.

    \b
    Example:
      entrepot tenant sweep acme
    """
    with context.app() as built:
        swept = built.tenants.open(name).sweep_files(hours * 3600)
    context.answer(
        {"name": name, "files": swept.files, "bytes": swept.size},
        f"{swept.files} files, {swept.size:,} bytes are gone from {name}.",
    )
