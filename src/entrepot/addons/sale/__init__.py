"""Sales: from the quotation over the order to delivery and invoice."""
