"""Questions by D-Bus. Needs the extra ``systemd``, and is imported only by those who ask."""

from __future__ import annotations

from socket import socket
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, DBusConnectionBase, prep_socket
from jeepney.io.common import MessageFilters
from jeepney.wrappers import unwrap_msg

from exporter.sources.errors import CollectorError

# Seconds for one answer, and for the greeting.
_LIMIT = 2.0


def _without_greeting(connected: socket) -> DBusConnection:
    """A connection to a program itself: there is no bus that would have to be greeted."""
    # jeepney's own greets a bus when it is made; what it has besides is what its methods need.
    connection = DBusConnection.__new__(DBusConnection)
    DBusConnectionBase.__init__(connection, connected)
    connection._filters = MessageFilters()
    return connection


class SystemBus:
    """A connection to one service of the system's bus, or to the service itself.

    Args:
        service: its name, which all of its interfaces begin with.
        private: the path of the service's own socket, which is asked instead of the bus if given.

    Raises:
        OSError: nobody answers there.
    """

    def __init__(self, service: str, private: str | None = None) -> None:
        self._service = service
        where = get_bus("SYSTEM") if private is None else private
        connected = prep_socket(where, timeout=_LIMIT)
        try:
            # A bus that accepts and never answers would hold the greeting for good.
            connected.settimeout(_LIMIT)
            make = DBusConnection if private is None else _without_greeting
            self._connection = make(connected)
        except BaseException:
            connected.close()
            raise

    def _ask(self, message: Any) -> tuple[Any, ...]:
        reply = self._connection.send_and_get_reply(message, timeout=_LIMIT)
        body: tuple[Any, ...] = unwrap_msg(reply)
        return body

    def rows(self, path: str, member: str, fields: int) -> list[tuple[Any, ...]]:
        """The list that a method of the interface ``Manager`` answers with.

        Args:
            path: of the manager.
            member: the method.
            fields: how many each row has.

        Raises:
            CollectorError: the service refuses, or answers something else.
            OSError: it does not answer.
        """
        address = DBusAddress(path, self._service, f"{self._service}.Manager")
        what = f"{self._service}: {member}"
        try:
            (rows,) = self._ask(new_method_call(address, member))
        except (DBusErrorResponse, ValueError) as error:
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
