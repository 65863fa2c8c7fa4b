"""Deliveries of reports by e-mail, to a real SMTP server."""

from __future__ import annotations

import base64
import email
import email.message
import email.policy
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from demo.servers import free_port
from perfanalysis.delivery.places.delivering import deliver, places_of
from perfanalysis.delivery.places.document import Attachment, CoverNote
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.errors import InputError, PerfAnalysisError
from reporter.settings.sources import SCHEMA, check
from tests.exporter.serving.certificates import Authority
from tests.reporter.test_deliveries import PDF, QUICK, REPORT, ledger

__all__ = ["ledger"]


@dataclass
class Mailbox:
    """Takes mail, after the failures that it is told to have."""

    failures: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    got: list[Envelope] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the names that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.failures:
            return self.failures.pop(0)
        self.got.append(envelope)
        return "250 OK"

    def authenticate(self, _s: Any, _x: Any, _e: Any, _m: Any, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"hunter2", handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    """TLS of the server."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*authority.issue_server().pair)
    return made


@pytest.fixture
def mail(
    tmp_path: Path, mailbox: Mailbox, authority: Authority, context: ssl.SSLContext
) -> Iterator[dict[str, Any]]:
    """Settings of an SMTP server that wants STARTTLS and a password."""
    (tmp_path / "password").write_text("hunter2\n")
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=mailbox.authenticate,
    )
    controller.start()
    yield {
        "server": "127.0.0.1",
        "port": controller.port,
        "ca_file": str(authority.path),
        "username": "report",
        "password_file": str(tmp_path / "password"),
        "sender": "report@example.org",
        "to": ["cfo@example.org", "cto@example.org"],
    }
    controller.stop()


def test_a_server_that_wants_a_client_certificate_gets_it(
    mail: dict[str, Any],
    mailbox: Mailbox,
    authority: Authority,
    context: ssl.SSLContext,
    ledger: Ledger,
) -> None:
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    with pytest.raises(PerfAnalysisError, match=r"127\.0\.0\.1:\d+: cannot be reached"):
        deliver(REPORT, places_of([{"email": mail}]), ledger, QUICK)
    assert mailbox.got == []
    certificate, key = authority.issue("client", ()).pair
    # In the words that all endpoints have.
    basic = {"username": mail.pop("username"), "password_file": mail.pop("password_file")}
    mail["basic_auth"] = basic
    mail["tls"] = {"ca_file": mail.pop("ca_file"), "cert_file": certificate, "key_file": key}
    sent, _ = deliver(REPORT, places_of([{"email": mail}]), ledger, QUICK)
    assert len(sent) == 2
    assert set(mailbox.logins) == {b"report"}


def test_an_email_has_the_report_attached(
    mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger
) -> None:
    mailbox.failures = ["451 try again later"]
    places = places_of([{"email": mail}])
    deliver(REPORT, places, ledger, QUICK)
    assert deliver(REPORT, places, ledger, QUICK)[0] == []
    (envelope,) = mailbox.got
    assert envelope.rcpt_tos == ["cfo@example.org", "cto@example.org"]
    assert set(mailbox.logins) == {b"report"}
    message = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert message["Subject"] == "Web tier, March"
    assert REPORT.digest in message["Message-ID"]
    attachment, *tables = message.iter_attachments()
    assert tables == []
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename().startswith("Web-tier-March-2025-10-10-")
    assert attachment.get_content() == PDF


def test_an_address_that_is_refused_costs_the_others_nothing(
    mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger
) -> None:
    mailbox.refused = {"cto@example.org"}
    places = places_of([{"email": mail}])
    with pytest.raises(PerfAnalysisError, match=r"for cto@example\.org: 550 no such user"):
        deliver(REPORT, places, ledger, QUICK)
    mailbox.refused = set()
    sent, had = deliver(REPORT, places, ledger, QUICK)
    assert (sent, had) == (["e-mail cto@example.org"], ["e-mail cfo@example.org"])
    assert [envelope.rcpt_tos for envelope in mailbox.got] == [
        ["cfo@example.org"],
        ["cto@example.org"],
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ca_file": None}, "certificate; ca_file names whom to trust"),
        ({"password": "hunter3"}, "did not take the report: 535"),
        (
            {"port": 1},
            r"127\.0\.0\.1:1: cannot be reached \(.*refused; see that.*\) \(5 times\)",
        ),
    ],
)
def test_what_stands_between_is_said_without_the_password(
    mail: dict[str, Any], ledger: Ledger, change: dict[str, Any], message: str
) -> None:
    if password := change.pop("password", None):
        Path(mail["password_file"]).write_text(password)
    settings = {key: value for key, value in {**mail, **change}.items() if value is not None}
    with pytest.raises(PerfAnalysisError, match=message) as caught:
        deliver(REPORT, places_of([{"email": settings}]), ledger, QUICK)
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize("sent", ["\0report\0hunter2", "hunter2"], ids=["PLAIN", "LOGIN"])
def test_a_server_that_repeats_the_login_does_not_tell_the_password(
    mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger, sent: str
) -> None:
    repeated = base64.b64encode(sent.encode()).decode()
    mailbox.failures = [f"550 {repeated} and hunter2 are no login"]
    with pytest.raises(PerfAnalysisError) as caught:
        deliver(REPORT, places_of([{"email": mail}]), ledger, QUICK)
    assert str(caught.value).endswith("550 *** and *** are no login")


def test_a_password_is_not_sent_in_the_clear(mail: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="not sent in the clear"):
        places_of([{"email": {**mail, "security": "none"}}])


COVER = CoverNote(
    "Web tier, March",
    "2025-10-09 to 2025-10-10",
    ("alpha does 14,000 <units> & more.", "One run\neach cannot say."),
)
TABLE = Attachment("machines.csv", b"machine,price\r\nb\xc3\xbcro,0.05\r\n")
SAID = replace(REPORT, cover=COVER, tables=(TABLE,))


def sent(mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger) -> email.message.EmailMessage:
    deliver(SAID, places_of([{"email": mail}]), ledger, QUICK)
    content = mailbox.got[-1].content
    message = email.message_from_bytes(
        content if isinstance(content, bytes) else b"", policy=email.policy.default
    )
    assert isinstance(message, email.message.EmailMessage)
    return message


def test_an_email_says_the_verdict_in_text_and_html_and_has_the_tables(
    mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger
) -> None:
    mail |= {"cc": ["team@example.org", "cto@example.org"], "reply_to": "finops@example.org"}
    message = sent(mail, mailbox, ledger)
    assert message["To"] == "cfo@example.org, cto@example.org"
    assert (message["Cc"], message["Reply-To"]) == (
        "team@example.org, cto@example.org",
        "finops@example.org",
    )
    # Each address once, and each remembered by itself.
    everybody = ["cfo@example.org", "cto@example.org", "team@example.org"]
    assert mailbox.got[-1].rcpt_tos == everybody
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    assert plain.get_content().replace("\r\n", "\n") == (
        "Web tier, March\n2025-10-09 to 2025-10-10\n\nalpha does 14,000 <units> & more.\n\n"
        "One run each cannot say.\n\nThe report is attached, with its tables as CSV.\n"
    )
    assert "<p>alpha does 14,000 &lt;units&gt; &amp; more.</p>" in html.get_content()
    report, table = message.iter_attachments()
    assert report.get_content_type() == "application/pdf"
    assert (table.get_filename(), table.get_content_type()) == ("machines.csv", "text/csv")
    assert table.get_payload(decode=True) == TABLE.content


def test_tables_can_be_left_out(mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger) -> None:
    message = sent({**mail, "tables": False}, mailbox, ledger)
    assert [one.get_content_type() for one in message.iter_attachments()] == ["application/pdf"]
    body = message.get_body(("plain",))
    assert body
    assert body.get_content().endswith("\r\n\r\nThe report is attached.\r\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", "report@example.org\n"),
        ("reply_to", "a@example.org\r\nBcc: b@example.org"),
        ("to", ["a@example.org\nBcc: b@example.org"]),
        ("cc", ["a@example.org\r"]),
        ("subject", "Report\r\nBcc: b@example.org"),
        ("subject", "Report\x0bBcc: b@example.org"),
        ("subject", "Report\u2028Bcc: b@example.org"),
    ],
)
def test_no_setting_writes_a_header_of_its_own(
    mail: dict[str, Any], name: str, value: str | list[str]
) -> None:
    with pytest.raises(InputError, match=r"deliver: email\..*: expected one line of text"):
        places_of([{"email": {**mail, name: value}}])
    # As it stands in a file, it is refused before that.
    schema = SCHEMA["properties"]["deliver"]
    with pytest.raises(InputError, match=rf"deliver\[0\]\.email\.{name}.*: expected"):
        check([{"email": {**mail, name: value}}], schema, "report.yaml", "deliver")


def test_a_title_of_several_lines_is_a_subject_of_one(
    mail: dict[str, Any], mailbox: Mailbox, ledger: Ledger
) -> None:
    evil = replace(
        SAID, title="x", cover=replace(COVER, heading="Web\r\nBcc: evil@example.org\x07")
    )
    deliver(evil, places_of([{"email": mail}]), ledger, QUICK)
    content = mailbox.got[-1].content
    assert isinstance(content, bytes)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert (message["Subject"], message["Bcc"]) == ("Web Bcc: evil@example.org", None)
