"""E-mail as a place for reports: the verdict, and the report attached, over SMTP."""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.delivery.places.cover_text import html_text, one_line, plain_text
from perfanalysis.delivery.places.document import USUAL_NAME, DeliveryError, Finished, PassingError
from perfanalysis.delivery.places.place import OLD_WORDS
from perfanalysis.errors import InputError
from perfanalysis.unreached import explained

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECONDS = 30.0


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass(frozen=True)
class EmailSettings:
    """How an e-mail goes out.

    Attributes:
        server: host of the SMTP server.
        port: of the server.
        security: starttls, tls or none.
        endpoint: who may log in to the server, and whom to trust; its URL is only shown.
        sender: from whom.
        to: addresses.
        cc: addresses of those who get a copy.
        reply_to: to whom answers go; "" for the sender.
        subject: "" for the report's title.
        tables: whether the tables are attached as CSV.
    """

    server: str
    port: int
    security: str
    endpoint: Endpoint
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    reply_to: str = ""
    subject: str = ""
    tables: bool = True


class Email:
    """One server, and some addresses; each address is remembered by itself.

    Args:
        settings: see the class.
    """

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._credentials = settings.endpoint.credentials
        self._server = f"{settings.server}:{settings.port}"
        self.receivers = tuple(
            f"e-mail {address}" for address in dict.fromkeys((*settings.to, *settings.cc))
        )

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        addresses = [receiver.removeprefix("e-mail ") for receiver in receivers]
        password = self._credentials.key()
        message = self._message(report)
        try:
            with self._connection() as connection:
                if password:
                    connection.login(self._credentials.username, password)
                refused = connection.send_message(message, to_addrs=addresses)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtplib.SMTPResponseException as error:
            raise self._failure(error.smtp_code, error.smtp_error, password) from None
        except ssl.SSLCertVerificationError as error:
            message_ = f"{self._server}: {error.verify_message}; ca_file names whom to trust"
            raise DeliveryError(message_) from None
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(f"{self._server}: {error}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise PassingError(f"{self._server}: cannot be reached ({explained(error)})") from None
        return {
            f"e-mail {address}": self._failure(code, text, password, address)
            for address, (code, text) in refused.items()
        }

    def _connection(self) -> smtplib.SMTP:
        context = self._settings.endpoint.tls_context()
        host, port = self._settings.server, self._settings.port
        if self._settings.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        connection = smtplib.SMTP(host, port, timeout=_SECONDS)
        if self._settings.security == "starttls":
            try:
                connection.starttls(context=context)
            except BaseException:
                connection.close()
                raise
        return connection

    def _failure(
        self, code: int, text: bytes | str, password: str, address: str = ""
    ) -> DeliveryError:
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        # As it was sent, by the ways LOGIN and PLAIN of RFC 4954, and as it is.
        plain = f"\0{self._credentials.username}\0{password}"
        for secret in (_base64(plain), _base64(password), password) if password else ():
            said = said.replace(secret, "***")
        whom = f" for {address}" if address else ""
        message = f"{self._server}: did not take the report{whom}: {code} {said[:200]}"
        return PassingError(message) if 400 <= code < 500 else DeliveryError(message)

    def _message(self, report: Finished) -> EmailMessage:
        message = EmailMessage()
        sender = self._settings.sender
        message["From"], message["To"] = sender, ", ".join(self._settings.to)
        if self._settings.cc:
            message["Cc"] = ", ".join(self._settings.cc)
        if self._settings.reply_to:
            message["Reply-To"] = self._settings.reply_to
        message["Subject"] = one_line(self._settings.subject or report.heading)
        message["Date"] = formatdate(usegmt=True)
        # The same for the same report: mail servers know a repeated message by it.
        message["Message-ID"] = f"<{report.digest}@{sender.rpartition('@')[2]}>"
        tables = report.tables if self._settings.tables else ()
        message.set_content(plain_text(report, tables=bool(tables)))
        message.add_alternative(html_text(report, tables=bool(tables)), subtype="html")
        main, _, sub = report.content_type.partition(";")[0].partition("/")
        name = report.named(USUAL_NAME)
        message.add_attachment(report.content, maintype=main, subtype=sub, filename=name)
        for table in tables:
            message.add_attachment(
                table.content,
                maintype="text",
                subtype="csv",
                filename=table.name,
                params={"charset": "utf-8"},
            )
        return message


def email_of(settings: Mapping[str, Any]) -> Email:
    """The e-mail of the setting ``email``.

    Raises:
        InputError: settings exclude each other, or a file is missing: secrets are read anew when a
            report is sent; one that is not there is known before a report is made.
    """
    security = settings.get("security", "starttls")
    port = settings.get("port", _PORTS[security])
    description = in_file(settings, "deliver", "email", (*OLD_WORDS, "password_file"))
    server = settings["server"]
    endpoint = read_endpoint(f"smtp://{server}:{port}", description)
    if security == "none" and endpoint.credentials.username:
        expected = "starttls or tls: a password is not sent in the clear"
        raise InputError("deliver", "email.security", expected, "none")
    given = EmailSettings(
        server,
        port,
        security,
        endpoint,
        sender=settings["sender"],
        to=tuple(settings["to"]),
        cc=tuple(settings.get("cc", ())),
        reply_to=settings.get("reply_to", ""),
        subject=settings.get("subject", ""),
        tables=settings.get("tables", True),
    )
    _check_headers(given)
    return Email(given)


def _check_headers(given: EmailSettings) -> None:
    """Refuse what would be further lines of the message's head.

    Raises:
        InputError: a setting has a line break, or another character that controls something.
    """
    addresses = (given.sender, *given.to, *given.cc, given.reply_to)
    for name, texts in (("sender, to, cc, reply_to", addresses), ("subject", (given.subject,))):
        if any(one_line(text) != text for text in texts):
            expected = "one line of text without control characters"
            raise InputError("deliver", f"email.{name}", expected)
