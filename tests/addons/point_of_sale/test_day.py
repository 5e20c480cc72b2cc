"""A shop's day: opened, sold, refunded, invoiced, counted, closed; the ledger balances and the shelf adds up."""

from decimal import Decimal

import pytest

from entrepot.api import AccessError, Command, UserError, ValidationError
from entrepot.kernel.invoke import invoke


def balance_of(move):
    found = {}
    for line in move.line_ids:
        key = line.account_id.code
        found[key] = found.get(key, Decimal(0)) + line.balance
    return {code: amount for code, amount in found.items() if amount}


def test_a_day_ends_in_a_balanced_ledger_and_stock_that_adds_up(
    env, shop, session, goods, methods, sell, customer
):
    assert (session.state, session.cash_register_balance_start) == ("opened", 50)
    first = sell([(goods.bread, 2), (goods.jam, 1), (goods.bag, 1)], [(methods.cash, 20)])
    assert (first.name, first.state) == ("Shop/00001", "paid")
    assert (first.amount_total, first.amount_tax) == (Decimal("10.45"), Decimal("1.35"))
    assert (first.amount_paid, first.amount_return) == (Decimal("10.45"), Decimal("9.55"))
    sell([(goods.jam, 2)], [(methods.bank, 9.2)])
    sell([(goods.bread, 4)], [(methods.pay_later, 11.5)], partner_id=customer.id)
    invoiced = sell([(goods.bread, 1)], [(methods.bank, 2.88)], partner_id=customer.id, to_invoice=True)
    assert (invoiced.state, invoiced.account_move.state) == ("invoiced", "posted")
    assert invoiced.account_move.amount_total == invoiced.amount_total
    back = env["pos.order"].browse(first.refund().id)
    back.lines.filtered(lambda line: line.product_id != goods.jam).unlink()
    back.write({"payment_ids": [Command.create({"payment_method_id": methods.cash.id, "amount": -4.6})]})
    back.action_pos_order_paid()
    assert (first.is_refunded, back.refunded_order_id) == (True, first)

    assert session.cash_register_balance_end == Decimal("55.85")
    session.post_closing_cash_details(55.8)
    assert session.cash_register_difference == Decimal("-0.05")
    session.action_pos_session_close()

    assert session.state == "closed"
    move = session.move_id
    assert move.state == "posted"
    assert balance_of(move) == {
        "400000": Decimal("-23.10"),  # 5 + 4 + 0.10 + 8 + 10 - 4
        "251000": Decimal("-3.45"),  # 15 % of 23
        "101000": Decimal("5.80"),  # 10.45 - 4.60 - 0.05
        "101100": Decimal("12.08"),  # 9.20 + 2.88
        "121000": Decimal("8.62"),  # 11.50 owed, 2.88 of the invoice paid
        "642000": Decimal("0.05"),
    }
    taxed = move.line_ids.filtered(lambda line: line.display_type == "tax")
    assert (taxed.tax_line_id, taxed.tax_base_amount) == (goods.tax, Decimal("-23.00"))
    assert invoiced.account_move.payment_state in {"paid", "in_payment"}
    assert customer.credit == Decimal("11.50")
    assert (goods.bread.qty_available, goods.jam.qty_available) == (3, 8)
    assert {order.state for order in session.order_ids} == {"done", "invoiced"}
    assert [order.name for order in session.order_ids.sorted("id")] == [
        f"Shop/0000{at}" for at in range(1, 6)
    ]
    assert session.sequence_number == 5
    assert {picking.state for picking in session.picking_ids} == {"done"}

    again = env["pos.session"].browse(shop.open_ui())
    assert again != session
    assert again.cash_register_balance_start == Decimal("55.80")


