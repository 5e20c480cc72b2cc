"""The web session: `/web/session`, `/web/dataset`, and the two pages a browser needs to log in."""
