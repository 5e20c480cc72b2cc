"""The language in which REST clients say what they want to see: `{id, name, line_ids(limit: 3){product_id{name}}}`."""
