"""What makes the variants of templates those that their attribute lines ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from entrepot.addons.product import variants
from entrepot.addons.product.variants import ValueLine
from entrepot.api import Command, Model, Problem, UserError, ValidationError, public


class Template(Model, extends="product.template"):
    """Product"""

    @public
    def create_product_variant(self, product_template_attribute_value_ids: Any) -> int:
        """The id of the variant with these values of the product, made when there is none (dynamic attributes).

        Raises ValidationError when the values are not one of each line that makes variants.
        """
        self.ensure_one()
        wanted = product_template_attribute_value_ids
        if not isinstance(wanted, (list, tuple)) or not all(type(each) is int for each in wanted):
            raise UserError("create_product_variant takes a list of ids of product.template.attribute.value.")
        lines = self._value_lines().get(self.id, [])
        values = frozenset(wanted) & {value for line in lines for value in line.values}
        if len(values) != len(lines) or any(len(values & set(line.values)) != 1 for line in lines):
            text = f"{self.name}: choose exactly one value of each attribute."
            raise ValidationError(
                problems=[Problem("attribute_line_ids", "combination", text)], model=self.model_name
            )
        products = self.env["product.product"].with_context(active_test=False)
        code = variants.text(values)
        found = products.search(
            [("product_tmpl_id", "=", self.id), ("combination_indices", "=", code)], limit=1
        )
        if not found:
            found = products.create([self.variant_values(values)])
        elif not found.active:
            found.write({"active": True})
        return found.id

    def copy(self, default: Mapping[str, Any] | None = None) -> Self:
        """Copies, each with the same values at the same extra prices."""
        made = super().copy(default)
        for old, new in zip(self, made, strict=True):
            extra = {
                value.product_attribute_value_id.id: value.price_extra
                for value in old.attribute_line_ids.mapped("product_template_value_ids")
            }
            for value in new.attribute_line_ids.mapped("product_template_value_ids"):
                value.price_extra = extra.get(value.product_attribute_value_id.id, value.price_extra)
        return made

    def first_variants(self, given: Sequence[Mapping[str, Any]]) -> None:
        """The first variants of new templates; `given`: what each template was told of its only variant."""
        lined = self._value_lines()
        plain = [
            {**values, "product_tmpl_id": template.id, "active": template.active}
            for template, values in zip(self, given, strict=True)
            if template.id not in lined
        ]
        if plain:
            self.env["product.product"].with_context(_variant=True).create(plain)
        rest = self.filtered(lambda each: each.id in lined)
        if not rest:
            return
        rest.align_variants()
        told = dict(zip(self.ids, given, strict=True))
        for template in rest:
            if told[template.id] and template.only_variant():
                template.only_variant().write(told[template.id])

    def align_variants(self) -> None:
        """Bring the variants of active templates in line; a fixed handful of queries, however many there are."""
        lined = self._value_lines()
        products = self.env["product.product"].with_context(active_test=False, _variant=True)
        awake = self.filtered("active")
        existing = products.search([("product_tmpl_id", "in", awake.ids)])
        self._refuse_too_many(lined)
        existing.filtered("active").adopt(lined)
        held: dict[int, list[variants.Existing]] = {template.id: [] for template in awake}
        for each in existing:
            values = frozenset(each.product_template_attribute_value_ids.ids)
            held[each.product_tmpl_id.id].append(variants.Existing(each.id, values, each.active))
        create: list[dict[str, Any]] = []
        revive: list[int] = []
        drop: list[int] = []
        for template in awake:
            lines = lined.get(template.id, [])
            ready = not any(line.dynamic for line in lines)
            todo = variants.changes([line.values for line in lines], held[template.id], missing=ready)
            create += [template.variant_values(each) for each in todo.create]
            revive += todo.revive
            drop += todo.drop
        products.browse(revive).write({"active": True})
        products.create(create)
        products.browse(drop).unlink_or_archive()

    def variant_values(self, values: Any) -> dict[str, Any]:
        """What the variant of one template with a combination of values is created with."""
        return {
            "product_tmpl_id": self.id,
            "product_template_attribute_value_ids": [Command.set(sorted(values))],
        }

    def _value_lines(self) -> dict[int, list[ValueLine]]:
        """Template id -> its lines that make variants; templates without lines are left
        out.
        """
        found: dict[int, list[ValueLine]] = {}
        lines = (
            self.env["product.template.attribute.line"].sudo().search([("product_tmpl_id", "in", self.ids)])
        )
        for line in lines:
            mode = line.attribute_id.create_variant
            values = line.product_template_value_ids.filtered("ptav_active").ids
            if mode != "no_variant" and values:
                found.setdefault(line.product_tmpl_id.id, []).append(
                    ValueLine(line.id, mode == "dynamic", tuple(values))
                )
        return found

    def _refuse_too_many(self, lined: Mapping[int, list[ValueLine]]) -> None:
        problems = []
        for template in self:
            lines = lined.get(template.id, [])
            total = variants.count([line.values for line in lines])
            if total > variants.MAX_VARIANTS and not any(line.dynamic for line in lines):
                text = (
                    f"{template.name} would have {total} variants; at most {variants.MAX_VARIANTS} are allowed. "
                    "Choose fewer values, or attributes whose variants are made dynamically."
                )
                problems.append(Problem("attribute_line_ids", "too_many", text))
        if problems:
            raise ValidationError(
                "\n".join(each.message for each in problems), problems=problems, model=self.model_name
            )
