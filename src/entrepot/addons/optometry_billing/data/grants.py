"""What the clinic's roles bring along from the business add-ons; the administrator manages all of it."""

from __future__ import annotations

from entrepot.api import Command, Environment

_ROLES = (
    ("optometry.group_biller", ("account.group_account_invoice", "sale.group_sale_salesman")),
    ("optometry.group_optician", ("sale.group_sale_salesman", "stock.group_stock_user")),
    ("optometry.group_front_desk", ("sale.group_sale_salesman",)),
    (
        "optometry.group_manager",
        (
            *("account.group_account_manager", "sale.group_sale_manager", "stock.group_stock_manager"),
            "product.group_product_manager",
        ),
    ),
)


def load(env: Environment) -> None:
    """Let the roles imply the groups their work needs."""
    for role, groups in _ROLES:
        brought = [Command.link(env.ref(group).id) for group in groups]
        env.ref(role).write({"implied_ids": brought})
