"""Who comes in, who does not, and what ends a session."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from portal.access import people
from portal.records.tenant_session import TenantSession
from portal.tenancy import provisioning
from tests.portal.pages.browsing import PASSWORD, browser, user
from tests.portal.serving import Tenant, portal


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    found = portal(engine, "one", is_operator=True)
    user(engine, "one", "ada", "read")
    return found


def test_a_key_and_a_password_let_in(engine: Engine, tenant: Tenant) -> None:
    for fields, name in (({"key": tenant.key}, "first key"), (_ada(), "ada")):
        one = browser(engine)
        assert one.client.get("/").headers["Location"] == "/login"
        answer = one.log_in(**fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert name in one.get("/account")
        held = one.client.cookies["perf_session"]
        assert one.send("/logout", "/").status_code == 303
        one.client.cookies.set("perf_session", held)
        assert one.client.get("/").status_code == 303


def test_cookies_are_for_the_portal_alone(engine: Engine, tenant: Tenant) -> None:
    for secure in (False, True):
        answer = browser(engine, secure=secure).log_in(key=tenant.key)
        for cookie in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=lax" in cookie
            assert ("Secure" in cookie) == secure
            assert cookie.startswith("__Host-") == secure


def test_what_is_wrong_lets_nobody_in(engine: Engine, tenant: Tenant) -> None:
    one = browser(engine)
    same = set()
    for fields in ({"name": "ada", "password": "wrong"}, {"name": "bob", "password": PASSWORD}):
        answer = one.log_in(**fields)
        assert answer.status_code == 401
        same.add("the name or the password is wrong" in answer.text)
    assert same == {True}
    assert one.log_in(key=tenant.key[:-1]).status_code == 401
    assert one.client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/tests?kernel=rmw", "/tests?kernel=rmw"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("tests", "/"),
        ("/a\nb", "/"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_way_on_stays_here(engine: Engine, tenant: Tenant, wanted: str, where: str) -> None:
    answer = browser(engine).log_in(key=tenant.key, next=wanted)
    assert answer.headers["Location"] == where


def test_sessions_end_at_once_in_all_processes(engine: Engine, tenant: Tenant) -> None:
    one, by_key = browser(engine), browser(engine)
    one.log_in(**_ada())
    by_key.log_in(key=tenant.key)
    assert one.client.get("/").status_code == 200
    row = provisioning.by_name(engine, "one")
    with TenantSession(engine, row.id, writes=True) as session, session.begin():
        found = people.named(session, "ada")
        caller = provisioning.local_person(row, "test")
        people.set_disabled(session, caller, found, disabled=True)
    assert one.client.get("/").status_code == 303
    assert one.log_in(**_ada()).status_code == 403
    (key,) = tenant.ok("GET", "/api/v1/keys")["keys"]
    tenant.ok("DELETE", f"/api/v1/keys/{key['id']}")
    assert by_key.client.get("/").status_code == 303


def test_guesses_are_slowed_down_but_not_for_a_browser_that_is_known(
    engine: Engine, tenant: Tenant
) -> None:
    del tenant
    one = browser(engine)
    assert one.log_in(**_ada()).status_code == 303
    one.send("/logout", "/")
    device = one.client.cookies["perf_device"]
    one.client.cookies.delete("perf_device")
    states = [one.log_in(name="ada", password="wrong").status_code for _ in range(11)]
    assert states == [401] * 10 + [429]
    assert one.log_in(**_ada()).status_code == 429
    one.client.cookies.set("perf_device", device)
    assert one.log_in(**_ada()).status_code == 303


def test_another_password_ends_other_sessions(engine: Engine, tenant: Tenant) -> None:
    del tenant
    one, other = browser(engine), browser(engine)
    one.log_in(**_ada())
    other.log_in(**_ada())
    new = "another long password"
    wrong = one.send("/account/password", "/account", old="no", new=new, again=new)
    assert wrong.status_code == 403
    right = one.send("/account/password", "/account", old=PASSWORD, new=new, again=new)
    assert right.status_code == 303
    assert one.client.get("/").status_code == 200
    assert other.client.get("/").status_code == 303
    assert other.log_in(**_ada()).status_code == 401
    assert other.log_in(name="ada", password=new).status_code == 303


def _ada() -> dict[str, str]:
    return {"name": "ada", "password": PASSWORD}
