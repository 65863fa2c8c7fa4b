"""Opens what the server listens on: TCP and unix sockets."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Sequence
from pathlib import Path

from exporter.serving.addresses import TcpAddress, UnixAddress, parse_address
from perfanalysis.errors import PerfAnalysisError

BACKLOG = 1024
_IN_USE = "`ss -ltnp` tells who listens there; --web.listen-address takes another port"
# Who may connect to a unix socket is who may write to its file: owner and group.
UNIX_MODE = 0o660
# What stands for all addresses of the machine. Go takes each for those of both families.
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - people name it


class Listening:
    """The sockets that are listened on, and the files of those that are unix sockets."""

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []
        self._files: list[tuple[Path, int, int]] = []
        # A plug-in's child that outlives this process would keep the port, and answer nobody.
        os.register_at_fork(after_in_child=self._close_in_child)

    def _close_in_child(self) -> None:
        for server in self.sockets:
            server.close()

    def open(self, text: str) -> None:
        """Listen on one address.

        Raises:
            InputError: the address is malformed.
            PerfAnalysisError: it cannot be listened on.
        """
        address = parse_address(text)
        try:
            if isinstance(address, UnixAddress):
                self._open_unix(Path(address.path))
            elif address.host in EVERYWHERE:
                self.sockets.append(_open_everywhere(address))
            else:
                self._open_tcp(address)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            other = f"; {_IN_USE}" if getattr(error, "errno", None) == errno.EADDRINUSE else ""
            raise PerfAnalysisError(f"cannot listen on {text}: {reason}{other}") from error

    def _open_tcp(self, address: TcpAddress) -> None:
        """A socket for each address that the host's name stands for."""
        # Given as text, Python would load the tables of international names: 0.35 MB.
        host = address.host.encode("ascii" if address.host.isascii() else "idna")
        found = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)
        for family, place in dict.fromkeys((entry[0], entry[4]) for entry in found):
            server = socket.socket(family, socket.SOCK_STREAM)
            self.sockets.append(server)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            server.bind(place)
            server.listen(BACKLOG)

    def _open_unix(self, path: Path) -> None:
        """A socket in the file system; one that nobody listens on any more is removed first."""
        _remove_stale(path)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sockets.append(server)
        # The socket's own mode is what its file is made with, so that it is never open to more
        # people than it shall be; what the umask took away is given afterwards.
        os.fchmod(server.fileno(), UNIX_MODE)
        server.bind(str(path))
        made = path.lstat()
        self._files.append((path, made.st_dev, made.st_ino))
        path.chmod(UNIX_MODE)
        server.listen(BACKLOG)

    def close(self) -> None:
        """Close all, and remove the files that are still ours."""
        for server in self.sockets:
            server.close()
        for path, device, inode in self._files:
            with contextlib.suppress(OSError):
                found = path.lstat()
                if (found.st_dev, found.st_ino) == (device, inode):
                    path.unlink()


def listen_on(addresses: Sequence[str]) -> Listening:
    """Listen on every address, or on none.

    Raises:
        InputError: an address is malformed.
        PerfAnalysisError: one cannot be listened on.
    """
    listening = Listening()
    try:
        for text in addresses:
            listening.open(text)
    except PerfAnalysisError:
        listening.close()
        raise
    return listening


def _open_everywhere(address: TcpAddress) -> socket.socket:
    """One socket for all addresses of both families, as Go opens it."""
    port = address.port
    try:
        return socket.create_server(
            ("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG
        )
    except ValueError:
        pass
    except OSError as error:
        # A kernel without IPv6, or with it switched off.
        if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL) or address.host == "::":
            raise
    return socket.create_server(("", port), backlog=BACKLOG)


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise PerfAnalysisError(f"cannot listen on unix:{path}: there is a file that is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except TimeoutError:
            pass
    raise PerfAnalysisError(f"cannot listen on unix:{path}: another process listens there")


def shown_address(server: socket.socket, scheme: str) -> str:
    """How a person would write where a socket listens."""
    name = server.getsockname()
    if server.family == socket.AF_UNIX:
        return f"unix:{name}"
    if server.family not in (socket.AF_INET, socket.AF_INET6):
        return str(name)
    host, port = name[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
