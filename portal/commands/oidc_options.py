"""The options of ``serve`` for log-in by OIDC; a command gets them as one argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy import Engine

from perfanalysis.errors import InputError
from portal.access.oidc.id_tokens import SUBJECT_CLAIMS
from portal.access.oidc.provider import CALLBACK, OidcProvider, OidcSettings, check_url
from portal.commands import options

_SHORTEST_SECRET = 16
_OPTIONS = (
    click.option(
        "--oidc-issuer",
        metavar="URL",
        help="Let users log in by this OpenID Connect provider, as it calls itself.",
    ),
    click.option("--oidc-client-id", metavar="ID", help="Of this portal at the provider."),
    click.option(
        "--oidc-client-secret-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file whose first line is this portal's secret at the provider.",
    ),
    click.option(
        "--oidc-redirect-url",
        metavar="URL",
        help=f"As it is known to the provider: https://HOST{CALLBACK}.",
    ),
    click.option(
        "--oidc-tenant",
        metavar="NAME",
        help="Whose users come in by it; needed where there are several tenants.",
    ),
    click.option(
        "--oidc-subject-claim",
        type=click.Choice(SUBJECT_CLAIMS),
        default=SUBJECT_CLAIMS[0],
        show_default=True,
        help="What names a person in its tokens; oid: Entra ID's object id.",
    ),
)


@dataclass(frozen=True)
class OidcOptions:
    """The options, of which the first four are all given."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_url: str
    tenant: str | None
    subject_claim: str

    def provider(self, engine: Engine) -> OidcProvider:
        """The provider that they name.

        Raises:
            InputError, NotThereError: it is not clear which tenant, or there is none.
        """
        tenant = options.tenant_named(engine, self.tenant, "--oidc-tenant").id
        client = (self.issuer, self.client_id, self.secret, self.redirect_url)
        return OidcProvider(OidcSettings(*client, tenant, self.subject_claim))


def oidc(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command's argument ``oidc`` is None where none is given."""

    @wraps(command)
    def with_one(*given: Any, **named: Any) -> Any:
        found = [
            named.pop(f"oidc_{name}")
            for name in ("issuer", "client_id", "client_secret_file", "redirect_url", "tenant")
        ]
        claim = named.pop("oidc_subject_claim")
        return command(*given, oidc=_checked(*found, subject_claim=claim), **named)

    wrapped: Callable[..., Any] = with_one
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _checked(  # noqa: PLR0913 - one for each option
    issuer: str | None,
    client_id: str | None,
    secret: Path | None,
    redirect_url: str | None,
    tenant: str | None,
    *,
    subject_claim: str,
) -> OidcOptions | None:
    if not any((issuer, client_id, secret, redirect_url, tenant)):
        return None
    if not issuer or not client_id or not secret or not redirect_url:
        expected = "--oidc-issuer, --oidc-client-id, --oidc-client-secret-file and "
        raise InputError("--oidc-issuer", "", expected + "--oidc-redirect-url, all four")
    check_url(issuer, "--oidc-issuer")
    check_url(redirect_url, "--oidc-redirect-url")
    if urlsplit(redirect_url).path != CALLBACK or urlsplit(redirect_url).query:
        raise InputError("--oidc-redirect-url", "", f"a URL that ends in {CALLBACK}", redirect_url)
    return OidcOptions(issuer, client_id, _secret(secret), redirect_url, tenant, subject_claim)


def _secret(file: Path) -> str:
    try:
        found = file.read_text().split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(file), "", "a readable file with a client secret") from error
    if len(found) < _SHORTEST_SECRET:
        raise InputError(str(file), "", f"a secret of at least {_SHORTEST_SECRET} characters")
    return found
