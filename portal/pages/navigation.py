"""The pages that a visitor finds in the menu, in its order: a new one adds a line here."""

from __future__ import annotations

from typing import NamedTuple

from portal.access.caller import Caller


class MenuEntry(NamedTuple):
    """A line of the menu.

    Attributes:
        path: of the page.
        name: as it is shown.
        scope: that is needed to see it.
    """

    path: str
    name: str
    scope: str = "read"


MENU = (
    MenuEntry("/", "Overview"),
    MenuEntry("/machines", "Machines"),
    MenuEntry("/tests", "Tests"),
    MenuEntry("/history", "History"),
    MenuEntry("/comparison", "Comparison"),
    MenuEntry("/workload", "Workload"),
    MenuEntry("/prices", "Prices"),
    MenuEntry("/jobs", "Jobs"),
    MenuEntry("/keys", "Keys", "admin"),
    MenuEntry("/audit", "Audit log", "admin"),
)


def menu_of(caller: Caller) -> list[MenuEntry]:
    """What a visitor may see of it."""
    return [entry for entry in MENU if entry.scope in caller.scopes]


def is_current(entry: MenuEntry, path: str) -> bool:
    """Whether a path is of that entry's page, or of one below it."""
    return path == entry.path or (entry.path != "/" and path.startswith(entry.path + "/"))
