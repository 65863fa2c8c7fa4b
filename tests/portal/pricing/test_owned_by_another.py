"""A book of an earlier version in PostgreSQL, and imports by a role that owns no tables."""

from __future__ import annotations

import psycopg

from prices.book.look_up import WantedPrice, look_up
from prices.book.opening import named, opened
from prices.book.writing import write
from tests.portal.api.price_book import BEGIN, LIST
from tests.portal.postgres import OWNER, SERVING, Postgres

BEFORE = "DROP INDEX prices_by_import; CREATE INDEX prices_by_source ON prices (source_id);"


def test_who_owns_no_tables_imports_as_before(postgres_server: Postgres) -> None:
    database = postgres_server.database()
    owner = postgres_server.url(OWNER, database)
    with opened(named(owner), make=True):
        pass
    with psycopg.connect(owner) as connection:
        for kind in ("TABLES", "SEQUENCES"):
            connection.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {SERVING}")
        connection.execute(BEFORE)
    with opened(named(postgres_server.url(SERVING, database)), make=True) as book:
        write(book, [LIST], BEGIN)
        wanted = WantedPrice("aws", BEGIN, "eu-1", instance_type="m7i.large")
        assert look_up(book, wanted) is not None
    with psycopg.connect(owner) as connection:
        asked = "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'prices_by%'"
        assert connection.execute(asked).fetchall() == [("prices_by_source",)]
    with opened(named(owner), make=True):
        pass
    with psycopg.connect(owner) as connection:
        assert connection.execute(asked).fetchall() == [("prices_by_import",)]
