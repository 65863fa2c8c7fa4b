"""Which push services a message may go to: none within one's own network.

Whoever subscribes names the URL that the portal sends to later. So it is https, on the usual port,
and of a public address: that is looked at when it is sent, of the very address that is connected
to, since a name can lead elsewhere by then.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from perfanalysis.errors import InputError

MOST_CHARACTERS = 1000
# An IPv4 address within an IPv6 one, which a translator on the way makes that address again.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """A name leads to no address that may be pushed to."""


@dataclass(frozen=True)
class AddressRules:
    """What is allowed.

    Attributes:
        anywhere: private addresses, other ports and http, too: for push services of one's own.
    """

    anywhere: bool = False

    def check(self, url: str, where: str) -> str:
        """Look at the URL of a subscription; no name is resolved.

        Raises:
            InputError: it is none that may be pushed to. It is not shown: who has it may push.
        """
        parts = _parts(url)
        schemes = ("https", "http") if self.anywhere else ("https",)
        if parts is None or parts.scheme not in schemes or not _plain(url):
            raise InputError(where, "", "the https:// URL that a browser gave")
        if not self.anywhere and parts.port not in {None, 443}:
            raise InputError(where, "", "a push service on port 443")
        literal = _address(parts.hostname or "")
        if literal is not None and not self.permits(literal):
            raise InputError(where, "", "a push service with a public address")
        return url

    def resolve(self, host: str, port: int) -> str:
        """An address of a host that may be connected to; it asks the system's resolver.

        Raises:
            ForbiddenAddressError: one of its addresses is not public.
            OSError: the name has no address.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]).partition("%")[0] for one in found]
        for one in addresses:
            if not self.permits(ipaddress.ip_address(one)):
                raise ForbiddenAddressError
        return addresses[0]

    def permits(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        """Whether an address may be connected to."""
        if self.anywhere:
            return True
        if isinstance(address, ipaddress.IPv6Address):
            within = address.ipv4_mapped or address.sixtofour
            if address in _TRANSLATED:
                within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
            if within is not None:
                return self.permits(within)
        return address.is_global and not address.is_multicast


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable and parts.username is None and parts.password is None else None


def _plain(url: str) -> bool:
    fits = len(url) <= MOST_CHARACTERS and "\\" not in url and "#" not in url
    return fits and url.isascii() and url.isprintable() and " " not in url


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is written as, also in the older ways that resolvers take."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
