"""Making tenants: a template for each set of add-ons, built once; a tenant is a copy of it, made its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from entrepot import names as naming
from entrepot.errors import ConflictError, MissingError, ValidationError
from entrepot.kernel.access.policy import Policy, raise_epoch
from entrepot.kernel.environment import Environment, Work
from entrepot.kernel.loading import install
from entrepot.tenants.tenant import SYSTEM, Tenants, finish

Step = Callable[[str], None]


def quiet(_: str) -> None:
    """Report no progress."""


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
        lang: str = "en_US",
        login: str = "admin",
        password: str = "",
        country_code: str | None = None,
        phone: str | None = None,
        step: Step = quiet,
    ) -> None:
        """Make a tenant, ready when this returns; without a password nobody can log in yet.

        Raises ConflictError for a taken name, ValidationError for a name, language or country that cannot be used,
        MissingError for an unknown add-on. All or nothing.
        """
        naming.tenant(name)
        if self.engine.exists(name):
            raise ConflictError(f"Database {name!r} already exists.", name=name)
        chosen = self.tenants.registries.names(
            addons if addons is not None else self.tenants.registries.all()
        )
        template = self.template(chosen, demo=demo, step=step)
        step("copy")
        draft = naming.draft()
        self.engine.create(draft, template=template)
        try:
            self.tenants.files(template).copy_to(self.tenants.files(draft).root)
            self._personalise(
                draft, lang=lang, login=login, password=password, country_code=country_code, phone=phone
            )
            self.tenants.forget(draft)
            self.engine.rename(draft, name)
            self.tenants.files(draft).root.rename(self.tenants.files(name).root)
        except BaseException:
            self.tenants.forget(draft)
            if self.engine.exists(draft):
                self.engine.drop(draft)
            raise

    def template(self, addons: tuple[str, ...], *, demo: bool, step: Step = quiet) -> str:
        """The template of a set of add-ons, built when it is not there or they changed."""
        name = f"{'demo' if demo else 'plain'}-{self.tenants.registries.digest(addons, demo=demo)}"
        if self.engine.has_template(name):
            return name
        draft = naming.draft()
        self.engine.create(draft)
        try:
            self._install(draft, addons, demo=demo, step=step)
            self.tenants.files(draft).copy_to(self.tenants.files(name).root)
            self.tenants.forget(draft)
            self.engine.freeze(draft, name)
        except BaseException:
            self.tenants.forget(draft)
            if self.engine.exists(draft):
                self.engine.drop(draft)
            raise
        return name

    def _install(self, draft: str, addons: tuple[str, ...], *, demo: bool, step: Step) -> None:
        registry = self.tenants.registries.open(addons)
        store = self.engine.open(draft)
        with store.transaction(readonly=False) as tx:
            step("tables")
            install.prepare(tx, registry.tables)
            work = Work(tx, registry, Policy(), self.tenants.files(draft), self.tenants.clock, draft)
            env = Environment(work, SYSTEM)
            install.install(env, self.tenants.registries.manifests, addons, demo=demo, step=step)
            finish(work)

    def _personalise(
        self, name: str, *, lang: str, login: str, password: str, country_code: str | None, phone: str | None
    ) -> None:
        tenant = self.tenants.open(name)
        with tenant.store.transaction(readonly=False) as tx:
            work = tenant.work(tx)
            env = Environment(work, SYSTEM)
            admin = env["res.users"].browse(2)
            company = env["res.company"].browse(1)
            if lang != "en_US":
                self._language(env, lang)
            values = {"login": login} if login != admin.login else {}
            if "@" in login:
                values["email"] = login
                company.write({"email": login})
            if lang != "en_US":
                values["lang"] = lang
            if values:
                admin.write(values)
            if password:
                admin.write({"password": password})
            if phone:
                company.write({"phone": phone})
            if country_code:
                self._country(env, country_code)
            env["ir.config_parameter"].set_param("database.uuid", str(uuid.uuid4()))
            finish(work)

    def _language(self, env: Environment, lang: str) -> None:
        found = env["res.lang"].with_context(active_test=False).search([("code", "=", lang)], limit=1)
        if not found:
            raise ValidationError(f"There is no language {lang[:20]!r}.")
        found.write({"active": True})
        env.flush()

    def _country(self, env: Environment, code: str) -> None:
        country = env["res.country"].search([("code", "=", code.upper())], limit=1)
        if not country:
            raise ValidationError(f"There is no country with the code {code[:20]!r}.")
        company = env["res.company"].browse(1)
        values = {"country_id": country.id}
        currency = country.currency_id
        if currency:
            if not currency.active:
                currency.write({"active": True})
            values["currency_id"] = currency.id
        company.write(values)

    def add(self, name: str, addons: Iterable[str], *, step: Step = quiet) -> tuple[str, ...]:
        """Install add-ons (and what they depend on) into a tenant, or bring those it has up to date. Returns them all."""
        tenant = self.tenants.open(name)
        with tenant.store.transaction(readonly=False) as tx:
            there = install.installed(tx)
            wanted = self.tenants.registries.names({*there, *addons})
            versions = self.tenants.registries.versions(wanted)
            due = [each for each in wanted if there.get(each) != versions[each]]
            registry = self.tenants.registries.open(wanted)
            step("tables")
            install.prepare(tx, registry.tables)
            policy, _ = tenant.state(tx)
            work = Work(tx, registry, policy, tenant.files, tenant.clock, name)
            env = Environment(work, SYSTEM)
            install.install(env, self.tenants.registries.manifests, due, demo=False, step=step)
            finish(work)
            if not work.policy_moved:
                raise_epoch(tx)
        return wanted

    def require(self, name: str) -> None:
        """Raise MissingError unless there is a tenant of that name."""
        if not naming.is_tenant(name) or not self.engine.exists(name):
            raise MissingError(f"Database {str(name)[:64]!r} does not exist.", name=str(name)[:64])
