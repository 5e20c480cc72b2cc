"""All models of one set of add-ons, put together once and shared by every tenant that has exactly these.

A registry knows no tenant and no rows. Besides the models it holds what follows from their declarations: the tables,
what a change of a field sets off, and the cache of compiled plans.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from entrepot.errors import MissingError
from entrepot.kernel import inherit, schema
from entrepot.kernel.crud import search
from entrepot.kernel.declare import CONSTRAINS, CRON, DEPENDS, ONDELETE, PUBLIC, Cron, Public
from entrepot.kernel.domain.expand import expand
from entrepot.kernel.domain.parse import Leaf, Node
from entrepot.kernel.fields.base import LOG_FIELDS, Field, label
from entrepot.kernel.fields.integer import Integer
from entrepot.kernel.fields.many2one import Many2one
from entrepot.kernel.inherit import DeclarationError
from entrepot.kernel.model import Model
from entrepot.kernel.plans import Plans
from entrepot.names import is_field, is_model

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.storage.schema import TableSchema

Path = tuple[Field[Any], ...]
AnyField: TypeAlias = Any
"""A `Field`; not typed so where a class attribute of that type would be taken for a descriptor."""


@dataclass(eq=False, slots=True)
class ModelMeta:
    """One finished model."""

    name: str
    type: type[Model]
    table: str
    title: str
    order: str
    rec_name: str
    parent: str
    abstract: bool
    transient: bool
    delegates: dict[str, str]
    unique: tuple[tuple[str, ...], ...]
    indexes: tuple[tuple[str, ...], ...]
    module: str
    modules: tuple[str, ...]
    fields: dict[str, Field[Any]]
    columns: dict[str, Field[Any]] = field(default_factory=dict)
    """Fields with a column in the model's own table, `id` not among them."""
    guarded: frozenset[str] = frozenset()
    """Fields that only some groups see."""
    active: AnyField | None = None
    name_field: AnyField | None = None
    """The stored field that is the display name; None when a method works it out."""
    names_plainly: bool = True
    """Whether records are found by their name field alone; else the model has a way of its own."""
    zeros: tuple[tuple[str, Any], ...] = ()
    """Columns that are never left empty, with what they hold instead: False, 0."""
    methods: dict[str, Public] = field(default_factory=dict)
    constraints: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    ondelete: list[str] = field(default_factory=list)
    crons: dict[str, Cron] = field(default_factory=dict)

    def sql_able(self, each: Field[Any]) -> bool:
        """Whether SQL can reach a field's value: a column here, or along many2ones elsewhere."""
        return (
            each.name == "id"
            or (self.name_field is not None and each.name == "display_name")
            or reachable(each)
        )

    def among(self, ids: tuple[int, ...]) -> Node:
        """The domain of these ids."""
        return Leaf("id", "in", list(ids))

    def find_ids(self, env: Environment, node: Node) -> list[int]:
        """The ids of records, archived ones too, that a parsed domain finds."""
        return search.ids(env, self, expand(env, self, node))

    def search_ids(self, env: Environment, node: Node) -> list[int]:
        """The ids of records, archived ones too, that a ready domain finds."""
        return search.ids(env, self, node)


