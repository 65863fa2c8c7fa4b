"""Send an encrypted message to a push service: to the address that was looked at, and no other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from perfanalysis.delivery.backoff import PassingFailure, retry_after
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.http_exchange import ExchangeError, exchange
from portal.pushing.addresses import AddressRules, ForbiddenAddressError
from portal.pushing.alertmanager import PushMessage
from portal.pushing.encryption import encrypt
from portal.pushing.subscriptions import Browser
from portal.pushing.vapid_key import VapidKey

# From the first byte to the last: a service that drips its answer holds nobody up.
_SECONDS = 10.0
_MOST_ANSWER_BYTES = 1 << 16
# What a push service keeps a message for, while a browser is away.
TTL_SECONDS = 4 * 3600


class Pushed(Enum):
    """What became of a message."""

    DELIVERED = "delivered"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True)
class Poster:
    """Sends messages.

    Attributes:
        key: by which push services know this portal.
        rules: where it may send.
        ca_file: certificates to trust; "": the usual ones.
    """

    key: VapidKey
    rules: AddressRules
    ca_file: str = ""

    def post(self, browser: Browser, message: PushMessage) -> tuple[Pushed, str]:
        """Send a message once.

        Returns:
            What became of it, and why in words without the endpoint.

        Raises:
            PassingFailure: it may go well later.
        """
        parts = urlsplit(browser.endpoint)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        headers = {
            "Host": parts.netloc,
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(TTL_SECONDS),
            "Urgency": message.urgency,
            "Topic": message.topic,
            "Authorization": self.key.header(f"{parts.scheme}://{parts.netloc}"),
        }
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            address = self.rules.resolve(host, port)
            shown = f"[{address}]" if ":" in address else address
            answer = exchange(
                "POST",
                f"{parts.scheme}://{shown}:{port}{path}",
                headers,
                until=time.monotonic() + _SECONDS,
                largest=_MOST_ANSWER_BYTES,
                tls_context=Endpoint("", ca_file=self.ca_file).tls_context,
                server_name=host,
                body=encrypt(message.content, browser.p256dh, browser.auth),
            )
        except ForbiddenAddressError:
            return Pushed.REFUSED, "its name leads to an address that is not public"
        except (ExchangeError, OSError) as error:
            raise PassingFailure(str(error) or type(error).__name__) from None
        return _judged(answer.status, answer.headers.get("retry-after"))


def _judged(status: int, wait: str | None) -> tuple[Pushed, str]:
    if 200 <= status < 300:
        return Pushed.DELIVERED, f"status {status}"
    if status in {404, 410}:
        return Pushed.GONE, f"status {status}"
    if status in {408, 429} or status >= 500:
        raise PassingFailure(f"status {status}", retry_after(wait, time.time()))
    return Pushed.REFUSED, f"status {status}"
