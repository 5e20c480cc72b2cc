"""What is checked before a patient's order is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import confirmations
from entrepot.addons.optometry.optics import meridians
from entrepot.addons.optometry.rx_record import contacts, spectacles
from entrepot.addons.optometry_billing.order_rules import (
    EyeMeasures,
    Parameters,
    contact_problems,
    lens_problems,
    measure_problems,
    validity_problems,
)
from entrepot.api import Model, Problem, public

if TYPE_CHECKING:
    from collections.abc import Iterator

_BY_PRESCRIPTION = ("glasses", "contact_lens")


class OrderChecks(Model, extends="sale.order"):
    """Order"""

    @public(readonly=True)
    def check_order(self) -> list[dict[str, Any]]:
        """For each order `{id, ok, problems}`: what keeps it from being confirmed, as path, code and message."""
        answers = []
        for order in self:
            found = list(order.order_problems())
            told = [{"path": each.path, "code": each.code, "message": each.message} for each in found]
            answers.append({"id": order.id, "ok": not found, "problems": told})
        return answers

    def order_problems(self) -> Iterator[Problem]:
        """What keeps this order from being confirmed; nothing for orders that are not a patient's."""
        if not self.patient_id:
            return
        if not self.order_kind:
            message = "A patient's order has a kind: glasses, contact_lens, service or accessory."
            yield Problem("order_kind", "required", message)
        if self.order_kind in _BY_PRESCRIPTION:
            yield from self._prescription_problems()
        if self.order_kind == "glasses":
            yield from self._frame_problems()
            yield from self._glasses_problems()
        if self.order_kind == "contact_lens":
            yield from self._contact_problems()
        if self.insurance_plan_id:
            yield from self._plan_problems()

    def _prescription_problems(self) -> Iterator[Problem]:
        rx = self.rx_id.sudo()
        if not rx:
            yield Problem(
                "rx_id", "required", f"{self.order_kind} are ordered by a prescription: give rx_id."
            )
            return
        for each in validity_problems(rx.state or "", rx.expiration_date, self.order_day()):
            if each.code == "unsigned":
                yield each
            else:
                yield from confirmations.unconfirmed(self.env, [each])

    def _plan_problems(self) -> Iterator[Problem]:
        for each in self.insurance_plan_id.sudo().problems_on(self.insured_day()):
            yield Problem(f"insurance_plan_id.{each.path}", each.code, each.message)
        home = self.company_id.currency_id
        if self.currency_id != home:
            message = f"Payers are billed in {home.name}: choose a price list in it."
            yield Problem("pricelist_id", "currency", message)

    # glasses ------------------------------------------------------------------------------------------------

    def _frame_problems(self) -> Iterator[Problem]:
        frames = self.order_line.filtered(lambda line: line.product_id.spec_product_type == "frame")
        if not self.frame_source:
            yield Problem("frame_source", "required", "Say where the frame comes from: frame_source.")
        elif self.frame_source == "patient" and frames:
            message = "The patient brings the frame: take the frame off the order, or change frame_source."
            yield Problem("order_line", "frame", message)
        elif self.frame_source != "patient" and not frames:
            message = "Glasses need a frame: add a line with one, or set frame_source to patient."
            yield Problem("order_line", "frame", message)
        if self.frame_source != "in_stock":
            return
        warehouse = {"warehouse_id": self.warehouse_id.id} if self.warehouse_id else {}
        for product in frames.mapped("product_id").with_context(**warehouse):
            wanted = sum(line.product_uom_qty for line in frames if line.product_id.id == product.id)
            if product.is_storable and product.sudo().free_qty < wanted:
                message = (
                    f"{product.name} is not in stock ({product.sudo().free_qty:g} free): choose another, or set "
                    "frame_source to special_order or lab."
                )
                yield Problem("order_line", "stock", message)

    def _glasses_problems(self) -> Iterator[Problem]:
        lenses = {"od": self.od_lens_line_id, "os": self.os_lens_line_id}
        if not any(lenses.values()):
            yield Problem("order_line", "lens", "Glasses have lenses: add a line with a lens and its eye.")
        eyes = {name: self._eye_measures(name, line) for name, line in lenses.items()}
        yield from measure_problems(self.pd_distance, eyes["od"], eyes["os"])
        rx = self.rx_id.sudo()
        if not rx or rx.rx_type != "spectacle":
            return
        glasses = spectacles(rx)
        for name, eye in glasses.eyes():
            line = lenses[name]
            if not line or eye.balance or eye.power is None:
                continue
            offered = line.product_id.product_tmpl_id.offered()
            for power in set(meridians(eye.power)):
                yield from lens_problems("order_line", _said(name, line), power, eye.power.cylinder, offered)
            if line.product_id.style_id.needs_add and not eye.add:
                message = f"{_said(name, line)} needs an add, which the prescription has not."
                yield Problem("order_line", "add", message)

    def _eye_measures(self, name: str, line: Any) -> EyeMeasures:
        style = line.product_id.style_id
        return EyeMeasures(
            pd=getattr(self, f"{name}_pd_distance"),
            seg_height=getattr(self, f"{name}_seg_height"),
            needs_seg_height=bool(style.needs_seg_height),
            min_fitting_height=style.min_fitting_height or None,
            ordered=bool(line),
        )

    # contact lenses -----------------------------------------------------------------------------------------

    def _contact_problems(self) -> Iterator[Problem]:
        lines = self.order_line.filtered(lambda line: line.product_id.spec_product_type == "contact_lens")
        if not lines:
            yield Problem("order_line", "lens", "Add a line with a contact lens and its eye.")
        rx = self.rx_id.sudo()
        wanted = dict(contacts(rx).eyes()) if rx and rx.rx_type != "spectacle" else {}
        for line in lines:
            if not line.eye:
                yield Problem(
                    "order_line.eye", "required", f"For which eye is {line.product_id.name}: give eye."
                )
            for name in line.eye_names():
                eye = wanted.get(name)
                if eye is None:
                    continue
                if eye.is_empty:
                    message = f"Nothing is prescribed for {name.upper()}."
                    yield Problem("order_line.eye", "not_prescribed", message)
                asked = Parameters(eye.power_d, eye.base_curve, eye.diameter, eye.cylinder, eye.axis)
                offered = line.product_id.product_tmpl_id.offered()
                yield from contact_problems("order_line", _said(name, line), asked, offered)


def _said(eye: str, line: Any) -> str:
    return f"{eye.upper()} {line.product_id.name}"