class Registry:
    """See the module."""

    __slots__ = (
        "__weakref__",
        "addons",
        "inverses",
        "linking",
        "models",
        "plans",
        "pointing",
        "tables",
        "triggers",
        "twins",
    )

    inverses: dict[Field[Any], list[Field[Any]]]
    """many2one -> the one2many fields it is the other side of"""
    pointing: dict[str, list[Field[Any]]]
    """model -> the x2many fields that lead to it"""
    linking: dict[str, list[Field[Any]]]
    """model -> the many2one columns that lead to it"""
    twins: dict[Field[Any], list[Field[Any]]]
    """many2many -> the other many2many fields on its link table"""

    def __init__(self, addons: tuple[str, ...], classes: Iterable[tuple[str, type[Model]]]) -> None:
        """Put together the model classes of add-ons: (add-on, class) in loading order. Raises DeclarationError."""
        self.addons = addons
        self.models: dict[str, ModelMeta] = {}
        self.plans = Plans()
        self.triggers: dict[Field[Any], list[tuple[Field[Any], Path]]] = {}
        pairs = list(classes)
        modules = {each: addon for addon, each in pairs}
        all_chains = inherit.chains(each for _, each in pairs)
        for name, chain in all_chains.items():
            self.models[name] = _assemble(name, chain, all_chains, modules)
        for meta in self.models.values():
            for each in meta.fields.values():
                self._check_comodel(meta, each)
                each.bind(self, meta.name)
        for meta in self.models.values():
            self._delegate(meta, set())
        for meta in self.models.values():
            for each in meta.fields.values():
                self._resolve_related(meta, each)
        for meta in self.models.values():
            _finish(meta)
        for meta in self.models.values():
            self._trigger(meta)
        self.tables: list[TableSchema] = schema.tables(self)
        self._cross_reference()

    def _cross_reference(self) -> None:
        self.inverses, self.pointing, self.linking, self.twins = {}, {}, {}, {}
        tables: dict[str, list[Field[Any]]] = {}
        for meta in self.models.values():
            for each in meta.fields.values():
                if each.kind == "one2many" and not each.path:
                    inverse = self.models[each.comodel].fields.get(each.inverse_name)  # type: ignore[attr-defined]  # a One2many
                    if inverse is None:
                        raise DeclarationError(
                            f"{meta.name}.{each.name}: {each.comodel} has no field for its other side"
                        )
                    self.inverses.setdefault(inverse, []).append(each)
                if each.table_kind == "ids":
                    self.pointing.setdefault(each.comodel, []).append(each)
                if each.kind == "many2many" and each.stored and not each.path:
                    tables.setdefault(each.table, []).append(each)  # type: ignore[attr-defined]  # a Many2many
                if (
                    each.kind == "many2one"
                    and each.has_column
                    and each.name not in LOG_FIELDS
                    and not meta.abstract
                ):
                    self.linking.setdefault(each.comodel, []).append(each)
        for group in tables.values():
            _check_apart(group)
            for each in group:
                self.twins[each] = [other for other in group if other is not each]

    def table_of(self, model: str) -> str:
        """The table of a model."""
        meta = self.models.get(model)
        if meta is None:
            raise MissingError(f"Object {model} doesn't exist", model=model)
        return meta.table

    def _check_comodel(self, meta: ModelMeta, each: Field[Any]) -> None:
        if each.comodel and each.comodel not in self.models:
            raise DeclarationError(f"{meta.name}.{each.name}: no loaded add-on defines {each.comodel}")

    def _delegate(self, meta: ModelMeta, seen: set[str]) -> None:
        if meta.name in seen:
            raise DeclarationError(f"{meta.name} delegates to itself")
        for link, target in meta.delegates.items():
            self._delegate(self.models[target], seen | {meta.name})
            for name, each in self.models[target].fields.items():
                if name in meta.fields or name in LOG_FIELDS or name in {"id", "display_name"}:
                    continue
                given = {
                    "related": f"{link}.{name}",
                    "string": each.string,
                    "help": each.help,
                    "readonly": each.readonly,
                    "groups": ",".join(each.groups),
                    "copy": False,
                    "nullable": each.nullable,
                    "aggregator": each.aggregator,
                }
                kept = (
                    "choices",
                    "comodel",
                    "digits",
                    "scale",
                    "currency",
                    "size",
                    "domain",
                    "models",
                    "sanitize",
                )
                given |= {
                    key: each.given[key] for key in (*kept, "inverse_name", "translate") if key in each.given
                }
                twin = each.rebuilt(given)
                twin.inherited = True
                for attribute in ("table", "column", "other"):
                    if hasattr(each, attribute):
                        setattr(twin, attribute, getattr(each, attribute))
                twin.bind(self, meta.name)
                meta.fields[name] = twin
                setattr(meta.type, name, twin)

    def _resolve_related(self, meta: ModelMeta, each: Field[Any]) -> Path:
        if not each.related or each.path:
            return each.path
        path: list[Field[Any]] = []
        current = meta
        for name in each.related.split("."):
            step = current.fields.get(name)
            if step is None:
                raise DeclarationError(f"{meta.name}.{each.name}: {current.name} has no field {name!r}")
            path.append(step)
            if step.comodel:
                current = self.models[step.comodel]
        each.path = tuple(path)
        target = path[-1]
        if target.comodel and not each.comodel:
            each.comodel = target.comodel
        if not each.given.get("string") and not each.inherited:
            each.string = label(each.name)
        if each.kind == "selection" and "choices" not in each.given:
            each.given["choices"] = target.given.get("choices", ())
        return each.path

    def _trigger(self, meta: ModelMeta) -> None:
        for each in meta.fields.values():
            if each.path:
                self._watch(each, each.path)
            elif each.compute:
                for path in _dependencies(meta, each):
                    self._watch(each, self._walk(meta, each, path))

    def _walk(self, meta: ModelMeta, each: Field[Any], path: str) -> Path:
        steps: list[Field[Any]] = []
        current: ModelMeta | None = meta
        for name in path.split("."):
            step = current.fields.get(name) if current else None
            if step is None:
                raise DeclarationError(f"{meta.name}.{each.name} depends on {path!r}, which is not there")
            steps.append(step)
            current = self.models[step.comodel] if step.comodel else None
        return tuple(steps)

    def _watch(self, target: Field[Any], path: Path) -> None:
        """Note that `target` depends on every field along `path`; related steps are followed to what they rest on."""
        for at, step in enumerate(path):
            before = path[:at]
            if step.path and not step.stored:
                self._watch(target, before + step.path)
                continue
            entry = (target, before)
            known = self.triggers.setdefault(step, [])
            if entry not in known and not (step is target and not before):
                known.append(entry)
            if step.kind == "one2many":
                inverse = self.models[step.comodel].fields.get(step.inverse_name)  # type: ignore[attr-defined]  # a One2many
                if inverse is not None:
                    back = (target, (*before, step))
                    rows = self.triggers.setdefault(inverse, [])
                    if back not in rows:
                        rows.append(back)


