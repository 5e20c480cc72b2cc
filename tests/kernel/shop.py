"""A little shop: parents and lines, hierarchies, links both ways, delegation, extension, mixin, values across relations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Command,
    Date,
    Datetime,
    Float,
    Integer,
    Json,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Reference,
    Selection,
    Text,
    constrains,
    depends,
    ondelete,
    sequence,
)


class Archivable(Model, name="shop.archivable", abstract=True):
    """Something that can be put away"""

    active = Boolean(default=True)
    archive_note = Char()

    def shout(self) -> str:
        return (self.archive_note or "").upper()


class Tag(Model, name="shop.tag", order="name"):
    """Tag"""

    name = Char(required=True, unique=True)
    weight = Integer()
    order_ids = Many2many("shop.order")


class Category(Model, name="shop.category", order="complete_name"):
    """Category"""

    name = Char(required=True)
    parent_id = Many2one("shop.category", on_delete="cascade")
    child_ids = One2many("shop.category", "parent_id")
    complete_name = Char(compute="_compute_complete_name", store=True)
    path_length = Integer(compute="_compute_path_length")

    @depends("name", "parent_id.complete_name")
    def _compute_complete_name(self) -> None:
        for category in self:
            above = category.parent_id.complete_name
            category.complete_name = f"{above} / {category.name}" if above else category.name

    @depends("complete_name")
    def _compute_path_length(self) -> None:
        for category in self:
            category.path_length = len(category.complete_name or "")


class Product(Model, name="shop.product", order="name, id", mixins=["shop.archivable"]):
    """Product"""

    name = Char(required=True, translate=True)
    description = Text(translate=True)
    code = Char(unique=True)
    price = Monetary()
    currency_id = Many2one("res.currency")
    category_id = Many2one("shop.category")
    picture = Binary()
    sold = Float(compute="_compute_sold", store=True)
    line_ids = One2many("shop.line", "product_id")

    @depends("line_ids.quantity")
    def _compute_sold(self) -> None:
        for product in self:
            product.sold = sum(line.quantity for line in product.line_ids)


class Order(Model, name="shop.order", order="id", unique=[("customer", "number")]):
    """Order"""

    name = Char(readonly=True, default=sequence("shop.order"), copy=False)
    customer = Char(required=True, tracking=True)
    number = Integer(nullable=True, copy=False)
    date = Date(default=lambda self: self.env.today())
    state = Selection([("draft", "Draft"), ("done", "Done")], required=True, default="draft", copy=False)
    line_ids = One2many("shop.line", "order_id", copy=True)
    note_ids = One2many("shop.note", "order_id")
    open_note_ids = One2many("shop.note", "order_id", domain=[("closed", "=", False)])
    tag_ids = Many2many("shop.tag")
    total = Monetary(compute="_compute_total", store=True)
    line_count = Integer(compute="_compute_total", store=True)
    weight = Integer(compute="_compute_weight", store=True)
    tag_count = Integer(compute="_compute_tag_count", store=True)
    top_category_id = Many2one("shop.category", compute="_compute_top_category", store=True)
    summary = Char(compute="_compute_summary")
    deadline = Date(compute="_compute_deadline", inverse="_set_deadline")

    @depends("line_ids.subtotal")
    def _compute_total(self) -> None:
        for order in self:
            order.total = sum((line.subtotal for line in order.line_ids), Decimal(0))
            order.line_count = len(order.line_ids)

    @depends("tag_ids.weight")
    def _compute_weight(self) -> None:
        for order in self:
            order.weight = sum(tag.weight for tag in order.tag_ids)

    @depends("tag_ids")
    def _compute_tag_count(self) -> None:
        for order in self:
            order.tag_count = len(order.tag_ids)

    @depends("line_ids.category_id")
    def _compute_top_category(self) -> None:
        for order in self:
            found = [line.category_id for line in order.line_ids if line.category_id]
            order.top_category_id = min(found, key=lambda category: category.id) if found else None

    @depends("customer", "total")
    def _compute_summary(self) -> None:
        for order in self:
            order.summary = f"{order.customer}: {order.total:.2f}"

    @depends("date")
    def _compute_deadline(self) -> None:
        for order in self:
            order.deadline = order.date

    def _set_deadline(self) -> None:
        for order in self:
            order.date = order.deadline

    @constrains("customer")
    def _customer_is_no_number(self) -> Iterator[Problem]:
        for order in self:
            if (order.customer or "").isdigit():
                yield Problem("customer", "number", "A customer is no number.")

    @constrains("customer", "number")
    def _number_is_positive(self) -> Iterator[Problem]:
        for order in self:
            if order.number is not None and order.number < 0:
                yield Problem("number", "negative", "A number is not negative.")

    @constrains("total")
    def _total_is_bearable(self) -> Iterator[Problem]:
        for order in self:
            if order.total > 1_000_000:
                yield Problem("total", "dear", "No order is worth more than a million.")

    @ondelete
    def _done_orders_stay(self) -> Iterator[Problem]:
        for order in self:
            if order.state == "done":
                yield Problem("state", "done", f"Order {order.customer} is done and stays.")


class Line(Model, name="shop.line", order="order_id, id"):
    """Order Line"""

    order_id = Many2one("shop.order", required=True, on_delete="cascade")
    product_id = Many2one("shop.product", on_delete="restrict")
    quantity = Float(default=1.0, digits=(16, 2))
    discount = Float()
    subtotal = Monetary(compute="_compute_subtotal", store=True)
    category_id = Many2one("shop.category", related="product_id.category_id", store=True)
    customer = Char(related="order_id.customer")
    heavy = Boolean(compute="_compute_heavy", store=True)
    part_ids = One2many("shop.part", "line_id", copy=True)

    @depends("quantity", "product_id.price")
    def _compute_subtotal(self) -> None:
        for line in self:
            line.subtotal = line.product_id.price * Decimal(str(line.quantity))

    @depends("order_id.weight")
    def _compute_heavy(self) -> None:
        for line in self:
            line.heavy = line.order_id.weight > 10

    @constrains("quantity")
    def _quantity_is_positive(self) -> Iterator[Problem]:
        for line in self:
            if line.quantity < 0:
                yield Problem("quantity", "negative", f"{line.quantity} is less than nothing.")


class Part(Model, name="shop.part"):
    """Part of a line"""

    line_id = Many2one("shop.line", required=True, on_delete="cascade")
    name = Char(required=True)
    active = Boolean(default=True)


class Note(Model, name="shop.note"):
    """Note"""

    name = Text()
    closed = Boolean()
    order_id = Many2one("shop.order")
    about = Reference([("shop.order", "Order"), ("shop.product", "Product")])


class Person(Model, name="shop.person"):
    """Person"""

    name = Char(required=True)
    email = Char(size=40)
    born = Date()
    tag_ids = Many2many("shop.tag")


class Member(Model, name="shop.member", delegates={"person_id": "shop.person"}):
    """Member"""

    person_id = Many2one("shop.person", required=True, on_delete="restrict")
    code = Char(required=True)
    since = Datetime()


class Place(Model, name="shop.place"):
    """Place"""

    name = Char()
    person_id = Many2one("shop.person")
    person_email = Char(related="person_id.email")
    person_born = Date(related="person_id.born", store=True)
    person_name = Char(related="person_id.name", store=True, readonly=False)


class OrderOfGifts(Model, extends="shop.order"):
    """Another add-on's part of an order"""

    gift = Boolean()
    state = Selection(extend=[("wrapped", "Wrapped")])
    extra = Json()

    def create(self, vals_list: Any) -> Any:
        many = [vals_list] if isinstance(vals_list, dict) else vals_list
        return super().create(
            [{**each, "customer": f"{each['customer']}!"} if each.get("gift") else each for each in many]
        )


MODELS = (
    Archivable,
    Tag,
    Category,
    Product,
    Order,
    Line,
    Part,
    Note,
    Person,
    Member,
    Place,
    ("gifts", OrderOfGifts),
)

__all__ = ["MODELS", "Command"]
