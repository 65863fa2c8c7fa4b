"""Log-in by a real provider on this machine: whom it lets in, and whom not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
import requests
from oidc_provider_mock import User, run_server_in_thread
from sqlalchemy import Engine

from portal.access import people
from portal.access.oidc.provider import CALLBACK, OidcProvider, OidcSettings
from portal.access.people import NewUser
from portal.records.tenant_session import TenantSession
from portal.tenancy import provisioning
from tests.portal.pages.browsing import Browser, browser
from tests.portal.serving import portal

HERE = f"http://portal.example{CALLBACK}"
SECRET = "a secret of the client"
ADA = {"email": "Ada@example.org", "email_verified": True}
PEOPLE = [
    User(sub="ada", claims=ADA),
    User(sub="else", claims=ADA),
    User(sub="unverified", claims=ADA | {"email_verified": False}),
    User(sub="bob", claims={"email": "bob@example.org", "email_verified": True}),
    User(sub="stranger", claims={"email": "stranger@example.org", "email_verified": True}),
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@dataclass
class Site:
    """A portal with a provider; "ada" is of its tenant, "bob" of another one."""

    engine: Engine
    provider: OidcProvider

    def browser(self) -> Browser:
        return browser(self.engine, oidc=self.provider)

    def users(self) -> dict[str, tuple[str | None, str | None]]:
        found = {}
        for name in ("one", "other"):
            row = provisioning.by_name(self.engine, name)
            with TenantSession(self.engine, row.id) as session:
                for user in people.listed(session):
                    found[user.name] = (user.oidc_issuer, user.oidc_subject)
        return found


@pytest.fixture
def site(engine: Engine, issuer: str) -> Site:
    for tenant, name, email in (
        ("one", "ada", "ada@EXAMPLE.org"),
        ("other", "bob", "bob@example.org"),
    ):
        portal(engine, tenant, is_operator=tenant == "one")
        row = provisioning.by_name(engine, tenant)
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            caller = provisioning.local_person(row, "test")
            people.create(session, caller, NewUser(name, ("read",), oidc_email=email))
    tenant_id = provisioning.by_name(engine, "one").id
    return Site(engine, OidcProvider(OidcSettings(issuer, "portal", SECRET, HERE, tenant_id)))


def begin(one: Browser, after: str = "/") -> str:
    """The URL at the provider to which the portal sends a browser."""
    answer = one.client.get(f"/login/oidc?next={quote(after, safe='')}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def allowed(url: str, subject: str) -> str:
    """What a browser is told to load when the provider has let somebody in."""
    answer = requests.post(url, data={"sub": subject}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    where = answer.headers["Location"]
    assert where.startswith(HERE)
    return where


def changed(url: str, **values: str) -> str:
    query = {name: given[0] for name, given in parse_qs(urlsplit(url).query).items()}
    return f"{url.partition('?')[0]}?{urlencode(query | values)}"


def comes_in(one: Browser, subject: str, after: str = "/") -> Any:
    return one.client.get(allowed(begin(one, after), subject))


def test_the_first_log_in_binds_and_others_come_back(site: Site, issuer: str) -> None:
    one = site.browser()
    assert f"Log in with {urlsplit(issuer).netloc}" in one.get("/login?next=/machines")
    answer = comes_in(one, "ada", "/tests?kernel=rmw")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tests?kernel=rmw")
    assert "ada" in one.get("/account")
    assert site.users() == {"ada": (issuer, "ada"), "bob": (None, None)}
    assert comes_in(site.browser(), "ada").headers["Location"] == "/"
    # The same address of another subject is another person's by now.
    assert comes_in(site.browser(), "else").status_code == 403
    assert site.users()["ada"] == (issuer, "ada")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("unverified", "verify it there"),
        ("stranger", "ask who looks after the portal"),
        # Of another tenant, whose users do not come in by this provider.
        ("bob", "ask who looks after the portal"),
    ],
)
def test_who_is_not_let_in(site: Site, subject: str, said: str) -> None:
    one = site.browser()
    answer = comes_in(one, subject)
    assert answer.status_code == 403
    assert said in answer.text
    assert one.client.get("/").status_code == 303
    assert site.users() == {"ada": (None, None), "bob": (None, None)}


def test_who_is_disabled(site: Site) -> None:
    row = provisioning.by_name(site.engine, "one")
    with TenantSession(site.engine, row.id, writes=True) as session, session.begin():
        caller = provisioning.local_person(row, "test")
        people.set_disabled(session, caller, people.named(session, "ada"), disabled=True)
    assert comes_in(site.browser(), "ada").status_code == 403
    assert site.users()["ada"] == (None, None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_answer_is_of_one_browser_and_counts_once(site: Site) -> None:
    one = site.browser()
    url = begin(one)
    query = parse_qs(urlsplit(url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid email"]
    back = allowed(url, "ada")
    assert site.browser().client.get(back).status_code == 400
    held = one.client.cookies["perf_oidc"]
    assert one.client.get(changed(back, state="other")).status_code == 400
    for name in ("perf_oidc", "perf_session"):
        assert name not in one.client.cookies
    one.client.cookies.set("perf_oidc", held)
    assert one.client.get(back).status_code == 303
    one.client.cookies.set("perf_oidc", held)
    assert one.client.get(back).status_code == 400


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "changes", [{"code": "other"}, {"iss": "https://other.example"}, {"error": "access_denied"}]
)
def test_answers_that_are_refused(site: Site, changes: dict[str, str]) -> None:
    one = site.browser()
    answer = one.client.get(changed(allowed(begin(one), "ada"), **changes))
    assert answer.status_code == 403
    assert "did not let you in" in answer.text
    assert site.users()["ada"] == (None, None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_token_of_another_log_in_is_refused(site: Site) -> None:
    one = site.browser()
    answer = one.client.get(allowed(changed(begin(one), nonce="other"), "ada"))
    assert answer.status_code == 403
    assert site.users()["ada"] == (None, None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wanted", ["//elsewhere.example", "https://elsewhere.example/", "/\\e"])
def test_the_way_on_stays_here(site: Site, wanted: str) -> None:
    assert comes_in(site.browser(), "ada", wanted).headers["Location"] == "/"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_providers_that_cannot_be_used(site: Site, issuer: str) -> None:
    # It calls itself "localhost": another spelling is another issuer.
    other = issuer.replace("localhost", "127.0.0.1") + "/"
    for url in (other, f"{issuer}/none"):
        of = site.provider.settings
        provider = OidcProvider(OidcSettings(url, "portal", SECRET, HERE, of.tenant))
        answer = browser(site.engine, oidc=provider).client.get("/login/oidc")
        assert answer.status_code == 503
        assert "does not answer now" in answer.text
    assert browser(site.engine).client.get("/login/oidc").status_code == 404
    assert "Log in with" not in browser(site.engine).get("/login")
