"""Log-in by a real provider on this machine: whom it lets in, and whom not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import flask
import pytest
import requests
from click.testing import CliRunner
from oidc_provider_mock import User, run_server_in_thread
from sqlalchemy import Engine

from perfanalysis.errors import InputError
from portal.access import people
from portal.access.oidc.provider import CALLBACK, OidcProvider, OidcSettings
from portal.access.people import KnownIdentity, NewUser
from portal.commands.serve import serving
from portal.commands.user import user
from portal.records.faults import ConflictError
from portal.records.tenant_session import TenantSession
from portal.tenancy import provisioning
from tests.portal.conftest import Database
from tests.portal.pages.browsing import Browser, browser
from tests.portal.running import running
from tests.portal.serving import portal

HERE = f"http://portal.example{CALLBACK}"
SECRET = "a secret of the client"
ADA = {"email": "Ada@example.org", "email_verified": True}
PEOPLE = [
    User(sub="ada", claims=ADA),
    User(sub="else", claims=ADA),
    User(sub="unverified", claims=ADA | {"email_verified": False}),
    User(sub="bob", claims={"email": "bob@example.org", "email_verified": True}),
    # As Entra ID names people: an address that nobody has verified, and its object id.
    User(sub="pairwise", claims={"email": "ada@example.org", "oid": "object-1"}),
    User(sub="guest", claims={"email": "ada@example.org", "oid": "object-2"}),
    User(sub="stranger", claims={"email": "stranger@example.org", "email_verified": True}),
]


# What the provider was asked for tokens: its form, and who the client says it is.
ASKED: list[dict[str, str]] = []


def _note() -> None:
    if flask.request.path == "/oauth2/token":
        who = flask.request.authorization
        ASKED.append({**flask.request.form, "secret": (who and who.password) or ""})


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        server.app.before_request(_note)  # type: ignore[attr-defined]
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


def allowed(url: str, subject: str, here: str = HERE) -> str:
    """What a browser is told to load when the provider has let somebody in."""
    answer = requests.post(url, data={"sub": subject}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    where = answer.headers["Location"]
    assert where.startswith(here)
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
    digest = hashlib.sha256(ASKED[-1]["code_verifier"].encode()).digest()
    assert query["code_challenge"][0] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (ASKED[-1]["redirect_uri"], ASKED[-1]["secret"]) == (HERE, SECRET)
    asked = len(ASKED)
    one.client.cookies.set("perf_oidc", held)
    assert one.client.get(back).status_code == 400
    assert len(ASKED) == asked


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
    # It calls itself by the name that it is asked by, and without the last slash.
    other = issuer.replace("localhost", "127.0.0.1") + "/"
    for url in (other, f"{issuer}/none"):
        of = site.provider.settings
        provider = OidcProvider(OidcSettings(url, "portal", SECRET, HERE, of.tenant))
        answer = browser(site.engine, oidc=provider).client.get("/login/oidc")
        assert answer.status_code == 503
        assert "does not answer now" in answer.text
    assert browser(site.engine).client.get("/login/oidc").status_code == 404
    assert "Log in with" not in browser(site.engine).get("/login")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_another_address_ends_what_was_bound(site: Site, issuer: str) -> None:
    one = site.browser()
    comes_in(one, "ada")
    row = provisioning.by_name(site.engine, "one")
    caller = provisioning.local_person(row, "test")
    with TenantSession(site.engine, row.id, writes=True) as session, session.begin():
        found = people.named(session, "ada", lock=True)
        people.set_oidc_email(session, caller, found, "Stranger@example.org")
    assert one.client.get("/").status_code == 303
    assert comes_in(site.browser(), "ada").status_code == 403
    assert comes_in(site.browser(), "stranger").status_code == 303
    assert site.users()["ada"] == (issuer, "stranger")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_is_known_by_the_object_id(site: Site, issuer: str) -> None:
    row = provisioning.by_name(site.engine, "one")
    caller = provisioning.local_person(row, "test")
    with TenantSession(site.engine, row.id, writes=True) as session, session.begin():
        found = people.named(session, "ada", lock=True)
        people.set_oidc_identity(session, caller, found, KnownIdentity(issuer, "object-1"))
        people.create(session, caller, NewUser("eve", ("read",)))
    with (
        pytest.raises(ConflictError, match="another user's"),
        TenantSession(site.engine, row.id, writes=True) as session,
        session.begin(),
    ):
        eve = people.named(session, "eve", lock=True)
        people.set_oidc_identity(session, caller, eve, KnownIdentity(issuer, "object-1"))
    assert site.users()["eve"] == (None, None)
    # By the standard's claim it is another one's.
    assert comes_in(site.browser(), "pairwise").status_code == 403
    settings = replace(site.provider.settings, subject_claim="oid")
    by_object = Site(site.engine, OidcProvider(settings))
    assert comes_in(by_object.browser(), "pairwise").status_code == 303
    # The same address of another object, and a person without one.
    assert comes_in(by_object.browser(), "guest").status_code == 403
    assert comes_in(by_object.browser(), "ada").status_code == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "flags",
    [
        ["--oidc-subject", "o"],
        ["--oidc-issuer", "https://id.example"],
        ["--oidc-issuer", "https://id.example", "--oidc-subject", "o", "--oidc-email", "a@b.c"],
        ["--oidc-issuer", "http://id.example", "--oidc-subject", "o"],
    ],
)
def test_identities_that_cannot_be_given(database: Database, flags: list[str]) -> None:
    for command in ("create", "oidc"):
        ended = CliRunner().invoke(user, [command, "ada", *flags, "--database", database.url])
        assert isinstance(ended.exception, InputError)
        assert "--oidc-" in str(ended.exception)


@pytest.mark.e2e
def test_by_the_commands(tmp_path: Path, issuer: str) -> None:
    secret, url = tmp_path / "secret", f"sqlite:///{tmp_path}/portal.sqlite"
    local = f"http://127.0.0.1{CALLBACK}"
    secret.write_text(f"{SECRET}\n")
    flags = ["--oidc-issuer", issuer, "--oidc-client-id", "portal"]
    flags += ["--oidc-client-secret-file", str(secret), "--oidc-redirect-url", local]
    with running(tmp_path, url, *flags) as served:
        made = CliRunner().invoke(
            user, ["create", "ada", "--oidc-email", "ada@example.org", "--database", url]
        )
        assert made.exit_code == 0, made.output
        known = ["--oidc-issuer", issuer, "--oidc-subject", "object-1", "--database", url]
        for words in (["create", "eve"], ["oidc", "eve"]):
            made = CliRunner().invoke(user, [*words, *known])
            assert made.exit_code == 0, made.output
        login = requests.get(f"{served.url}/login", timeout=30).text
        assert f"Log in with {urlsplit(issuer).netloc}" in login
        with requests.Session() as one:
            sent = one.get(f"{served.url}/login/oidc", allow_redirects=False, timeout=30)
            back = allowed(sent.headers["Location"], "ada", local)
            back = back.replace("http://127.0.0.1", served.url)
            assert one.get(back, timeout=30).url == f"{served.url}/"
            assert "ada" in one.get(f"{served.url}/account", timeout=30).text
        code = parse_qs(urlsplit(back).query)["code"][0]
        assert code not in served.log
    assert SECRET not in served.log


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"--oidc-client-id": None}, "all four"),
        ({"--oidc-issuer": "http://id.example"}, "--oidc-issuer"),
        ({"--oidc-redirect-url": "http://portal.example/login/oidc/callback"}, "redirect-url"),
        ({"--oidc-redirect-url": "https://portal.example/login"}, CALLBACK),
        ({"--oidc-client-secret-file": "short"}, "at least 16 characters"),
    ],
)
def test_options_that_cannot_be_used(
    tmp_path: Path, changes: dict[str, str | None], said: str
) -> None:
    for name in ("secret", "short"):
        (tmp_path / name).write_text(name if name == "short" else SECRET)
    given: dict[str, str | None] = {
        "--oidc-issuer": "https://id.example",
        "--oidc-client-id": "portal",
        "--oidc-client-secret-file": "secret",
        "--oidc-redirect-url": f"https://portal.example{CALLBACK}",
    }
    flags = [str(part) for pair in (given | changes).items() if pair[1] for part in pair]
    flags = [str(tmp_path / part) if part in {"secret", "short"} else part for part in flags]
    ended = CliRunner().invoke(serving, flags)
    assert isinstance(ended.exception, InputError)
    assert said in str(ended.exception)
