"""Making tenants: a template for each set of add-ons, built once; a tenant is a copy of it, made its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from entrepot.errors import ValidationError
from entrepot.kernel.access.policy import Policy, raise_epoch, read_policy
from entrepot.kernel.environment import Environment, Work
from entrepot.kernel.loading import install
from entrepot.storage.retry import retrying
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.drafts import Draft
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

Step = Callable[[str], None]
ADMIN = 2
COMPANY = 1


def quiet(_: str) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who a new tenant belongs to. Without a password nobody can log in until one is set."""

    login: str = "admin"
    password: str = ""
    lang: str = "en_US"
    country_code: str | None = None
    phone: str | None = None


class Provision:
    """Creates tenants and keeps their add-ons up to date."""

    def __init__(self, tenants: Tenants) -> None:
        """Work on the tenants of one server."""
        self.tenants = tenants
        self.engine = tenants.engine

    def create(
        self,
        name: str,
        *,
        addons: Iterable[str] | None = None,
        demo: bool = False,
        owner: Owner | None = None,
        step: Step = quiet,
    ) -> tuple[str, ...]:
        """Make a tenant, ready when this returns; `addons` None means every one. Returns its add-ons.

        Raises ConflictError for a taken name, ValidationError for a name, language or country that cannot be
        used, MissingError for an unknown add-on. All or nothing.
        """
        self.tenants.require_free(name)
        registries = self.tenants.registries
        chosen = registries.names(registries.all() if addons is None else addons)
        template = self.template(chosen, demo=demo, step=step)
        step("copy")
        with self.tenants.drafts.begin() as draft:
            self.engine.create(draft.name, template=template)
            self.tenants.template_files(template).lend_to(draft.files)
            self._personalise(self.tenants.make(draft.name), owner or Owner())
            self.tenants.publish(draft, name)
        return chosen

    def template(self, addons: tuple[str, ...], *, demo: bool, step: Step = quiet) -> str:
        """The template of a set of add-ons, built when it is not there or they changed."""
        name = f"{'demo' if demo else 'plain'}-{self.tenants.registries.digest(addons, demo=demo)}"
        if not self.engine.has_template(name):
            with self.tenants.drafts.begin() as draft:
                self.engine.create(draft.name)
                self._install(draft, addons, demo=demo, step=step)
                draft.files.lend_to(self.tenants.template_files(name))
                self.engine.freeze(draft.name, name)
        return name

    def _install(self, draft: Draft, addons: tuple[str, ...], *, demo: bool, step: Step) -> None:
        registries = self.tenants.registries
        registry = registries.open(addons)
        with self.engine.open(draft.name).transaction(readonly=False) as tx:
            step("tables")
            install.prepare(tx, registry.tables)
            work = Work(tx, registry, Policy(), draft.files, self.tenants.clock, draft.name)
            install.install(Environment(work, SYSTEM), registries.manifests, addons, demo=demo, step=step)
            finish(work)

    def _personalise(self, tenant: Tenant, owner: Owner) -> None:
        with tenant.store.transaction(readonly=False) as tx:
            work = tenant.work(tx)
            env = Environment(work, SYSTEM)
            if owner.lang != "en_US":
                _awaken_language(env, owner.lang)
            _hand_to(env, owner)
            if owner.country_code:
                _settle(env, owner.country_code)
            renew_identity(env)
            finish(work)
            # Every copy of a template begins with the template's epoch.
            raise_epoch(tx)

    def add(self, name: str, addons: Iterable[str] = (), *, step: Step = quiet) -> tuple[str, ...]:
        """Install add-ons (and what they depend on) into a tenant, and bring those it has up to date.

        Returns all it has then. Raises MissingError for an unknown tenant or add-on, ValidationError for a tenant
        of a later server. All or nothing.
        """
        self.tenants.require(name)
        wanted = tuple(addons)
        found = retrying(
            lambda: self.bring_up(self.tenants.make(name), wanted, step), self.tenants.settings.retries
        )
        self.tenants.forget(name)
        return found

    def bring_up(self, tenant: Tenant, addons: Iterable[str], step: Step = quiet) -> tuple[str, ...]:
        """`add` for a tenant, or draft, in one transaction."""
        registries = self.tenants.registries
        with tenant.store.transaction(readonly=False) as tx:
            there = install.installed(tx)
            newer = registries.newer(there)
            if newer:
                raise ValidationError(
                    f"Database {tenant.name} has later versions of {', '.join(newer)} than this server."
                )
            wanted = registries.names({*there, *addons})
            versions = registries.versions(wanted)
            due = [each for each in wanted if there.get(each) != versions[each]]
            registry = registries.open(wanted)
            policy = read_policy(tx)
            step("tables")
            install.prepare(tx, registry.tables)
            work = Work(tx, registry, policy, tenant.files, tenant.clock, tenant.name)
            install.install(Environment(work, SYSTEM), registries.manifests, due, demo=False, step=step)
            finish(work)
            raise_epoch(tx)
        return wanted


def renew_identity(env: Environment) -> None:
    """Give a copy an identity of its own."""
    env["ir.config_parameter"].set_param("database.uuid", str(uuid.uuid4()))


def _hand_to(env: Environment, owner: Owner) -> None:
    admin = env["res.users"].browse(ADMIN)
    company = env["res.company"].browse(COMPANY)
    values: dict[str, str] = {}
    if owner.login != admin.login:
        values["login"] = owner.login
    if "@" in owner.login:
        values["email"] = owner.login
        company.write({"email": owner.login})
    if owner.lang != "en_US":
        values["lang"] = owner.lang
    if owner.password:
        values["password"] = owner.password
    if values:
        admin.write(values)
    if owner.phone:
        company.write({"phone": owner.phone})


def _awaken_language(env: Environment, lang: str) -> None:
    found = env["res.lang"].with_context(active_test=False).search([("code", "=", lang)], limit=1)
    if not found:
        raise ValidationError(f"There is no language {lang[:20]!r}.")
    found.write({"active": True})
    env.flush()


def _settle(env: Environment, code: str) -> None:
    country = env["res.country"].search([("code", "=", code.upper())], limit=1)
    if not country:
        raise ValidationError(f"There is no country with the code {code[:20]!r}.")
    values = {"country_id": country.id}
    currency = country.currency_id
    if currency:
        if not currency.active:
            currency.write({"active": True})
        values["currency_id"] = currency.id
    env["res.company"].browse(COMPANY).write(values)
