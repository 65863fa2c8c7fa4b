"""Types of many providers, out of Spare Cores' database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from perfanalysis.errors import MalformedError
from prices.reading.amounts import decimal_of, refused
from prices.reading.spare_cores import PROVIDERS, columns_of, database_of, opened_database
from prices.types.machine_type import MIB, MachineType, TypeSource, whole

NAME = "spare-cores-servers"
ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64", "i386": "i686"}
_NEEDED = ("vendor_id", "server_id", "api_reference", "vcpus", "memory_amount", "status")


def read(path: Path) -> Iterator[MachineType]:
    """The active servers; without those whose vCPUs or memory the database does not know."""
    path = database_of(path)
    with opened_database(path) as connection:
        known = columns_of(connection, path, "server", _NEEDED)
        optional = [
            name if name in known else f"NULL AS {name}"
            for name in ("cpu_cores", "cpu_architecture")
        ]
        network = "CAST(network_speed AS TEXT)" if "network_speed" in known else "NULL"
        # The columns are names of this file, none of anybody's.
        query = (
            "SELECT rowid, vendor_id, coalesce(nullif(api_reference, ''), server_id), vcpus,"  # noqa: S608
            f" CAST(memory_amount AS INTEGER), {', '.join(optional)}, {network} FROM server"
            " WHERE lower(status) = 'active' AND vcpus > 0 AND memory_amount > 0"
        )
        for (
            number,
            vendor,
            name,
            vcpus,
            memory,
            cores,
            architecture,
            gigabits,
        ) in connection.execute(query):
            try:
                yield MachineType(
                    PROVIDERS.get(vendor, vendor),
                    str(name),
                    whole(vcpus),
                    whole(memory, MIB),
                    f"{NAME} {path.name}",
                    cores=None if cores is None else whole(cores),
                    architecture=ARCHITECTURES.get(str(architecture).lower(), ""),
                    network_baseline_bits=(
                        None if gigabits is None else whole(decimal_of(gigabits), 10**9)
                    ),
                )
            except MalformedError as error:
                raise refused(str(path), f"server, row {number}", error) from error


SOURCE = TypeSource(
    NAME,
    "servers of many providers, of Spare Cores' SQLite database",
    "https://dbdocs.io/spare-cores/sc-crawler",
    read,
)
