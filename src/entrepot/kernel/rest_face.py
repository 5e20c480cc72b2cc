"""The methods that every model has for REST clients; the work is done in `kernel/crud/rest_*.py`.

Source: `spec/rest-and-exchange.md` part A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from entrepot.kernel.crud import rest_page, rest_read, rest_write
from entrepot.kernel.declare import public
from entrepot.kernel.records import Records

if TYPE_CHECKING:
    from entrepot.kernel.model import Model


class RestFace(Records):
    """A record set as REST clients see it."""

    @public(readonly=True, model=True)
    def rest_search(
        self,
        query: str | None = None,
        filter: Any = None,  # noqa: A002 - the parameter's name on the wire
        order: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        page: int | None = None,
        page_size: int | None = None,
        fields: Any = None,
        cursor: str | None = None,
        most: int = rest_page.MAX_PAGE_SIZE,
    ) -> dict[str, Any]:
        """What a selection takes of the records that a filter finds: `{"result": Tree, "count", …, "total", "meta"}`."""
        wanted = rest_read.Wanted(
            filter=filter,
            order=order,
            limit=limit,
            offset=offset,
            page=page,
            page_size=page_size,
            cursor=cursor,
            most=most,
        )
        return rest_read.found(self._model, query, fields, wanted)

    @public(readonly=True)
    def rest_read(self, query: str | None = None, fields: Any = None) -> dict[str, Any]:
        """What a selection takes of these records, in their order: `{"result": Tree, "meta": {}}`."""
        return rest_read.by_id(self._model, query, fields)

    @public(model=True, right="create")
    def rest_create(self, data: Any) -> dict[str, Any]:
        """New records of an object or a list: `{"result": id or ids, "meta": {}}`. Override to understand other values."""
        return rest_write.create(self._model, data)

    @public(model=True, right="write")
    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Change the records of an id, ids or a filter: `{"result": True, "meta": {"matched": n}}`."""
        return rest_write.write(self._model, target, data, require_match=require_match)

    @public(model=True, right="unlink")
    def rest_unlink(self, target: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Delete the records of an id, ids or a filter: `{"result": True, "meta": {"matched": n}}`."""
        return rest_write.unlink(self._model, target, require_match=require_match)

    @property
    def _model(self) -> Model:
        """Itself: every record set is a Model's, whose class is built upon this one."""
        return cast("Model", self)
