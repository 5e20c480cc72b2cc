"""External ids of the products that invoices of insured orders need; `data/products.py` makes them.

Their income accounts say where shares, write-offs and discounts are booked.
"""

SHARE = "optometry_billing.product_insurance_share"
"""What a payer takes over: minus on the patient's invoice, plus on the payer's, so that its account comes to nothing."""
ADJUSTMENT = "optometry_billing.product_insurance_adjustment"
"""What a payer neither pays nor leaves to the patient: a write-off."""
DISCOUNT = "optometry_billing.product_plan_discount"
"""What a plan has agreed as discount on what lies above its allowance."""
