"""The REST door: models under `/api/`, their methods under `/object/`, logging in under `/auth`."""
