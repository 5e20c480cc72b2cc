"""Telling peers: each change that one must know becomes a message of the same commit in the outbox, one a peer.

Who sent a change is not told of it; the others are. What follows from a change (stock after a delivery) is our own
doing, and everybody is told. A change that changes nothing tells nothing. Source: B4, B5, B6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from entrepot.addons.exchange import bodies
from entrepot.addons.exchange.routes import OFF
from entrepot.addons.exchange.sender import ORIGIN
from entrepot.addons.stock.forecast import EVERY_COMPANY
from entrepot.api import Model

Body = Callable[[Any, Any], Any]
"""(record, peer) -> what the peer is told of it; None for a message without a body."""
PAGE = 500


class Teller(Model, name="ek.teller", abstract=True):
    """What is told to whom."""

    def peers(self, *, everybody: bool = False) -> Any:
        """The peers that something can be sent to; without those whose message is being carried out."""
        found = self.env["ek.peer"].sudo().search([("endpoint_id", "!=", False)])
        origin = () if everybody else self.env.context.get(ORIGIN, ())
        return found.filtered(lambda peer: peer.id not in origin)

    def tell(
        self,
        topic: str,
        records: Any,
        body: Body | None,
        changed: Mapping[int, Iterable[str]] | None = None,
        peers: Any = None,
        ref: str | None = None,
    ) -> int:
        """Post a message about each record to each peer; how many. `changed`: record id -> fields that it tells.

        `ref`: the field that stands for `{ref}` in the path. A message of the same topic and record that still waits
        is replaced: peers learn the last state.
        """
        sent = 0
        for peer in self.peers() if peers is None else peers:
            verb, path = peer.route(topic)
            if verb == OFF:
                continue
            posts = [
                {
                    "topic": topic,
                    "path": path.format(ref=_part(getattr(record, ref))) if ref else path,
                    "method": verb,
                    "body": peer.spelled(topic, body(record, peer)) if body else None,
                    "key": _queue(record),
                    "coalesce": f"{topic}:{_key(record)}",
                }
                for record in records
            ]
            if not posts:
                continue
            messages = peer.endpoint_id.post_all(posts)
            sent += len(messages)
            if changed:
                told = {
                    f"{topic}:{_key(each)}": (each.model_name, each.id, changed.get(each.id, ()))
                    for each in records
                }
                self.env["ek.change"].note(peer, messages, told)
        return sent

    def products(self, masters: Any, changed: Mapping[int, Iterable[str]], *, created: bool = False) -> None:
        """New or changed products. One whose creation was not sent yet is told as created, with what it is now."""
        peers = self.peers()
        for peer in peers:
            fresh = masters if created else masters.filtered(lambda each: self._is_untold(each, peer))  # noqa: B023
            self.tell("product.created", fresh, bodies.product, changed, peer)
            self.tell(
                "product.changed", masters - fresh, lambda each, _: bodies.product_head(each), changed, peer
            )

    def configurations(self, templates: Any, changed: Mapping[int, Iterable[str]]) -> None:
        """New or changed configurations of products; within a product that is still to be told, as part of it."""
        for peer in self.peers():
            untold = templates.mapped("master_id").filtered(lambda each: self._is_untold(each, peer))  # noqa: B023
            whole = templates.filtered(lambda each: each.master_id in untold)  # noqa: B023
            self.tell("product.created", untold, bodies.product, None, peer)
            alone = templates - whole
            prices = bodies.prices_of(alone, peer)
            self.tell(
                "configuration.changed",
                alone,
                lambda each, _: bodies.configuration_alone(each, prices),  # noqa: B023
                changed,
                peer,
            )

    def woken_or_archived(self, records: Any, kind: str, ref: str, *, active: bool) -> None:
        """Products or configurations that were archived or restored."""
        self.tell(f"{kind}.{'restored' if active else 'archived'}", records, None, ref=ref)

    def stock(self, pairs: Iterable[tuple[int, int]], peers: Any = None) -> int:
        """What is on hand of configurations at points of sale, as (product id, warehouse id) pairs, after a change."""
        by_warehouse: dict[int, set[int]] = {}
        for product_id, warehouse_id in pairs:
            by_warehouse.setdefault(warehouse_id, set()).add(product_id)
        listening = self.peers(everybody=True) if peers is None else peers
        sent = 0
        if not listening:
            return sent
        for warehouse in self.env["stock.warehouse"].sudo().browse(sorted(by_warehouse)).filtered("code_pos"):
            products = self.env["product.product"].sudo().browse(sorted(by_warehouse[warehouse.id]))
            exchanged = products.filtered(lambda each: each.product_tmpl_id.manufacturer_ref)
            here = exchanged.with_context(warehouse_id=warehouse.id, **{EVERY_COMPANY: True})
            on_hand = {each.id: float(each.qty_available) for each in here}
            for peer in listening:
                sent += self._stock_to(peer, warehouse, exchanged, on_hand)
        return sent

    def _stock_to(self, peer: Any, warehouse: Any, products: Any, on_hand: Mapping[int, float]) -> int:
        verb, path = peer.route("stock.changed")
        if verb == OFF or not products:
            return 0
        prices = bodies.prices_of(products.mapped("product_tmpl_id"), peer)
        posts = []
        for each in products:
            template_id = each.product_tmpl_id.id
            name = f"stock,{each.id},{warehouse.id}"
            master = each.product_tmpl_id.master_id
            posts.append(
                {
                    "topic": "stock.changed",
                    "path": path,
                    "method": verb,
                    "body": peer.spelled(
                        "stock.changed",
                        bodies.stock(warehouse.code_pos, template_id, on_hand[each.id], prices[template_id]),
                    ),
                    # A product that the peer has not taken yet comes first; otherwise stock waits for nothing.
                    "key": _key(master) if master and self._is_unsettled(master, peer) else name,
                    "coalesce": name,
                }
            )
        return len(peer.endpoint_id.post_all(posts))

    def order_states(self, orders: Any) -> None:
        """Orders whose state changed: each order's own bank is told, and nobody else."""
        peers = self.peers()
        for peer in peers & orders.mapped("ek_peer_id"):
            own = orders.filtered(lambda each: each.ek_peer_id == peer and each.ek_file_number)  # noqa: B023
            self.tell(
                "order.state", own, lambda each, _: bodies.order_state(each), None, peer, "ek_file_number"
            )

    def places(self, partners: Any, *, created: bool) -> None:
        """New or changed points of sale; every other bank hears of them."""
        topic = "pos.created" if created else "pos.changed"
        self.tell(topic, partners, lambda each, _: bodies.point_of_sale(each))

    def users(self, records: Any, *, created: bool) -> None:
        """New or changed accounts that have a part in the exchange."""
        topic = "user.created" if created else "user.changed"
        self.tell(topic, records, lambda each, _: bodies.user(each))

    def categories(self, records: Any, changed: Mapping[int, Iterable[str]]) -> None:
        """New or changed categories."""
        self.tell("category.changed", records, lambda each, _: bodies.category(each), changed)

    def clients(self, partners: Any) -> None:
        """Changed clients: a bank hears of its own clients only."""
        for peer in self.peers():
            own = partners.filtered(lambda each: peer in each.ek_peer_ids)  # noqa: B023
            self.tell("client.changed", own, lambda each, _: bodies.client(each), None, peer)

    def tell_again(self, record: Any, field: str, peer: Any) -> None:
        """Tell one peer what one record is here, after a person said that ours holds."""
        changed = {record.id: (field,)}
        match record.model_name:
            case "product.master":
                self.tell("product.changed", record, lambda each, _: bodies.product_head(each), changed, peer)
            case "product.template":
                prices = bodies.prices_of(record, peer)
                self.tell(
                    "configuration.changed",
                    record,
                    lambda each, _: bodies.configuration_alone(each, prices),
                    changed,
                    peer,
                )
            case "product.category":
                self.tell("category.changed", record, lambda each, _: bodies.category(each), changed, peer)
            case "res.partner" if record.is_pos:
                self.tell("pos.changed", record, lambda each, _: bodies.point_of_sale(each), changed, peer)
            case "res.partner":
                self.tell("client.changed", record, lambda each, _: bodies.client(each), changed, peer)
            case "res.users":
                self.tell("user.changed", record, lambda each, _: bodies.user(each), changed, peer)
            case _:
                return

    def tell_everything(self, peers: Any) -> dict[str, int]:
        """The whole catalogue, points of sale and stock, anew: {topic: messages}."""
        sent = {"product.created": 0, "pos.changed": 0, "stock.changed": 0}
        for masters in pages(self.env["product.master"].sudo(), []):
            sent["product.created"] += self.tell("product.created", masters, bodies.product, None, peers)
        for places in pages(self.env["res.partner"].sudo(), [("is_pos", "=", True)]):
            sent["pos.changed"] += self.tell(
                "pos.changed", places, lambda each, _: bodies.point_of_sale(each), None, peers
            )
        warehouses = self.env["stock.warehouse"].sudo().search([("code_pos", "!=", False)])
        kept = [("product_tmpl_id.manufacturer_ref", "!=", False), ("is_storable", "=", True)]
        for products in pages(self.env["product.product"].sudo(), kept):
            pairs = (
                (product_id, warehouse_id) for product_id in products.ids for warehouse_id in warehouses.ids
            )
            sent["stock.changed"] += self.stock(pairs, peers)
        return sent

    def _is_untold(self, master: Any, peer: Any) -> bool:
        """Whether the message that tells a peer of a new product has not left yet."""
        return self._waits(master, peer, [("state", "=", "pending"), ("attempts", "=", 0)])

    def _is_unsettled(self, master: Any, peer: Any) -> bool:
        """Whether a peer has not taken a new product yet."""
        return self._waits(master, peer, [("state", "in", ["pending", "sending"])])

    def _waits(self, master: Any, peer: Any, how: list[Any]) -> bool:
        creation = [
            ("endpoint_id", "=", peer.endpoint_id.id),
            ("record_key", "=", _key(master)),
            ("topic", "=", "product.created"),
        ]
        return bool(self.env["outbox.message"].sudo().search(creation + how, limit=1))


def pages(records: Any, domain: list[Any]) -> Iterable[Any]:
    """All records of a domain, some hundred at a time."""
    last = 0
    while True:
        found = records.search([*domain, ("id", ">", last)], limit=PAGE, order="id")
        if not found:
            return
        yield found
        last = found.ids[-1]


def _key(record: Any) -> str:
    return f"{record.model_name},{record.id}"


def _queue(record: Any) -> str:
    """The queue in which a message waits its turn: a product's and its configurations' is one."""
    return _key(record.master_id if record.model_name == "product.template" else record)


def _part(value: Any) -> str:
    """A value as one part of a path: whatever stands in a reference, it neither ends the part nor leads elsewhere."""
    spelled = quote(str(value), safe="")
    return spelled if spelled.strip(".") else spelled.replace(".", "%252E")
