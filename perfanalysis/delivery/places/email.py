"""E-mail as a place for reports: one message with the report attached, over SMTP."""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.places.document import USUAL_NAME, DeliveryError, Finished, PassingError
from perfanalysis.errors import InputError

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECONDS = 30.0


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Email:
    """One server, and some addresses; each address is remembered by itself."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._security = settings.get("security", "starttls")
        self._port = settings.get("port", _PORTS[self._security])
        self._server = f"{settings['server']}:{self._port}"
        self._credentials = Credentials(settings.get("password_file", ""))
        self.receivers = tuple(f"e-mail {address}" for address in dict.fromkeys(settings["to"]))
        if self._security == "none" and "password_file" in settings:
            expected = "starttls or tls: a password is not sent in the clear"
            raise InputError("deliver", "email.security", expected, "none")
        if ("username" in settings) != ("password_file" in settings):
            raise InputError("deliver", "email", "both username and password_file, or neither")
        # Read anew when it is sent; one that is not there is known before a report is made.
        self._credentials.key()

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        addresses = [receiver.removeprefix("e-mail ") for receiver in receivers]
        password = self._credentials.key()
        message = self._message(report)
        try:
            with self._connection() as connection:
                if password:
                    connection.login(self._settings["username"], password)
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
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise PassingError(f"{self._server}: cannot be reached ({reason})") from None
        return {
            f"e-mail {address}": self._failure(code, text, password, address)
            for address, (code, text) in refused.items()
        }

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self._settings.get("ca_file"))
        host = self._settings["server"]
        if self._security == "tls":
            return smtplib.SMTP_SSL(host, self._port, timeout=_SECONDS, context=context)
        connection = smtplib.SMTP(host, self._port, timeout=_SECONDS)
        if self._security == "starttls":
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
        plain = f"\0{self._settings.get('username', '')}\0{password}"
        for secret in (_base64(plain), _base64(password), password) if password else ():
            said = said.replace(secret, "***")
        whom = f" for {address}" if address else ""
        message = f"{self._server}: did not take the report{whom}: {code} {said[:200]}"
        return PassingError(message) if 400 <= code < 500 else DeliveryError(message)

    def _message(self, report: Finished) -> EmailMessage:
        message = EmailMessage()
        sender = self._settings["sender"]
        message["From"], message["To"] = sender, ", ".join(self._settings["to"])
        message["Subject"] = " ".join(self._settings.get("subject", report.title).split())
        message["Date"] = formatdate(usegmt=True)
        # The same for the same report: mail servers know a repeated message by it.
        message["Message-ID"] = f"<{report.digest}@{sender.rpartition('@')[2]}>"
        message.set_content(f"{report.title}: the report is attached.\n")
        main, _, sub = report.content_type.partition(";")[0].partition("/")
        name = report.named(USUAL_NAME)
        message.add_attachment(report.content, maintype=main, subtype=sub, filename=name)
        return message
