"""/account: who the visitor is, what they may do, their password and sessions."""

from __future__ import annotations

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.responses import Response

from portal.access import passwords, people, scopes, sessions
from portal.access.caller import Caller
from portal.api.state import state_of
from portal.pages.rendering import page
from portal.pages.routing import Sent, Visitor, pages

router = pages()


@router.get("/account")
def account(request: Request, caller: Visitor) -> Response:
    """The page."""
    return _shown(request, caller, None, 200)


@router.post("/account/password")
def change_password(request: Request, caller: Visitor, fields: Sent) -> Response:
    """Take another password, from who knows the one before; other sessions end."""
    if caller.user is None:
        raise HTTPException(403, "this is the session of a key, which has no password")
    old, new, again = (_as_typed(fields, name) for name in ("old", "new", "again"))
    if new != again:
        return _shown(request, caller, "the two new passwords differ", 422)
    state = state_of(request)
    if wait := state.guesses.take(caller.shown, "account", str(caller.session)):
        return _shown(request, caller, f"too many attempts: wait {wait:.0f} seconds", 429)
    with state.writing(caller) as session:
        row = people.named(session, caller.shown, lock=True)
        right = passwords.is_right(row.password, old)
        if right:
            people.set_password(session, caller, row, new)
    if not right:
        return _shown(request, caller, "the old password is wrong", 403)
    state.guesses.right(caller.shown, "account", str(caller.session))
    return RedirectResponse("/account", 303)


@router.post("/account/sessions/end")
def end_others(request: Request, caller: Visitor, fields: Sent) -> Response:
    """End the visitor's other sessions now."""
    del fields
    if caller.user is not None:
        with state_of(request).writing(caller) as session:
            sessions.end_all_of(session, caller.user, but=caller.session)
    return RedirectResponse("/account", 303)


def _shown(request: Request, caller: Caller, wrong: str | None, status: int) -> Response:
    may = {scope: said for scope, said in scopes.MEANINGS.items() if scope in caller.scopes}
    return page(
        request,
        "account",
        status,
        may=may,
        wrong=wrong,
        shortest=passwords.SHORTEST,
        pushes=state_of(request).push is not None,
    )


def _as_typed(fields: FormData, name: str) -> str:
    found = fields.get(name, "")
    return found if isinstance(found, str) else ""