def test_a_ticket_sent_twice_is_one_ticket(env, session, goods, methods, ticket):
    sent = ticket([(goods.bread, 1)], [(methods.cash, 5)])
    first = env["pos.order"].sync_from_ui([sent])["pos.order"]
    second = env["pos.order"].sync_from_ui([sent, ticket([(goods.jam, 1)], [(methods.cash, 5)])])["pos.order"]
    assert second[0] == first[0]
    assert session.order_count == 2
    old = {"id": sent["uuid"], "data": {**sent, "uid": sent["uuid"], "statement_ids": sent["payment_ids"]}}
    [third] = env["pos.order"].create_from_ui([old])
    assert third["id"] == first[0]["id"]
    assert session.order_count == 2


def test_a_draft_is_replaced_until_it_is_paid(env, session, goods, methods, ticket):
    sent = ticket([(goods.bread, 1)], [], state="draft")
    [draft] = env["pos.order"].sync_from_ui([sent])["pos.order"]
    assert (draft["state"], draft["name"]) == ("draft", "/")
    paid = {**ticket([(goods.bread, 2)], [(methods.bank, 5.75)]), "uuid": sent["uuid"]}
    [found] = env["pos.order"].sync_from_ui([paid])["pos.order"]
    assert (found["state"], found["name"], found["amount_total"]) == ("paid", "Shop/00001", Decimal("5.75"))
    assert session.order_count == 1


def test_nothing_is_kept_when_one_ticket_is_wrong(env, session, goods, methods, ticket):
    right = ticket([(goods.bread, 1)], [(methods.cash, 5)])
    for wrong, path in (
        (ticket([(goods.bread, 1)], [(methods.cash, 1)]), "1.payment_ids"),
        (ticket([(goods.bread, 1)], [(methods.bank, 50)]), "1.payment_ids"),
        (ticket([(goods.bread, 1)], [(methods.pay_later, 2.88)]), "1.partner_id"),
        (ticket([], [(methods.cash, 1)]), "1.lines"),
        (ticket([(goods.bread, 1)], [(methods.cash, 5)], amount_total=3), "1.amount_total"),
        (ticket([(goods.bread, 1)], [(methods.cash, 5)], session_id=99999), "1.session_id"),
    ):
        with pytest.raises(ValidationError) as caught, env.savepoint():
            env["pos.order"].sync_from_ui([right, wrong])
        assert [problem.path for problem in caught.value.problems] == [path]
        assert env["pos.order"].search_count([]) == 0


def test_one_session_of_a_shop_is_open(env, shop, session):
    assert shop.open_ui() == session.id
    with pytest.raises(ValidationError) as caught:
        env["pos.session"].create({"config_id": shop.id})
    assert caught.value.problems[0].code == "open"
    with pytest.raises(UserError):
        shop.write({"update_stock_quantities": "real"})


def test_closing_needs_a_count_paid_tickets_and_happens_once(env, session, goods, methods, ticket):
    env["pos.order"].sync_from_ui([ticket([(goods.bread, 1)], [], state="draft")])
    with pytest.raises(UserError, match="not paid"):
        session.action_pos_session_close()
    session.order_ids.action_pos_order_cancel()
    with pytest.raises(UserError, match="Count the cash"):
        session.action_pos_session_close()
    session.post_closing_cash_details("50")
    assert session.close_session_from_ui() == {"successful": True}
    assert not session.move_id
    assert session.close_session_from_ui()["successful"] is False
    with pytest.raises(UserError, match="closed already"):
        session.action_pos_session_close()
    with pytest.raises(ValidationError):
        env["pos.order"].sync_from_ui([ticket([(goods.bread, 1)], [(methods.cash, 5)])])


def test_a_late_ticket_goes_into_the_next_session(env, shop, session, goods, methods, ticket):
    late = ticket([(goods.bread, 1)], [(methods.cash, 5)])
    session.post_closing_cash_details(50)
    session.action_pos_session_close()
    following = env["pos.session"].browse(shop.open_ui())
    following.action_pos_session_open()
    [found] = env["pos.order"].sync_from_ui([late])["pos.order"]
    assert env["pos.order"].browse(found["id"]).session_id == following


