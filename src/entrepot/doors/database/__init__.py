"""Orders about whole databases: the `db` service and the forms under `/web/database`."""
