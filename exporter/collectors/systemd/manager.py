"""Questions to systemd's manager by D-Bus (org.freedesktop.systemd1(5))."""

from __future__ import annotations

from socket import socket
from typing import Any, NamedTuple

from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, DBusConnectionBase, prep_socket
from jeepney.io.common import MessageFilters
from jeepney.wrappers import unwrap_msg

from exporter.collecting import CollectorError

NAME = "org.freedesktop.systemd1"
_PATH = "/org/freedesktop/systemd1"
_MANAGER = DBusAddress(_PATH, NAME, f"{NAME}.Manager")
# Seconds for one answer, and for the greeting.
_LIMIT = 2.0
_FIELDS = 10


class SystemdUnit(NamedTuple):
    """A unit that systemd has in memory; ``path`` is what it is asked by."""

    name: str
    load_state: str
    active_state: str
    path: str


def _without_greeting(connected: socket) -> DBusConnection:
    """A connection to the manager itself: there is no bus that would have to be greeted."""
    # jeepney's own greets a bus when it is made; what it has besides is what its methods need.
    connection = DBusConnection.__new__(DBusConnection)
    DBusConnectionBase.__init__(connection, connected)
    connection._filters = MessageFilters()
    return connection


class Manager:
    """A connection to systemd.

    Args:
        bus: ``SYSTEM``, or the address of a bus.
        private: the path of the manager's own socket, which is asked instead of a bus if given.

    Raises:
        OSError: nobody answers there.
    """

    def __init__(self, bus: str = "SYSTEM", private: str | None = None) -> None:
        where = get_bus(bus) if private is None else private
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

    def units(self) -> list[SystemdUnit]:
        """All units in memory.

        Raises:
            CollectorError: systemd refuses, or answers something else.
            OSError: it does not answer.
        """
        try:
            (rows,) = self._ask(new_method_call(_MANAGER, "ListUnits"))
        except (DBusErrorResponse, ValueError) as error:
            raise CollectorError(f"systemd: ListUnits: expected units ({error})") from error
        if not all(len(row) == _FIELDS for row in rows):
            raise CollectorError(f"systemd: ListUnits: expected units of {_FIELDS} fields")
        return [SystemdUnit(row[0], row[2], row[3], row[6]) for row in rows]

    def property_of(self, path: str, interface: str, name: str) -> Any:
        """The value of a property; None where systemd does not know it, or the unit is gone.

        Args:
            path: of the object.
            interface: without what all of systemd's begin with, such as ``Service``.
            name: of the property.

        Raises:
            OSError: systemd does not answer.
        """
        address = DBusAddress(path, NAME, f"{NAME}.{interface}")
        try:
            ((_, value),) = self._ask(Properties(address).get(name))
        except DBusErrorResponse:
            return None
        return value

    def own_property(self, name: str) -> Any:
        """The value of a property of the manager's; see ``property_of``."""
        return self.property_of(_PATH, "Manager", name)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
