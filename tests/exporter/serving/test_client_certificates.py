"""Who gets in with which certificate, with real ones and a real process."""

from __future__ import annotations

import datetime

import pytest

from tests.exporter.serving.certificates import SERVER, Authority, Issued
from tests.exporter.serving.conftest import StartSecured, get, refused

YESTERDAY = datetime.timedelta(days=-1)


def required(tls_section: str, authority: Authority) -> str:
    return (
        f"{tls_section}  client_ca_file: {authority.path}\n"
        "  client_auth_type: RequireAndVerifyClientCert\n"
    )


@pytest.fixture(scope="module")
def client(authority: Authority) -> Issued:
    return authority.issue("client", ("prometheus.example", "10.1.2.3"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """A client whose authority nobody here knows."""
    other = Authority(tmp_path_factory.mktemp("other"), "other-ca")
    return other.issue("stranger", ("prometheus.example",))


def test_a_client_certificate_that_is_required_and_verified(
    start_secured: StartSecured,
    tls_section: str,
    authority: Authority,
    client: Issued,
    stranger: Issued,
) -> None:
    running = start_secured(required(tls_section, authority))
    assert get(running, authority, client) == 200
    assert refused(running, authority)
    assert refused(running, authority, stranger)
    expired = authority.issue("expired", ("prometheus.example",), valid_for=YESTERDAY)
    assert refused(running, authority, expired)
    server = authority.issue("no-client", ("prometheus.example",), SERVER)
    assert refused(running, authority, server)
    assert get(running, authority, client) == 200
    assert "Traceback" not in running.log.read_text()


def test_a_client_certificate_that_is_verified_if_given(
    start_secured: StartSecured,
    tls_section: str,
    authority: Authority,
    client: Issued,
    stranger: Issued,
) -> None:
    section = required(tls_section, authority)
    running = start_secured(
        section.replace("RequireAndVerifyClientCert", "VerifyClientCertIfGiven")
    )
    assert get(running, authority) == 200
    assert get(running, authority, client) == 200
    assert refused(running, authority, stranger)


@pytest.mark.parametrize("policy", ["NoClientCert", "RequestClientCert"])
def test_a_client_certificate_that_nobody_looks_at(
    policy: str,
    start_secured: StartSecured,
    tls_section: str,
    authority: Authority,
    stranger: Issued,
) -> None:
    running = start_secured(f"{tls_section}  client_auth_type: {policy}\n")
    assert get(running, authority) == 200
    assert get(running, authority, stranger) == 200


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        (("prometheus.example",), True),
        (("other.example", "prometheus.example"), True),
        (("2001:db8::1",), True),
        (("spiffe://example/prometheus",), True),
        (("ops@example.com",), True),
        (("other.example",), False),
        (("sub.prometheus.example",), False),
        (("2001:db8::2",), False),
        ((), False),
    ],
)
def test_names_that_a_client_certificate_must_have(
    names: tuple[str, ...],
    allowed: bool,
    start_secured: StartSecured,
    tls_section: str,
    authority: Authority,
) -> None:
    sans = "prometheus.example, '2001:0db8::0001', 'spiffe://example/prometheus', ops@example.com"
    running = start_secured(f"{required(tls_section, authority)}  client_allowed_sans: [{sans}]\n")
    # The common name is not looked at.
    client = authority.issue("prometheus.example", names)
    if allowed:
        assert get(running, authority, client) == 200
    else:
        assert refused(running, authority, client)
