"""Add-ons into a tenant: tables, seed data, the records that describe models, and what is installed in which version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.kernel.access.policy import EPOCH_TABLE
from entrepot.kernel.loading import datafiles
from entrepot.storage import schema

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.loading.manifests import Manifest
    from entrepot.storage.abc import Transaction

Step = Callable[[str], None]


def prepare(tx: Transaction, tables: Sequence[schema.TableSchema]) -> list[str]:
    """Bring the tables up to what a registry needs, and give a new tenant its epoch. Returns the statements run."""
    done = schema.apply(tx, list(tables))
    if not tx.fetch(f"SELECT value FROM {EPOCH_TABLE}"):
        tx.execute(f"INSERT INTO {EPOCH_TABLE} (value) VALUES (1)")
    return done


def install(
    env: Environment,
    manifests: Mapping[str, Manifest],
    names: Sequence[str],
    *,
    demo: bool,
    step: Step = lambda _: None,
) -> None:
    """Load the data of add-ons in order, as the superuser, into tables that are there.

    `step` is told each file. Raises ValidationError naming the file and record that cannot be loaded.
    """
    for name in names:
        manifest = manifests[name]
        for path in manifest.data:
            step(f"{name}/{path}")
            datafiles.load(env, manifest, path)
        env.flush()
        _record(env, manifest, demo=demo)
    describe(env)
    if demo:
        for name in names:
            for path in manifests[name].demo:
                step(f"{name}/{path}")
                datafiles.load(env, manifests[name], path)
            env.flush()


def _record(env: Environment, manifest: Manifest, *, demo: bool) -> None:
    values: dict[str, Any] = {
        "name": manifest.name,
        "shortdesc": manifest.title,
        "summary": manifest.summary,
        "latest_version": manifest.version,
        "state": "installed",
        "author": manifest.author,
    }
    if demo:
        values["demo"] = True  # an upgrade without demo data does not take away what is there
    env.upsert(f"base.module_{manifest.name}", "ir.module.module", values)


def describe(env: Environment) -> None:
    """Make `ir.model` and `ir.model.fields` say what the registry holds."""
    env["ir.model"].sudo().reflect()
    env["ir.cron"].sudo().reflect()


def installed(tx: Transaction) -> dict[str, str]:
    """The add-ons of a tenant with their installed versions."""
    rows = tx.fetch(
        "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed' ORDER BY name"
    )
    return {str(name): str(version) for name, version in rows}
