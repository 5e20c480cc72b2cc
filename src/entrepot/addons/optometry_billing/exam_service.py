"""Services of exams on their way to an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from entrepot.addons.optometry.confirmations import importing
from entrepot.api import Many2one, Model, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOVES = {
    "draft": ("performed", "cancelled"),
    "performed": ("draft", "billed", "cancelled"),
    "billed": (),
    "cancelled": ("draft",),
}


class ExamService(Model, extends="exam.service"):
    """Service"""

    _free_after_signing: ClassVar[frozenset[str]] = frozenset(
        {"state", "insurance", "product_id", "sale_line_id"}
    )

    product_id = Many2one(
        "product.product", on_delete="restrict", help="What it is sold as; empty: the procedure's product."
    )
    sale_line_id = Many2one(
        "sale.order.line", string="Order line", readonly=True, copy=False, on_delete="set null", index=True
    )

    def create(self, vals_list: Any) -> Self:
        """Create; nothing is born billed."""
        services = super().create(vals_list)
        if not self.env.su and not importing(self.env):
            for service in services:
                if service.state == "billed" or service.sale_line_id:
                    raise UserError("A service is billed by action_bill of its exam.")
        return services

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write. A service is billed by its exam's `action_bill`; a billed one stays as it was billed."""
        state = vals.get("state")
        if not self.env.su and not importing(self.env):
            if "sale_line_id" in vals:
                raise UserError("A service gets its order line by action_bill of the exam.")
            for service in self:
                if state == service.state or (state is None and service.state != "billed"):
                    continue
                if state == "billed" or service.state == "billed":
                    raise UserError(
                        f"{service.procedure_id.name} is {service.state}: exams are billed by action_bill, and a "
                        "billed service is freed by cancelling its order."
                    )
                if state not in _MOVES.get(service.state or "", ()):
                    raise UserError(f"A service that is {service.state} cannot become {str(state)[:20]}.")
        return super().write(vals)

    def pointers(self, codes: list[str]) -> list[int]:
        """The positions of this service's diagnoses among a claim's codes."""
        mine = self.diagnosis_line_ids.sorted(lambda line: (line.sequence, line.id)).mapped("icd10_code")
        return [codes.index(code) for code in dict.fromkeys(mine) if code in codes]
