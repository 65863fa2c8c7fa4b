"""/login/oidc: to the identity provider, and back from it."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from portal.access.authentication import NoEntryError
from portal.access.oidc import attempts
from portal.access.oidc.attempts import OidcAttempt
from portal.access.oidc.entering import by_identity
from portal.access.oidc.id_tokens import OidcRefusedError
from portal.access.oidc.provider import CALLBACK, OidcProvider, OidcUnavailableError
from portal.api.browser_sessions import cookie, request_id_of
from portal.api.state import state_of
from portal.pages import cookies
from portal.pages.local_paths import local_path
from portal.pages.log_in import device_of, entered, shown
from portal.pages.routing import pages

router: APIRouter = pages()
_LOG = logging.getLogger(__name__)
_MOST_CODE = 4096
OVER = (
    "this log-in was begun in another browser, was answered already, or was begun more than 10 "
    "minutes ago: begin it again"
)
REFUSED = "the identity provider did not let you in: begin again, or log in another way"
AWAY = "the identity provider does not answer now: try again, or log in another way"


@router.get("/login/oidc")
def leave_for(request: Request, next: str | None = None) -> Response:  # noqa: A002 - of the address
    """To the provider."""
    provider = _provider(request)
    attempt, held = attempts.begin(provider.key, local_path(next), time.time())
    try:
        url = provider.authorization_url(attempt)
    except OidcUnavailableError as error:
        return _away(request, error, attempt.after)
    answer = RedirectResponse(url, 303)
    cookies.put(request, answer, "oidc", held, timedelta(seconds=attempts.LONGEST))
    return answer


@router.get(CALLBACK)
def come_back(
    request: Request, state: str = "", code: str = "", error: str = "", iss: str | None = None
) -> Response:
    """From the provider."""
    provider = _provider(request)
    held = cookie(request, "oidc")
    attempt = attempts.read(provider.key, held, time.time()) if held else None
    if attempt is None or not attempt.is_answered_by(state) or not provider.use(attempt):
        answer = shown(request, "/", OVER, 400)
    elif error or not 0 < len(code) <= _MOST_CODE or iss not in {None, provider.settings.issuer}:
        answer = shown(request, attempt.after, REFUSED, 403)
    else:
        answer = _answered(request, provider, attempt, code)
    cookies.forget(request, answer, "oidc")
    return answer


def _answered(
    request: Request, provider: OidcProvider, attempt: OidcAttempt, code: str
) -> Response:
    engine, request_id = state_of(request).engine, request_id_of(request)
    tenant = provider.settings.tenant
    try:
        identity = provider.identity(code, attempt)
        begun = by_identity(engine, tenant, identity, request_id, device_of(request))
    except OidcUnavailableError as error:
        return _away(request, error, attempt.after)
    except OidcRefusedError as error:
        _LOG.warning("a log-in by OIDC is refused: %s", error)
        return shown(request, attempt.after, REFUSED, 403)
    except NoEntryError as error:
        return shown(request, attempt.after, str(error), 403)
    return entered(request, begun, local_path(attempt.after))


def _provider(request: Request) -> OidcProvider:
    found = state_of(request).oidc
    if found is None:
        raise HTTPException(404, "there is no such page")
    return found


def _away(request: Request, error: OidcUnavailableError, after: str) -> Response:
    _LOG.warning("the identity provider cannot be used: %s", error)
    return shown(request, after, AWAY, 503)
