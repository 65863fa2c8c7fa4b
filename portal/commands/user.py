"""``perfanalysis portal user``: people who log in to the pages, for whoever has the database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from perfanalysis.errors import InputError
from portal.access import people, scopes
from portal.access.oidc.provider import check_url
from portal.access.people import KnownIdentity, NewUser
from portal.commands import options
from portal.records.tenant_session import TenantSession
from portal.tenancy.provisioning import local_person

_FILE = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file whose first line is the password; -: standard input. Without it, it is asked for.",
)
_ISSUER = click.option(
    "--oidc-issuer", metavar="URL", help="With --oidc-subject: the provider, as it calls itself."
)
_SUBJECT = click.option(
    "--oidc-subject",
    metavar="ID",
    help="Let in whom that provider names so (`serve --oidc-subject-claim`), whatever address they "
    "have.",
)


@click.group()
def user() -> None:
    """Make, list and disable users, and set their passwords."""


@user.command("create")
@options.database
@options.TENANT
@click.argument("name")
@click.option(
    "--scope",
    "chosen",
    multiple=True,
    type=click.Choice(scopes.SCOPES),
    default=("read",),
    show_default=True,
    help="What they may do; can be given several times.",
)
@click.option(
    "--oidc-email",
    metavar="ADDRESS",
    help="Let in whom the identity provider of `serve` knows by it; the password is optional then.",
)
@_ISSUER
@_SUBJECT
@_FILE
def create(  # noqa: PLR0913, PLR0917 - one for each option
    database: str | None,
    database_file: Path | None,
    tenant: str | None,
    name: str,
    chosen: tuple[str, ...],
    oidc_email: str | None,
    oidc_issuer: str | None,
    oidc_subject: str | None,
    password_file: Path | None,
) -> None:
    """Make a user."""
    known = _identity(oidc_issuer, oidc_subject, oidc_email)
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        by_provider = oidc_email is not None or known is not None
        none = by_provider and password_file is None
        password = None if none else _password(password_file)
        new = NewUser(name, chosen, password, oidc_email, *(known or ()))
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            people.create(session, local_person(row, options.person()), new)
    click.echo(f"the user {name} of the tenant {row.name} may {scopes.joined(chosen)}")


@user.command("list")
@options.database
@options.TENANT
def listing(database: str | None, database_file: Path | None, tenant: str | None) -> None:
    """List users: state, scopes, last log-in, name."""
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id) as session:
            for found in people.listed(session):
                at = found.last_login_at
                used = "never logged in" if at is None else f"logged in {at:%Y-%m-%d %H:%M}"
                state = "enabled" if found.disabled_at is None else "disabled"
                click.echo("  ".join((state, found.scopes, used, found.name)))


@user.command("disable")
@options.database
@options.TENANT
@click.argument("name")
@click.option("--enable", is_flag=True, help="Let them in again.")
def disable(
    database: str | None, database_file: Path | None, tenant: str | None, name: str, enable: bool
) -> None:
    """Let a user in no more; their sessions end now."""
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            found = people.named(session, name, lock=True)
            caller = local_person(row, options.person())
            people.set_disabled(session, caller, found, disabled=not enable)


@user.command("password")
@options.database
@options.TENANT
@click.argument("name")
@_FILE
def password(
    database: str | None,
    database_file: Path | None,
    tenant: str | None,
    name: str,
    password_file: Path | None,
) -> None:
    """Set a user's password; their sessions end now."""
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        text = _password(password_file)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            found = people.named(session, name, lock=True)
            people.set_password(session, local_person(row, options.person()), found, text)


@user.command("oidc")
@options.database
@options.TENANT
@click.argument("name")
@click.option(
    "--oidc-email", metavar="ADDRESS", help="Without it and a subject, no provider lets them in."
)
@_ISSUER
@_SUBJECT
def oidc(  # noqa: PLR0913, PLR0917 - one for each option
    database: str | None,
    database_file: Path | None,
    tenant: str | None,
    name: str,
    oidc_email: str | None,
    oidc_issuer: str | None,
    oidc_subject: str | None,
) -> None:
    """Have an address let a user in, once, or a provider's subject, and nobody who came in before.

    Their sessions end now.
    """
    known = _identity(oidc_issuer, oidc_subject, oidc_email)
    with options.opened(database, database_file) as engine:
        row = options.tenant_named(engine, tenant)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            found = people.named(session, name, lock=True)
            caller = local_person(row, options.person())
            if known is None:
                people.set_oidc_email(session, caller, found, oidc_email)
            else:
                people.set_oidc_identity(session, caller, found, known)


def _identity(issuer: str | None, subject: str | None, email: str | None) -> KnownIdentity | None:
    """Whom a provider names; an address beside it would be a second way in."""
    if issuer is None and subject is None:
        return None
    if not issuer or not subject or email is not None:
        expected = "--oidc-issuer and --oidc-subject together, without --oidc-email"
        raise InputError("--oidc-subject", "", expected)
    check_url(issuer, "--oidc-issuer")
    return KnownIdentity(issuer, subject)


def _password(file: Path | None) -> str:
    """Of a file or the terminal; never of an argument, which all on this machine see."""
    if file is None:
        if not sys.stdin.isatty():
            raise InputError("--password-file", "", "a file, or - for standard input")
        found: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return found
    try:
        text = sys.stdin.readline() if str(file) == "-" else file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(file), "", "a readable file with a password") from error
    return text.split("\n", 1)[0].rstrip("\r")