def _check_apart(group: list[Field[Any]]) -> None:
    """Two fields of one model on one link table must not be the same links by accident."""
    seen: dict[tuple[str, str], Field[Any]] = {}
    for each in group:
        column: str = each.column  # type: ignore[attr-defined]  # a Many2many
        before = seen.setdefault((each.model, column), each)
        if before is not each:
            raise DeclarationError(
                f"{each.model}.{each.name} and {before.name} share their link table: give one of them a table of its own"
            )


def reachable(each: Field[Any]) -> bool:
    """Whether a field is a column, or a related field that a chain of many2ones leads to."""
    if each.path and not each.stored:
        return all(step.kind == "many2one" and reachable(step) for step in each.path[:-1]) and reachable(
            each.path[-1]
        )
    return each.has_column


def _assemble(
    name: str,
    chain: list[type[Model]],
    all_chains: dict[str, list[type[Model]]],
    modules: dict[type[Model], str],
) -> ModelMeta:
    if not is_model(name):
        raise DeclarationError(f"{chain[0].__qualname__}: {name!r} cannot name a model")
    parts = inherit.bases(chain, all_chains)
    found = inherit.fields(parts)
    bad = [each for each in found if not is_field(each)]
    if bad:
        raise DeclarationError(f"{name}: these cannot name fields: {', '.join(bad)}")
    namespace: dict[str, Any] = {"model_name": name, "declared": None, "__doc__": chain[0].__doc__}
    made = type(
        chain[0].__name__, parts, namespace | {key: each for key, each in found.items() if key != "id"}
    )
    number = Integer(string="ID", readonly=True, copy=False, aggregator=None)
    number.name = "id"
    found = {"id": number, **found}
    delegates: dict[str, str] = {}
    unique: list[tuple[str, ...]] = []
    indexes: list[tuple[str, ...]] = []
    for each in chain:
        if each.declared:
            delegates |= each.declared.delegates
            unique.extend(tuple(names) for names in each.declared.unique)
            indexes.extend(tuple(names) for names in each.declared.indexes)
    doc = (chain[0].__doc__ or name).partition("\n")[0].rstrip(".")
    rec_name = inherit.setting(chain, "rec_name", "name" if "name" in found or delegates else "")
    parent = inherit.setting(chain, "parent", "parent_id" if _links_itself(found, name) else "")
    return ModelMeta(
        name=name,
        type=made,
        table=inherit.setting(chain, "table", name.replace(".", "_")),
        title=inherit.setting(chain, "title", doc),
        order=inherit.setting(chain, "order", "id"),
        rec_name=rec_name,
        parent=parent,
        abstract=bool(inherit.setting(chain, "abstract", default=False)),
        transient=bool(inherit.setting(chain, "transient", default=False)),
        delegates=delegates,
        unique=tuple(unique),
        indexes=tuple(indexes),
        module=modules.get(chain[0], ""),
        modules=tuple(dict.fromkeys(modules.get(each, "") for each in chain)),
        fields=found,
    )


