"""What ``--web.listen-address`` can say: ``HOST:PORT`` or ``unix:/path``."""

from __future__ import annotations

from typing import NamedTuple

from perfanalysis.errors import InputError

FLAG = "--web.listen-address"
# sun_path of sockaddr_un (unix(7)) holds 108 bytes, one of which ends the name.
LONGEST_UNIX_PATH = 107
LAST_PORT = 65535


class TcpAddress(NamedTuple):
    """No host means all addresses of the machine; port 0 is any free one."""

    host: str
    port: int


class UnixAddress(NamedTuple):
    """A socket in the file system."""

    path: str


Address = TcpAddress | UnixAddress


def parse_address(text: str) -> Address:
    """The address that the flag's value says; brackets hold an IPv6 one.

    Raises:
        InputError: it is no such address.
    """
    if text.startswith("unix:"):
        path = text.removeprefix("unix:").removeprefix("//")
        if not path.startswith("/") or "\0" in path or path.endswith("/"):
            raise InputError(FLAG, "", "unix: and an absolute path", text)
        if len(path.encode()) > LONGEST_UNIX_PATH:
            raise InputError(FLAG, "", f"a path of at most {LONGEST_UNIX_PATH} bytes", text)
        return UnixAddress(path)
    host, colon, port = text.rpartition(":")
    if not colon:
        raise InputError(FLAG, "", "HOST:PORT or unix:/path", text)
    if not _is_port(port):
        raise InputError(FLAG, "", f"HOST:PORT with a port from 0 to {LAST_PORT}", text)
    bracketed = host.startswith("[") and host.endswith("]")
    if not bracketed and (":" in host or "[" in host or "]" in host):
        raise InputError(FLAG, "", "an IPv6 address in brackets, as in [::1]:9100", text)
    return TcpAddress(host[1:-1] if bracketed else host, int(port))


def _is_port(text: str) -> bool:
    # More digits than Python converts are none either.
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= LAST_PORT