def test_goods_leave_at_once_where_the_shop_wants_it(env, goods, customer):
    shop = env["pos.config"].create({"name": "Kiosk", "update_stock_quantities": "real"})
    session = env["pos.session"].browse(shop.open_ui())
    session.action_pos_session_open()
    cash = shop.payment_method_ids.filtered("is_cash_count")
    order = env["pos.order"].create(
        {
            "session_id": session.id,
            "lines": [Command.create({"product_id": goods.bread.id, "qty": 12})],
            "payment_ids": [Command.create({"payment_method_id": cash.id, "amount": 34.5})],
        }
    )
    order.action_pos_order_paid()
    assert (order.name, order.picking_ids.state) == ("Kiosk/00001", "done")
    assert goods.bread.qty_available == -2
    session.post_closing_cash_details(34.5)
    session.action_pos_session_close()
    assert not session.picking_ids
    assert goods.bread.qty_available == -2


def test_cash_is_rounded_and_the_rest_booked(env, shop, session, goods, methods, sell):
    shop.write({"rounding_step": "0.05"})
    order = sell([(goods.bread, 1)], [(methods.cash, 2.9)])
    assert (order.amount_total, order.amount_paid) == (Decimal("2.88"), Decimal("2.90"))
    session.post_closing_cash_details("52.90")
    session.action_pos_session_close()
    assert balance_of(session.move_id) == {
        "400000": Decimal("-2.50"),
        "251000": Decimal("-0.38"),
        "101000": Decimal("2.90"),
        "442000": Decimal("-0.02"),
    }


def test_cash_goes_in_and_out_without_a_ticket(env, session, goods, methods, sell):
    sell([(goods.bread, 2)], [(methods.cash, 5.75)])
    session.try_cash_in_out("in", 20, "Change from the bank")
    session.try_cash_in_out("out", "55.75", "To the safe")
    assert session.cash_register_balance_end == 20
    for way, amount, reason in (("up", 1, "x"), ("in", -1, "x"), ("in", 0, "x"), ("out", 1, " ")):
        with pytest.raises(UserError):
            session.try_cash_in_out(way, amount, reason)
    session.post_closing_cash_details(20)
    session.action_pos_session_close()
    found = balance_of(session.move_id)
    assert (found["101000"], found["101900"]) == (Decimal("-30.00"), Decimal("35.75"))
    assert "To the safe" in session.move_id.line_ids.mapped("name")
    with pytest.raises(UserError):
        session.try_cash_in_out("in", 1, "Too late")


def test_an_invoice_after_closing_takes_the_sales_over(env, session, goods, methods, sell, customer):
    cash = sell([(goods.bread, 2)], [(methods.cash, 5.75)])
    later = sell([(goods.jam, 1)], [(methods.pay_later, 4.6)], partner_id=customer.id)
    session.post_closing_cash_details("55.75")
    session.action_pos_session_close()
    assert cash.state == "done"
    with pytest.raises(UserError):
        cash.action_pos_order_invoice()
    cash.write({"partner_id": customer.id})
    cash.action_pos_order_invoice()
    later.action_pos_order_invoice()
    assert cash.account_move.payment_state in {"paid", "in_payment"}
    assert later.account_move.amount_residual == Decimal("4.60")
    assert cash.action_pos_order_invoice()["res_id"] == cash.account_move.id
    lines = env["account.move.line"].search([("parent_state", "=", "posted")])
    found = {}
    for line in lines:
        found[line.account_id.code] = found.get(line.account_id.code, Decimal(0)) + line.balance
    assert {code: amount for code, amount in found.items() if amount} == {
        "400000": Decimal("-9.00"),
        "251000": Decimal("-1.35"),
        "101000": Decimal("5.75"),
        "121000": Decimal("4.60"),
    }
    assert customer.credit == Decimal("4.60")


