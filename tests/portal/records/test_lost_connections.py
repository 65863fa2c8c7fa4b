"""Connections to a real PostgreSQL that are of no more use are given up, and not for ever used."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from portal.records.pipelines import Said, pipelined
from tests.portal.postgres import SERVING, Postgres

WRITE = "UPDATE tenants SET name = name"
ONLY_READS = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"


def plain(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(WRITE)


def by_pipeline(engine: Engine) -> None:
    with pipelined(engine) as connection:
        connection.ask(Said(WRITE, {}), commit=True)


@pytest.mark.parametrize("write", [plain, by_pipeline])
def test_a_server_that_only_reads_is_left(
    write: Callable[[Engine], None],
    postgres_server: Postgres,
    postgres_template: str,
    open_database: Callable[[str], Engine],
) -> None:
    engine = open_database(
        postgres_server.url(SERVING, postgres_server.database(postgres_template))
    )
    write(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(ONLY_READS)
    with pytest.raises(OperationalError, match="read-only"):
        write(engine)
    write(engine)


def test_a_way_that_is_cut_is_given_up_within_seconds(
    postgres_server: Postgres, postgres_template: str, open_database: Callable[[str], Engine]
) -> None:
    url = postgres_server.url(SERVING, postgres_template)

    def told(url: str) -> dict[str, str]:
        with open_database(url).connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            return driver.info.get_parameters()

    assert told(url)["tcp_user_timeout"] == "10000"
    assert told(url)["keepalives_idle"] == "5"
    # Whoever says it otherwise is heard.
    assert told(f"{url}?tcp_user_timeout=3000")["tcp_user_timeout"] == "3000"
