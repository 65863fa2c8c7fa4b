"""``perfanalysis portal``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _serve() -> click.Command:
    from portal.commands.serve import serving

    return serving


def _migrate() -> click.Command:
    from portal.commands.migrate import migrate

    return migrate


def _tenant() -> click.Command:
    from portal.commands.tenant import tenant

    return tenant


def _key() -> click.Command:
    from portal.commands.key import key

    return key


def _user() -> click.Command:
    from portal.commands.user import user

    return user


def _targets() -> click.Command:
    from portal.commands.targets import targets

    return targets


COMMANDS = {
    "serve": Entry(_serve, "Serve inventory, load tests, tenants and keys by REST, and pages."),
    "migrate": Entry(_migrate, "Bring the database to the schema of this program."),
    "tenant": Entry(_tenant, "Provision tenants, and look after them."),
    "key": Entry(_key, "Make, list, rotate and revoke keys."),
    "user": Entry(_user, "Make, list and disable people who log in to the pages."),
    "targets": Entry(_targets, "Write machines as a file for Prometheus' file discovery."),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def portal() -> None:
    """Keep records of machines, load tests, tenants and keys for many to use."""
