"""The face of every model: record sets that can be searched, read, created, written, deleted, copied and called.

The work is done in `crud/`, a function an operation; here it only gets its name. Methods marked `@public` may be called
from outside, with these names and arguments (`spec/odoo-protocol.md` section 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from entrepot.errors import AccessError, BadRequest, UserError
from entrepot.kernel import externals
from entrepot.kernel.access import check
from entrepot.kernel.crud import (
    copy,
    create,
    defaults,
    export,
    fetch,
    group,
    introspect,
    load,
    names,
    read,
    rest_describe,
    search,
    unlink,
    web,
    write,
)
from entrepot.kernel.declare import RIGHTS, Declaration, public
from entrepot.kernel.domain import predicate
from entrepot.kernel.domain.parse import parse
from entrepot.kernel.fields import Char, Datetime, Many2one
from entrepot.kernel.fields.many2one import ID_LIMIT
from entrepot.kernel.rest_face import RestFace
from entrepot.table import Table

if TYPE_CHECKING:
    from entrepot.kernel.registry import ModelMeta

Values = Mapping[str, Any]


class Model(RestFace):
    """The base of every model class. See `docs/look-up/models.md`."""

    declared: ClassVar[Declaration | None] = None

    display_name = Char(compute="_compute_display_name", string="Display Name")
    create_uid = Many2one("res.users", readonly=True, string="Created by", copy=False)
    create_date = Datetime(readonly=True, string="Created on", copy=False)
    write_uid = Many2one("res.users", readonly=True, string="Last Updated by", copy=False)
    write_date = Datetime(readonly=True, string="Last Updated on", copy=False)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def __init_subclass__(
        cls, *, name: str = "", extends: str = "", delegates: Mapping[str, str] | None = None, **keywords: Any
    ) -> None:
        """Remember the declaration (a class without `name` and `extends` is the finished class of a registry)."""
        super().__init_subclass__()
        if name and extends:
            raise TypeError(f"{cls.__qualname__}: give name or extends, not both")
        if name or extends:
            cls.declared = Declaration(
                name=name or extends, extends=bool(extends), delegates=dict(delegates or {}), **keywords
            )

    @property
    def meta(self) -> ModelMeta:
        """The finished model in this registry."""
        return self.env.registry.models[self.model_name]

    # searching and reading ---------------------------------------------------------------------------------------

    @public(readonly=True, model=True)
    def search(
        self, domain: Any = None, offset: int = 0, limit: int | None = None, order: str | None = None
    ) -> Self:
        """The records that a domain finds, in order."""
        return self.browse(search.search(self.env, self.meta, domain, offset, limit, order))

    @public(readonly=True, model=True)
    def search_count(self, domain: Any = None, limit: int | None = None) -> int:
        """How many records a domain finds."""
        return search.count(self.env, self.meta, domain, limit)

    @public(readonly=True, model=True)
    def search_read(
        self,
        domain: Any = None,
        fields: Sequence[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        load: str | None = "_classic_read",
    ) -> Table:
        """The fields of the records that a domain finds."""
        pairs = load == "_classic_read"
        return read.search_read(self.env, self.meta, domain, fields, offset, limit, order, pairs=pairs)

    @public(readonly=True)
    def read(self, fields: Sequence[str] | None = None, load: str | None = "_classic_read") -> Table:
        """The fields of these records, in their order."""
        return read.read(self.env, self.meta, self.ids, fields, pairs=load == "_classic_read")

    @public(readonly=True)
    def exists(self) -> Self:
        """Those of these records that exist."""
        if not self.ids:
            return self
        possible = tuple(each for each in dict.fromkeys(self.ids) if 0 < each < ID_LIMIT)
        found = set(self.meta.search_ids(self.env, self.meta.among(possible)))
        return self.browse(record_id for record_id in self.ids if record_id in found)

    def lock(self) -> Self:
        """Keep these records to this call until it ends: of all calls that lock one of them, one runs at a time.

        Lock before reading what the decision is made on. Calls that write without locking still collide, and are
        run again.
        """
        self.env.lock_all((self.model_name, record_id) for record_id in self.ids)
        return self

    @public(readonly=True, model=True)
    def read_group(
        self,
        domain: Any,
        fields: Sequence[str],
        groupby: str | Sequence[str],
        offset: int = 0,
        limit: int | None = None,
        orderby: str | bool = False,  # noqa: FBT001, FBT002 - False is how clients say "none"
        lazy: bool = True,  # noqa: FBT001, FBT002 - the protocol's signature
    ) -> list[dict[str, Any]]:
        """Groups with aggregates."""
        return group.read_group(
            self.env, self.meta, domain, fields, groupby, offset, limit, orderby, lazy=lazy
        )

    @public(readonly=True, model=True)
    def name_search(
        self, name: str = "", args: Any = None, operator: str = "ilike", limit: int | None = 100
    ) -> list[tuple[int, str]]:
        """(id, display name) of the records with a matching name."""
        return names.name_search(self.env, self.meta, name, args, operator, limit)

    def search_display_name(self, operator: str, value: Any) -> list[Any]:
        """The domain of records whose name compares so; override where people call a record by several fields."""
        return names.display_name_domain(self, operator, value)

    @public(readonly=True, model=True)
    def fields_get(
        self, allfields: Sequence[str] | None = None, attributes: Sequence[str] | None = None
    ) -> dict[str, dict[str, Any]]:
        """The fields with their attributes."""
        return introspect.fields_get(self.env, self.meta, allfields, attributes)

    @public(readonly=True, model=True)
    def default_get(self, fields: Sequence[str]) -> dict[str, Any]:
        """The defaults of these fields."""
        check.check_model(self.env, self.model_name, "create")
        if not isinstance(fields, (list, tuple)):
            raise BadRequest(f"default_get takes a list of fields, got {type(fields).__name__}")
        return defaults.default_get(self.env, self.meta, list(fields))

    @public(readonly=True)
    def get_metadata(self) -> list[dict[str, Any]]:
        """Who made and changed these records, and when; their external ids."""
        found = externals.names_of(self.env, self.model_name, self.ids)
        rows = self.read(["create_uid", "create_date", "write_uid", "write_date"]).dicts()
        return [
            row
            | {"xmlid": found.get(row["id"]), "noupdate": False}
            | {"xmlids": [{"xmlid": found[row["id"]], "noupdate": False}] if row["id"] in found else []}
            for row in rows
        ]

    @public(readonly=True)
    def get_external_id(self) -> dict[str, str]:
        """id -> external id, "" where there is none."""
        check.check_model(self.env, self.model_name, "read")
        visible = fetch.visible(self.env, self.model_name, set(self.ids))
        found = externals.names_of(self.env, self.model_name, tuple(i for i in self.ids if i in visible))
        return {str(record_id): found.get(record_id, "") for record_id in self.ids}

    @public(readonly=True)
    def web_read(self, specification: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The fields of these records, relations nested as the specification says."""
        return web.web_read(self.env, self.meta, self.ids, specification)

    @public(readonly=True, model=True)
    def web_search_read(
        self,
        domain: Any,
        specification: Mapping[str, Any],
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        count_limit: int | None = None,
    ) -> dict[str, Any]:
        """The records that a domain finds, nested, and how many there are in all."""
        records = self.search(domain, offset, limit, order)
        rows = web.web_read(self.env, self.meta, records.ids, specification)
        whole = not offset and (not limit or len(rows) < limit)
        return {"length": len(rows) if whole else self.search_count(domain, count_limit), "records": rows}

    @public(readonly=True, model=True)
    def web_read_group(
        self,
        domain: Any,
        fields: Sequence[str],
        groupby: str | Sequence[str],
        limit: int | None = None,
        offset: int = 0,
        orderby: str | bool = False,  # noqa: FBT001, FBT002 - False is how clients say "none"
        lazy: bool = True,  # noqa: FBT001, FBT002 - the protocol's signature
    ) -> dict[str, Any]:
        """Groups with aggregates, and how many groups there are in all."""
        groups = self.read_group(domain, fields, groupby, offset, limit, orderby, lazy)
        if not limit and not offset:
            return {"groups": groups, "length": len(groups)}
        return {"groups": groups, "length": len(self.read_group(domain, [], groupby, lazy=lazy))}

    @public(right="read")
    def export_data(self, fields_to_export: Sequence[str]) -> dict[str, Any]:
        """Rows of texts that `load` takes back: `{"datas": [[…], …]}`."""
        if not isinstance(fields_to_export, (list, tuple)):
            raise BadRequest(f"export_data takes a list of columns, got {type(fields_to_export).__name__}")
        return {"datas": export.export_data(self, list(fields_to_export))}

    # changing ----------------------------------------------------------------------------------------------------

    @public(model=True, right="create")
    def create(self, vals_list: Any) -> Self:
        """New records of one set of values or a list of them."""
        values = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(values, (list, tuple)):
            raise BadRequest(f"create takes an object or a list of objects, got {type(vals_list).__name__}")
        return self.browse(create.create(self.env, self.meta, values))

    @public(right="write")
    def write(self, vals: Values) -> bool:
        """Change these records."""
        return write.write(self, vals)

    @public(right="unlink")
    def unlink(self) -> bool:
        """Delete these records."""
        return unlink.unlink(self)

    @public(right="create")
    def copy(self, default: Values | None = None) -> Self:
        """Copies of these records."""
        return copy.copy(self, default)  # type: ignore[return-value]  # of the same model

    def copy_data(self, default: Values | None = None) -> dict[str, Any]:
        """The values of a copy; override to change what a copy takes along."""
        return copy.copy_values(self.ensure_one(), default or {})

    @public(model=True, right="create")
    def name_create(self, name: str) -> tuple[int, str]:
        """A new record from its name alone: (id, display name)."""
        meta = self.meta
        if not meta.rec_name:
            raise UserError(f"Cannot create a {meta.title} from a name.")
        made = self.create({meta.name_field.name if meta.name_field is not None else meta.rec_name: name})
        return (made.id, made.display_name or "")

    @public(model=True, right="create")
    def load(self, fields: Sequence[str], data: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """Import rows by external id: `{"ids": [...] or False, "messages": [...]}`; nothing is kept if a row is wrong."""
        lists = isinstance(fields, (list, tuple)) and isinstance(data, (list, tuple))
        if not lists or not all(isinstance(row, (list, tuple)) for row in data):
            raise BadRequest("load takes a list of columns and a list of rows, each a list of cells")
        return load.load(self, list(fields), [list(row) for row in data])

    @public(right="write")
    def web_save(self, vals: Values, specification: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Write (or create, when there are no records) and read back."""
        records = self
        if not isinstance(vals, Mapping):
            raise BadRequest(f"web_save takes values as an object, got {type(vals).__name__}")
        if self.ids:
            self.write(vals)
        else:
            records = self.create(vals)
        return records.web_read(specification)

    @public(readonly=True, model=True)
    def rest_describe(self) -> dict[str, Any]:
        """Every model that the caller may read, whichever this one is: `{"fingerprint": text, "models": […]}`."""
        return rest_describe.describe(self.env, frozenset(dir(Model)))

    @public(right="write")
    def action_archive(self) -> None:
        """Hide these records from searches."""
        self._need_active()
        self.filtered("active").write({"active": False})

    @public(right="write")
    def action_unarchive(self) -> None:
        """Show these records again."""
        self._need_active()
        self.filtered(lambda record: not record.active).write({"active": True})

    @public(right="write")
    def toggle_active(self) -> None:
        """Archive the active ones and bring the others back."""
        self._need_active()
        active = self.filtered("active")
        (self - active).write({"active": True})
        active.write({"active": False})

    def _need_active(self) -> None:
        if "active" not in self.meta.fields:
            raise UserError(
                f"{self.meta.title} ({self.model_name}) cannot be archived: it has no field 'active'."
            )

    # rights --------------------------------------------------------------------------------------------------------

    @public(readonly=True, model=True)
    def check_access_rights(self, operation: str, raise_exception: bool = True) -> bool:  # noqa: FBT001, FBT002
        """Whether the caller has a right on the model. Raises AccessError if asked to."""
        allowed = check.may(self.env, self.model_name, self._right(operation))
        if not allowed and raise_exception:
            check.check_model(self.env, self.model_name, self._right(operation))
        return allowed

    @public(readonly=True)
    def has_access(self, operation: str) -> bool:
        """Whether the caller has a right on these records."""
        try:
            self.check_access(operation)
        except AccessError:
            return False
        return True

    @public(readonly=True)
    def check_access(self, operation: str) -> None:
        """Raise AccessError unless the caller has a right on these records."""
        right = self._right(operation)
        check.check_model(self.env, self.model_name, right)
        check.check_records(self.env, self.model_name, self.ids, right)

    def _right(self, operation: str) -> Any:
        if operation not in RIGHTS:
            raise BadRequest(f"Unknown operation {str(operation)[:40]!r}; known: {', '.join(RIGHTS)}")
        return operation

    # for add-ons ---------------------------------------------------------------------------------------------------

    def filtered_domain(self, domain: Any) -> Self:
        """Those of these records for which a domain holds, in their order."""
        found = predicate.matching(self.env, self.meta, parse(domain), self.ids)
        return self._with(tuple(record_id for record_id in self.ids if record_id in found))

    def update(self, values: Values) -> None:
        """Assign several fields."""
        self.write(values)

    def flush_recordset(self, _names: Iterable[str] = ()) -> None:
        """Send what is unwritten to the store."""
        self.env.flush()

    def _compute_display_name(self) -> None:
        name = self.meta.rec_name
        field = self.meta.fields.get(name) if name else None
        for record in self:
            value = getattr(record, name) if field is not None else None
            if isinstance(value, Model):
                value = value.display_name if value else None
            record.display_name = (
                str(value) if value not in (None, "") else f"{self.model_name},{record.ids[0]}"
            )
