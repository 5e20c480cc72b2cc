"""XML-RPC, versions 1 and 2 of Odoo's addresses."""
