"""``perfanalysis portal tenant``: provision, list, limit, suspend, export and delete tenants."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Engine

from perfanalysis.delivery.spool import sync_folder
from perfanalysis.errors import InputError, PerfAnalysisError
from portal.access.caller import Caller
from portal.commands import options
from portal.commands.snippets import snippets
from portal.records.tenants import TenantRow
from portal.tenancy import deleting, exporting, limiting, provisioning

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@click.group()
def tenant() -> None:
    """Provision tenants, and look after them."""


tenant.add_command(snippets)


@tenant.command("create")
@options.database
@click.argument("name")
@click.option("--operator", is_flag=True, help="Its admin keys provision other tenants.")
def create(database: str | None, database_file: Path | None, name: str, operator: bool) -> None:
    """Make a tenant and print its first key, once."""
    if not _NAME.fullmatch(name):
        raise InputError("NAME", "", "up to 63 letters, digits, '.', '_' and '-'", name)
    with options.opened(database, database_file) as engine:
        _, key = provisioning.provision(engine, None, name, is_operator=operator)
    click.echo(key.text)


@tenant.command("list")
@options.database
def listing(database: str | None, database_file: Path | None) -> None:
    """List tenants: name, state, id, and which is the operator's."""
    with options.opened(database, database_file) as engine:
        cursor: str | None = None
        while True:
            found = provisioning.tenants(engine, cursor, 100)
            for row in found.rows:
                mark = "  operator" if row.is_operator else ""
                click.echo(f"{row.name}  {row.state}  {row.id}{mark}")
            cursor = found.cursor
            if cursor is None:
                return


@tenant.command("suspend")
@options.database
@click.argument("name")
def suspend(database: str | None, database_file: Path | None, name: str) -> None:
    """Have none of its keys let anybody in."""
    with options.opened(database, database_file) as engine:
        row = provisioning.by_name(engine, name)
        provisioning.set_state(engine, _caller(engine, row), row.id, suspended=True)


@tenant.command("resume")
@options.database
@click.argument("name")
def resume(database: str | None, database_file: Path | None, name: str) -> None:
    """Let its keys in again."""
    with options.opened(database, database_file) as engine:
        row = provisioning.by_name(engine, name)
        provisioning.set_state(engine, _caller(engine, row), row.id, suspended=False)


@tenant.command("quota")
@options.database
@click.argument("name")
@click.option("--tests-per-day", metavar="N", help="Days are of UTC; 'any' ends the limit.")
@click.option("--machines", metavar="N", help="Entries that were not merged.")
@click.option("--stored-bytes", metavar="N", help="Of documents, as they came.")
@click.option("--keys", metavar="N", help="Neither revoked nor over.")
def quota(database: str | None, database_file: Path | None, name: str, **given: str | None) -> None:
    """Show what a tenant may have and has, after setting what is given."""
    limits = {what: _most(what, text) for what, text in given.items() if text is not None}
    with options.opened(database, database_file) as engine:
        row = provisioning.by_name(engine, name)
        if limits:
            limiting.set_limits(engine, _caller(engine, row), row.id, limits)
        for what, found in limiting.of_tenant(engine, row.id).items():
            most = "any" if found.most is None else f"{found.most}"
            click.echo(f"{what.replace('_', ' ')}: {found.used} of {most}")


def _most(name: str, text: str) -> int | None:
    if text == "any":
        return None
    bits = 63 if name == "stored_bytes" else 31
    if not text.isascii() or not text.isdecimal() or int(text[:20]) >= 2**bits:
        flag = f"--{name.replace('_', '-')}"
        raise InputError(flag, "", f"'any' or a whole number of at most {bits} bits", text)
    return int(text)


@tenant.command("export")
@options.database
@click.argument("name")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write, one row a line of JSON.",
)
def export(database: str | None, database_file: Path | None, name: str, output: Path) -> None:
    """Write all that a tenant has."""
    with options.opened(database, database_file) as engine:
        row = provisioning.by_name(engine, name)
        try:
            _write(output, exporting.lines(engine, row.id))
        except OSError as error:
            raise PerfAnalysisError(f"{output}: cannot be written ({error.strerror})") from error


def _write(output: Path, lines: Iterable[bytes]) -> None:
    """A tenant may have more than memory has: line by line, and under its name when it is whole.

    Raises:
        OSError: it cannot be written; nothing is left.
    """
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(handle)
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(output.parent)


@tenant.command("delete")
@options.database
@click.argument("name")
@click.option("--confirm", required=True, help="The name once more.")
def delete(database: str | None, database_file: Path | None, name: str, confirm: str) -> None:
    """Delete a tenant with everything, and print the proof."""
    with options.opened(database, database_file) as engine:
        row = provisioning.by_name(engine, name)
        proof = deleting.delete_tenant(engine, _caller(engine, row), row.id, confirm)
    click.echo(json.dumps(asdict(proof), default=str))


def _caller(engine: Engine, row: TenantRow) -> Caller:
    """Who acts: of the operator's tenant, where there is one."""
    cursor: str | None = None
    while True:
        found = provisioning.tenants(engine, cursor, 100)
        for one in found.rows:
            if one.is_operator:
                return provisioning.local_person(one, options.person())
        cursor = found.cursor
        if cursor is None:
            return provisioning.local_person(row, options.person())
