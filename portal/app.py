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


def _doctor() -> click.Command:
    from portal.commands.doctor import doctor

    return doctor


def _user() -> click.Command:
    from portal.commands.user import user

    return user


def _targets() -> click.Command:
    from portal.commands.targets import targets

    return targets


def _ask() -> click.Command:
    from portal.commands.ask.group import ask

    return ask


def _import_old() -> click.Command:
    from portal.commands.import_old import import_old

    return import_old


# What a portal is made of; who only asks one elsewhere needs none of it.
_OWN = ("portal", ("alembic", "fastapi", "sqlalchemy", "uvicorn"))
COMMANDS = {
    "serve": Entry(
        _serve, "Serve machines, load tests, tenants and keys by REST, and pages.", *_OWN
    ),
    "migrate": Entry(_migrate, "Bring the database to the schema of this program.", *_OWN),
    "tenant": Entry(_tenant, "Provision tenants, and look after them.", *_OWN),
    "key": Entry(_key, "Make, list, rotate and revoke keys.", *_OWN),
    "user": Entry(_user, "Make, list and disable people who log in to the pages.", *_OWN),
    "doctor": Entry(
        _doctor, "Look whether all is well, and say what to do where it is not.", *_OWN
    ),
    "targets": Entry(_targets, "Write machines as a file for Prometheus' file discovery.", *_OWN),
    "ask": Entry(_ask, "Ask a portal elsewhere, over its API."),
    "import-old": Entry(_import_old, "Move the old portal's tables into this one.", *_OWN),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def portal() -> None:
    """Keep records of machines, load tests, tenants and keys for many to use."""
