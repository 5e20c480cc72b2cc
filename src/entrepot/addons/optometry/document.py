"""Documents: attachments with a type, of a patient, kept as long as their type demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry.ages import add_months
from entrepot.addons.optometry.confirmations import importing
from entrepot.api import Boolean, Char, Integer, Many2one, Model, Problem, Selection, constrains, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator

_CATEGORIES = [
    ("admin", "Administrative"),
    ("clinical", "Clinical"),
    ("insurance", "Insurance"),
    ("financial", "Financial"),
    ("legal", "Legal"),
]


class DocumentType(Model, name="document.type", order="name, id"):
    """Document Type"""

    name = Char(required=True, translate=True)
    code = Char(unique=True)
    category = Selection(_CATEGORIES, required=True, default="admin")
    retention_years = Integer(aggregator=None, help="Documents may not be deleted before; 0 for any time.")
    active = Boolean(default=True)

    @constrains("retention_years")
    def _retention_is_a_span(self) -> Iterator[Problem]:
        for kind in self:
            if not 0 <= kind.retention_years <= 100:
                yield Problem("retention_years", "range", "Documents are kept 0 to 100 years.")


class Attachment(Model, extends="ir.attachment"):
    """Attachment"""

    document_type_id = Many2one("document.type", on_delete="restrict", index=True)
    patient_id = Many2one("got2.patient", on_delete="set null", index=True)

    @ondelete
    def _kept_as_long_as_demanded(self) -> Iterator[Problem]:
        if importing(self.env):
            return
        for document in self:
            years = document.document_type_id.retention_years
            if not years or not document.create_date:
                continue
            until = add_months(document.create_date.date(), 12 * years)
            if self.env.today() < until:
                kind = document.document_type_id.name
                message = f"{document.name} ({kind}) must be kept until {until.isoformat()}."
                yield Problem("document_type_id", "retention", message)
