"""Confirming and cancelling a patient's order, and handing it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry.confirmations import reason
from entrepot.addons.optometry_billing import order_states
from entrepot.api import Model, Problem, UserError, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNDONE = ("draft", "sent")


class OrderFlow(Model, extends="sale.order"):
    """Order"""

    @public
    def action_confirm(self) -> Any:
        """Confirm. Of a patient's order everything is checked first, the price is split and consent laid ready.

        An expired prescription needs context `rx_override` with the reason. ValidationError names all problems.
        """
        self.check_access("write")
        self.lock()
        ours = self.filtered("patient_id")
        several = len(ours) > 1
        found = [
            Problem(f"{at}.{each.path}" if several else each.path, each.code, each.message)
            for at, order in enumerate(ours)
            for each in order.order_problems()
        ]
        if found:
            raise ValidationError(problems=found)
        for order in ours:
            if order.state in _UNDONE:
                order.sudo()._apply_insurance()
            given = reason(self.env)
            if given:
                order.sudo().write({"override_reason": given})
        done = super().action_confirm()  # type: ignore[misc]  # of the order itself
        self.env["got2.consent.form"].sudo().prepare_for(ours)
        return done

    @public
    def prepare_consents(self) -> list[int]:
        """Lay the consent forms ready that these orders need and do not have; answers the ids of the new ones."""
        self.check_access("write")
        made = self.env["got2.consent.form"].sudo().prepare_for(self.filtered("patient_id"))
        return list(made.ids)

    @public
    def action_cancel(self) -> Any:
        """Cancel. Refused once the order was handed over or claimed; its services can be billed again."""
        for order in self.filtered("patient_id"):
            if order.job_state == "dispensed":
                raise UserError(
                    f"{order.name} was handed over: take it back with a return and a credit note."
                )
            alive = order.sudo().claim_ids.filtered(
                lambda claim: claim.state not in {"draft", "void", "rejected"}
            )
            if alive:
                raise UserError(f"{order.name} is claimed in {alive[:1].name}: void the claim first.")
        done = super().action_cancel()  # type: ignore[misc]  # of the order itself
        gone = self.filtered(lambda order: order.patient_id and order.state == "cancel")
        gone.sudo().insurer_invoice_ids.filtered(lambda move: move.state == "draft").button_cancel()
        gone.sudo().claim_ids.filtered(lambda claim: claim.state in {"draft", "rejected"}).write(
            {"state": "void"}
        )
        lines = gone.sudo().order_line
        services = lines.mapped("exam_service_id").filtered(lambda each: each.state == "billed")
        services.write({"state": "performed", "sale_line_id": None})
        gone.filtered(lambda order: order.job_state != "cancelled").sudo().write({"job_state": "cancelled"})
        return done

    @public
    def action_draft(self) -> Any:
        """Take cancelled orders back to quotations; the job begins anew."""
        done = super().action_draft()  # type: ignore[misc]  # of the order itself
        again = self.filtered(lambda order: order.patient_id and order.job_state == "cancelled")
        again.sudo().write({"job_state": "new"})
        return done

    def _move_job(self, state: str, **values: Any) -> bool:
        """Move the jobs of confirmed orders. Raises UserError."""
        self.check_access("write")
        self.lock()
        for order in self:
            if not order.patient_id or order.state != "sale":
                raise UserError(f"{order.name} is no confirmed order of a patient: it has no job.")
            refused = order_states.refusal(order.job_state or "new", state, kind=order.order_kind or "")
            if refused is not None:
                raise UserError(f"{order.name}: {refused}")
        return self.sudo().write({"job_state": state, **values})

    # the lab ------------------------------------------------------------------------------------------------

    @public
    def action_send_to_lab(self, lab_id: int = 0, lab_order_no: str = "") -> bool:
        """Send the jobs to their lab (or the one given); a remake goes the same way."""
        for order in self:
            if lab_id:
                order.write({"lab_id": lab_id})
            if not order.lab_id:
                raise UserError(f"{order.name} has no laboratory: give lab_id.")
        return self._move_job("at_lab", **({"lab_order_no": str(lab_order_no)} if lab_order_no else {}))

    @public
    def action_in_lab(self) -> bool:
        """The lab works on the jobs."""
        return self._move_job("in_lab")

    @public
    def action_receive(self) -> bool:
        """The jobs came back; they are inspected next."""
        return self._move_job("received")

    @public
    def action_ready(self) -> bool:
        """The jobs may be handed over: glasses after their inspection, other things when they are there."""
        return self._move_job("ready")

    @public
    def action_notify(self) -> bool:
        """The patients know."""
        return self._move_job("notified", notified_on=self.env.now())

    @public
    def action_remake(self, reason: str) -> bool:
        """Have the jobs made anew; says why."""
        if not str(reason or "").strip():
            raise UserError("A remake has a reason.")
        for order in self:
            order._move_job(
                "remake", remake_reason=str(reason).strip()[:500], remake_count=order.remake_count + 1
            )
        return True

    # handing over -------------------------------------------------------------------------------------------

    @public
    def action_dispense(self) -> bool:
        """Hand the orders over: what leaves stock leaves it, the invoices are made and posted.

        ValidationError when a consent form is open or the proof of delivery is not signed.
        """
        self.check_access("write")
        found = [problem for order in self for problem in order.dispensing_problems()]
        if found:
            raise ValidationError(problems=found)
        for order in self:
            if order.job_state == "new" and order.order_kind not in order_states.NEED_LAB:
                order._move_job("ready")
        self._move_job("dispensed", dispensed_by=self.env.uid, dispensed_date=self.env.now())
        for order in self.sudo():
            order._hand_over()
            order.bill()
        return True

    def dispensing_problems(self) -> Iterator[Problem]:
        """What keeps this order from being handed over."""
        forms = self.sudo().consent_ids
        for form in forms.filtered(lambda form: form.state in {"draft", "sent"}):
            if form.applies_to != "proof_of_delivery":
                message = f"The form {form.name} is open: have it signed or refused first."
                yield Problem("consent_ids", "open", message)
        proofs = forms.filtered(
            lambda form: form.applies_to == "proof_of_delivery" and form.state != "revoked"
        )
        if any(form.state != "signed" for form in proofs):
            message = f"{self.name} is handed over when the proof of delivery is signed."
            yield Problem("consent_ids", "proof_of_delivery", message)

    def _hand_over(self) -> None:
        """Finish the deliveries of this order: everything on them is handed over now."""
        pickings = self.picking_ids.filtered(lambda each: each.state not in {"done", "cancel"})
        if not pickings:
            return
        pickings.action_assign()
        for move in pickings.mapped("move_ids").filtered(lambda each: each.state not in {"done", "cancel"}):
            if move.quantity < move.product_uom_qty and move.takes_from_stock():
                raise UserError(
                    f"{move.product_id.name} is not in stock: {move.quantity:g} of {move.product_uom_qty:g} are "
                    "there. Receive it first."
                )
            move.write({"quantity": move.product_uom_qty})
        pickings.button_validate()
