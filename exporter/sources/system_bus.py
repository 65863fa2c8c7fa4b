"""Questions by D-Bus. Needs the extra ``systemd``, and is imported only by those who ask."""

from __future__ import annotations

import errno
from socket import socket
from typing import Any

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    Parser,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.auth import AuthenticationError
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, DBusConnectionBase, prep_socket
from jeepney.io.common import MessageFilters
from jeepney.wrappers import unwrap_msg

from exporter.sources.errors import CollectorError

# Seconds for one answer, and for the greeting.
_LIMIT = 2.0
# Bytes of one answer. A unit in a list takes some 300.
LARGEST_ANSWER = 16 << 20
_ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"


class _BoundedParser(Parser):  # type: ignore[misc]
    """Takes no message that the machine has no memory for: its size stands at its beginning."""

    def get_next_message(self) -> Any:
        message = super().get_next_message()
        if message is None and (self.next_msg_size or 0) > LARGEST_ANSWER:
            raise CollectorError(
                f"D-Bus: expected an answer of {LARGEST_ANSWER} bytes at most, found one of "
                f"{self.next_msg_size}"
            )
        return message


class _Connection(DBusConnection):  # type: ignore[misc]
    """A connection whose answers have bounds; jeepney's own greets without end when it is made."""

    def __init__(self, connected: socket) -> None:
        DBusConnectionBase.__init__(self, connected)
        self._filters = MessageFilters()
        self.parser = _BoundedParser()


def _bus() -> str:
    """Where the system's bus is.

    Raises:
        CollectorError: the environment names no place.
    """
    try:
        where: str = get_bus("SYSTEM")
    except (ValueError, RuntimeError) as error:
        raise CollectorError(f"{_ADDRESS}: expected unix:path=... ({error})") from error
    return where


def _connected(where: str) -> socket:
    """A socket on which the greeting is over.

    Raises:
        CollectorError: what answers there does not speak D-Bus.
        OSError: nobody answers there, or refuses this user.
    """
    try:
        connected: socket = prep_socket(where, timeout=_LIMIT)
    except AuthenticationError as error:
        if bytes(error.data).startswith(b"REJECTED"):
            raise PermissionError(errno.EACCES, "D-Bus refuses this user", where) from error
        # What it sent may be anything, of any length.
        raise CollectorError(f"{where}: expected the greeting of D-Bus") from None
    except TimeoutError as error:
        raise TimeoutError(f"{where}: no greeting of D-Bus within {_LIMIT:g} s") from error
    except OSError as error:
        raise OSError(error.errno, error.strerror, where) from error
    # A bus that accepts and never reads would hold a question for good.
    connected.settimeout(_LIMIT)
    return connected


class SystemBus:
    """A connection to one service of the system's bus, or to the service itself.

    Args:
        service: its name, which all of its interfaces begin with.
        private: the path of the service's own socket, which is asked instead of the bus if given.

    Raises:
        CollectorError: what answers there is no D-Bus.
        OSError: nobody answers there, or refuses this user.
    """

    def __init__(self, service: str, private: str | None = None) -> None:
        self._service = service
        self._connection = _Connection(_connected(_bus() if private is None else private))
        if private is not None:
            # There is no bus that would have to be greeted.
            return
        try:
            self._ask(message_bus.Hello())
        except DBusErrorResponse as error:
            self.close()
            raise OSError(f"D-Bus: expected to be greeted ({error})") from error
        except BaseException:
            self.close()
            raise

    def _ask(self, message: Any) -> tuple[Any, ...]:
        try:
            reply = self._connection.send_and_get_reply(message, timeout=_LIMIT)
        except TimeoutError as error:
            raise TimeoutError(f"{self._service}: no answer within {_LIMIT:g} s") from error
        body: tuple[Any, ...] = unwrap_msg(reply)
        return body

    def rows(self, path: str, member: str, fields: int) -> list[tuple[Any, ...]]:
        """The list that a method of the interface ``Manager`` answers with.

        Args:
            path: of the manager.
            member: the method.
            fields: how many each row has.

        Raises:
            CollectorError: the service answers something else.
            OSError: it refuses, or does not answer.
        """
        address = DBusAddress(path, self._service, f"{self._service}.Manager")
        what = f"{self._service}: {member}"
        try:
            (rows,) = self._ask(new_method_call(address, member))
        except DBusErrorResponse as error:
            # There is nobody of that name, or the bus does not let this user ask.
            raise OSError(f"{what}: expected a list ({error})") from error
        except ValueError as error:
            raise CollectorError(f"{what}: expected a list ({error})") from error
        if not all(len(row) == fields for row in rows):
            raise CollectorError(f"{what}: expected rows of {fields} fields")
        return [tuple(row) for row in rows]

    def property_of(self, path: str, interface: str, name: str) -> Any:
        """The value of a property; None where the service does not know it, or the object is gone.

        Args:
            path: of the object.
            interface: without the service's name before it, such as ``Unit``.
            name: of the property.

        Raises:
            OSError: the service does not answer.
        """
        address = DBusAddress(path, self._service, f"{self._service}.{interface}")
        try:
            ((_, value),) = self._ask(Properties(address).get(name))
        except DBusErrorResponse:
            return None
        return value

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