def _links_itself(found: dict[str, Field[Any]], name: str) -> bool:
    parent = found.get("parent_id")
    return isinstance(parent, Many2one) and parent.comodel == name


def _finish(meta: ModelMeta) -> None:
    meta.columns = {name: each for name, each in meta.fields.items() if each.has_column and name != "id"}
    meta.zeros = tuple(
        (name, each.empty)
        for name, each in meta.columns.items()
        if each.kind in {"boolean", "integer", "float", "monetary"}
        and not each.nullable
        and not each.computed
    )
    meta.guarded = frozenset(name for name, each in meta.fields.items() if each.groups)
    meta.active = (
        meta.fields.get("active") if "active" in meta.fields and reachable(meta.fields["active"]) else None
    )
    own = meta.type._compute_display_name is not Model._compute_display_name  # noqa: SLF001 - part of the model's face
    name_field = meta.fields.get(meta.rec_name) if meta.rec_name else None
    if name_field is not None and not own and reachable(name_field) and name_field.table_kind == "text":
        meta.name_field = name_field
    meta.names_plainly = all(
        getattr(meta.type, name) is getattr(Model, name) for name in ("name_search", "search_display_name")
    )
    for name in dir(meta.type):
        method = getattr(meta.type, name, None)
        if name.startswith("__") or isinstance(method, Field) or not callable(method):
            continue
        declared = _mark(meta.type, name, PUBLIC)
        if declared is not None:
            meta.methods[name] = declared
        names = _mark(meta.type, name, CONSTRAINS)
        if names:
            unknown = [each for each in names if each not in meta.fields]
            if unknown:
                raise DeclarationError(f"{meta.name}.{name} constrains unknown fields: {', '.join(unknown)}")
            meta.constraints.append((name, frozenset(names)))
        if _mark(meta.type, name, ONDELETE):
            meta.ondelete.append(name)
        every = _mark(meta.type, name, CRON)
        if every:
            meta.crons[name] = every


def _mark(cls: type, name: str, mark: str) -> Any:
    """A decorator's mark on a method, also when an override does not repeat the decorator."""
    for each in cls.__mro__:
        method = vars(each).get(name)
        found = getattr(method, mark, None)
        if found is not None:
            return found
    return None


def _dependencies(meta: ModelMeta, each: Field[Any]) -> tuple[str, ...]:
    if each.name == "display_name":
        paths = _mark(meta.type, each.compute, DEPENDS)
        return tuple(paths) if paths else ((meta.rec_name,) if meta.rec_name in meta.fields else ())
    if getattr(meta.type, each.compute, None) is None:
        raise DeclarationError(f"{meta.name}.{each.name}: there is no method {each.compute}")
    found: tuple[str, ...] = _mark(meta.type, each.compute, DEPENDS) or ()
    return found
