"""A small database of our own in Spare Cores' layout.

https://dbdocs.io/spare-cores/sc-crawler
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = """
CREATE TABLE region (vendor_id VARCHAR, region_id VARCHAR, name VARCHAR, api_reference VARCHAR);
CREATE TABLE zone (vendor_id VARCHAR, region_id VARCHAR, zone_id VARCHAR, api_reference VARCHAR);
CREATE TABLE server (vendor_id VARCHAR, server_id VARCHAR, api_reference VARCHAR, vcpus INTEGER,
    cpu_cores INTEGER, cpu_architecture VARCHAR, memory_amount INTEGER, network_speed FLOAT,
    status VARCHAR(8));
CREATE TABLE server_price (vendor_id VARCHAR, region_id VARCHAR, zone_id VARCHAR,
    server_id VARCHAR, operating_system VARCHAR, allocation VARCHAR(8), unit VARCHAR(8),
    price FLOAT, price_upfront FLOAT, price_tiered JSON, currency VARCHAR, status VARCHAR(8),
    observed_at DATETIME);
INSERT INTO region VALUES ('gcp', '1000', 'Iowa', 'us-central1'), ('aws', 'us-east-1', 'V', '');
INSERT INTO zone VALUES ('gcp', '1000', '2000', 'us-central1-a'), ('aws', 'us-east-1', 'a', NULL);
INSERT INTO server VALUES
    ('gcp', '1', 'n2-standard-4', 4, 2, 'X86_64', 16384, 10.0, 'ACTIVE'),
    ('aws', 'm6g.large', 'm6g.large', 2, NULL, 'ARM64', 8192, NULL, 'ACTIVE'),
    ('aws', 'm1.small', 'm1.small', 1, 1, 'X86_64', 1740, NULL, 'INACTIVE');
"""
PRICE = ("gcp", "1000", "2000", "1", "Linux", "ONDEMAND", "HOUR", 0.1942, 0.0, "[]", "USD")
SEEN = "2026-11-01 02:03:04.000000"


def database(path: Path, *prices: tuple[object, ...]) -> Path:
    """A file with these rows of prices."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES)
        marks = ",".join("?" * 13)
        connection.executemany(f"INSERT INTO server_price VALUES ({marks})", prices)
        connection.commit()
    return path
