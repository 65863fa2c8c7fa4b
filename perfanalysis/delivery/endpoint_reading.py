"""What a person said of an endpoint, in a file or by flags: read, and errors say where."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.endpoint_settings import (
    BEARER_FILE,
    BEARER_VARIABLE,
    CA_FILE,
    CERT_FILE,
    HEADER,
    HEADER_FILE,
    KEY_FILE,
    OLD,
    PASSWORD_FILE,
    PASSWORD_VARIABLE,
    SKIP_VERIFY,
    USERNAME,
    SettingPath,
)
from perfanalysis.errors import InputError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_NOT_TO_SET = frozenset({"authorization", "content-type", "content-encoding", "idempotency-key"})


@dataclass(frozen=True)
class Description:
    """What a person said of an endpoint.

    Attributes:
        said: by the setting's path; also by old words, as paths of one.
        spelled: how such a path is written where it was said, for messages.
        where: the file that says it; "" for a command line, where the spelling is enough.
    """

    said: Mapping[SettingPath, Any]
    spelled: Callable[[SettingPath], str]
    where: str = ""

    def fault(self, path: SettingPath, expected: str, found: object = None) -> InputError:
        """What is wrong with something that was said."""
        where, field_ = (self.where, self.spelled(path)) if self.where else (self.spelled(path), "")
        return InputError(where, field_, expected, found)


def in_file(
    entry: Mapping[str, Any], where: str, prefix: str = "", known: Iterable[str] = ()
) -> Description:
    """What a mapping of a file says; its shape was checked by a schema.

    Args:
        entry: the mapping; keys that are no setting of an endpoint are left out.
        where: the file, for messages.
        prefix: the mapping's place in it, for messages.
        known: old words that it may have.
    """
    settings = (BEARER_FILE, BEARER_VARIABLE, HEADER, HEADER_FILE, *((word,) for word in known))
    said: dict[SettingPath, Any] = {p: entry[p[0]] for p in settings if p[0] in entry}
    for above in ("basic_auth", "tls"):
        said |= {(above, key): value for key, value in entry.get(above, {}).items()}
    return Description(said, lambda path: ".".join([*([prefix] if prefix else []), *path]), where)


def read_endpoint(
    url: str,
    description: Description,
    *,
    variable: str = "",
    check: bool = True,
    ours: Collection[str] = _NOT_TO_SET,
) -> Endpoint:
    """The endpoint that was described.

    Args:
        url: checked already, see ``check_url``.
        description: all that was said beside it.
        variable: the environment variable that holds the key when nothing else does, if it is set.
        check: whether the files must be there now.
        ours: headers that nobody else may set, in small letters.

    Raises:
        InputError: two things exclude each other, or one alone is of no use.
    """
    said = _of_today(description)

    def value(path: SettingPath) -> Any:
        return description.said[said[path]] if path in said else ""

    headers = {
        path: _headers(value(path), _where(description, said[path]), ours)
        for path in (HEADER, HEADER_FILE)
        if path in said
    }
    if not all(headers.get(HEADER_FILE, {}).values()):
        expected = "a header and its file, such as 'X-Token: /etc/token'"
        raise description.fault(said[HEADER_FILE], expected)
    found = Endpoint(
        url,
        _credentials(description, said, variable),
        headers.get(HEADER, {}),
        headers.get(HEADER_FILE, {}),
        value(CA_FILE),
        value(CERT_FILE),
        value(KEY_FILE),
        bool(value(SKIP_VERIFY)),
    )
    if bool(found.cert_file) != bool(found.key_file):
        there, absent = (CERT_FILE, KEY_FILE) if found.cert_file else (KEY_FILE, CERT_FILE)
        raise description.fault(said[there], f"{description.spelled(absent)} beside it")
    if check:
        if fault := found.fault_of_files():
            path, expected = fault
            raise description.fault(said[path], expected, value(path))
        found.secrets()
    return found


def _headers(
    said: Mapping[str, str] | Iterable[str], where: str, ours: Collection[str]
) -> dict[str, str]:
    """Of a file, or of flags."""
    pairs = said.items() if isinstance(said, Mapping) else map(_pair, said)
    return _checked_headers(pairs, where, ours)


def parse_headers(lines: Iterable[str], where: str) -> dict[str, str]:
    """Read headers such as ``X-Scope-OrgID: team-a``.

    Raises:
        InputError: one is malformed, or is ours to set.
    """
    return _headers(lines, where, _NOT_TO_SET)


def _pair(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    # A line without a colon is no header, whatever its name.
    return (name, value) if colon else ("", value)


def _checked_headers(
    pairs: Iterable[tuple[str, str]], where: str, ours: Collection[str]
) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        text = value.strip()
        if not (_HEADER_NAME.fullmatch(name) and text.isascii() and text.isprintable()):
            raise InputError(where, "", "a header such as 'X-Scope-OrgID: team-a'")
        if name.lower() in ours:
            raise InputError(where, name, "another header: a key is read from a file")
        headers[name] = text
    return headers


def _where(description: Description, path: SettingPath) -> str:
    spelled = description.spelled(path)
    return f"{description.where}: {spelled}" if description.where else spelled


def _of_today(description: Description) -> dict[SettingPath, SettingPath]:
    """What was said, by today's words: the words in which it was said."""
    old = {path for path in description.said if path[0] in OLD and len(path) == 1}
    found = {path: path for path in description.said if path not in old}
    user = ("username",) in old or USERNAME in found
    for path in (path for path in description.said if path in old):
        meaning = OLD[path[0]].with_user if user else OLD[path[0]].meaning
        if meaning in found:
            twice = description.spelled(found[meaning])
            raise description.fault(path, f"this or {twice}, not both")
        found[meaning] = path
    return found


def _credentials(
    description: Description, said: Mapping[SettingPath, SettingPath], variable: str
) -> Credentials:
    spelled = description.spelled
    bearer = [said[path] for path in (BEARER_FILE, BEARER_VARIABLE) if path in said]
    password = [said[path] for path in (PASSWORD_FILE, PASSWORD_VARIABLE) if path in said]
    user = said.get(USERNAME)
    for both in (bearer, password):
        if len(both) == 2:
            raise description.fault(both[1], f"this or {spelled(both[0])}, not both")
    if bearer and (user or password):
        raise description.fault(bearer[0], f"this or {spelled(user or password[0])}, not both")
    if password and not user:
        raise description.fault(password[0], f"{spelled(USERNAME)} beside it")
    from_environment = variable if variable in os.environ and not bearer + password else ""
    if user and not password and not from_environment:
        other = f" or ${variable}" if variable else ""
        raise description.fault(user, f"{spelled(PASSWORD_FILE)}{other} beside it")
    for path in (BEARER_VARIABLE, PASSWORD_VARIABLE):
        if path in said:
            from_environment = description.said[said[path]]
            # What was given is not shown: it may be the key itself.
            if not _VARIABLE.fullmatch(from_environment):
                raise description.fault(said[path], "the name of an environment variable")
    file = said.get(PASSWORD_FILE if user else BEARER_FILE)
    return Credentials(
        description.said[file] if file else "",
        from_environment,
        description.said[user] if user else "",
    )