def test_no_more_comes_back_than_went_out(env, session, goods, methods, sell):
    sold = sell([(goods.bread, 2)], [(methods.cash, 5.75)])
    back = sold.refund()
    assert back.amount_total == Decimal("-5.75")
    with pytest.raises(UserError):
        sold.refund()
    with pytest.raises(ValidationError) as caught:
        back.lines.write({"qty": -3})
    assert caught.value.problems[0].code == "too_many"


def test_a_paid_ticket_stays(env, session, goods, methods, sell):
    order = sell([(goods.bread, 1)], [(methods.cash, 5)])
    for change in (
        lambda: order.write({"state": "draft"}),
        lambda: order.write({"date_order": "2030-01-01 00:00:00"}),
        lambda: order.lines.write({"price_unit": 1}),
        order.lines.unlink,
        lambda: order.payment_ids.write({"amount": 1}),
        lambda: order.write({"lines": [Command.create({"product_id": goods.jam.id})]}),
        order.unlink,
        order.copy,
        order.action_pos_order_cancel,
        lambda: session.write({"state": "closed"}),
    ):
        with pytest.raises(UserError), env.savepoint():
            change()
    assert order.amount_total == Decimal("2.88")


def test_a_cashier_does_a_day_with_ordinary_rights(env, shop, goods, customer):
    user = env["res.users"].create(
        {
            "name": "Cas",
            "login": "cas@example.com",
            "groups_id": [Command.link(env.ref("point_of_sale.group_pos_user").id)],
        }
    )
    env.flush()
    cas = env["res.users"].with_user(user.id).env

    def call(model, method, *args):
        return invoke(cas, model, method, args, {})

    session = call("pos.config", "open_ui", [shop.id])
    call("pos.session", "set_opening_control", [session], 0)
    methods = {each.type: each.id for each in shop.payment_method_ids}
    told = call(
        "pos.order",
        "sync_from_ui",
        [
            {
                "uuid": "u1",
                "session_id": session,
                "lines": [[0, 0, {"product_id": goods.bread.id, "qty": 1}]],
                "payment_ids": [[0, 0, {"payment_method_id": methods["cash"], "amount": 3}]],
            },
            {
                "uuid": "u2",
                "session_id": session,
                "partner_id": customer.id,
                "to_invoice": True,
                "lines": [[0, 0, {"product_id": goods.bread.id, "qty": 1}]],
                "payment_ids": [[0, 0, {"payment_method_id": methods["bank"], "amount": 2.88}]],
            },
        ],
    )
    row, invoiced = told["pos.order"]
    assert env["account.move"].browse(invoiced["account_move"]).state == "posted"
    with pytest.raises(AccessError):
        call("account.move", "read", [invoiced["account_move"]])
    call("pos.session", "try_cash_in_out", [session], "in", 5, "Coins")
    call("pos.order", "refund", [row["id"]])
    drafts = call("pos.order", "search", [["state", "=", "draft"]])
    call("pos.order", "action_pos_order_cancel", drafts)
    call("pos.session", "post_closing_cash_details", [session], 7.88)
    call("pos.session", "action_pos_session_close", [session])
    closed = env["pos.session"].browse(session)
    assert (closed.move_id.state, closed.cash_register_difference) == ("posted", 0)
    call("pos.order", "write", [row["id"]], {"partner_id": customer.id})
    call("pos.order", "action_pos_order_invoice", [row["id"]])
    with pytest.raises(AccessError):
        call("pos.config", "write", [shop.id], {"name": "Mine"})


def test_many_tickets_cost_hardly_more_statements_than_few(env, session, goods, methods, ticket):
    spent = []
    for count in (5, 100):
        sent = [ticket([(goods.bread, 1), (goods.jam, 2)], [(methods.cash, 20)]) for _ in range(count)]
        env.flush()
        before = env.tx.statements
        env["pos.order"].sync_from_ui(sent)
        env.flush()
        spent.append(env.tx.statements - before)
    assert spent[1] <= spent[0] + 10
