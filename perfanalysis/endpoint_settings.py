"""What can be said of an HTTP endpoint beside its URL: the same words in every file and flag. Pure.

The words are those of Prometheus' own configuration. In a file they are keys below each other
(``tls: {ca_file: …}``), on a command line parts of a flag (``--upload-tls-ca-file``; of the
exporter, ``--push.tls.ca-file``). It stands outside of ``perfanalysis.delivery``, because an
exporter that pushes nothing has the flags and loads nothing of that.
"""

from __future__ import annotations

from typing import NamedTuple

SettingPath = tuple[str, ...]
FILE, TEXT, VARIABLE, HEADERS, HEADER_FILES = "file", "text", "variable", "headers", "header files"

BEARER_FILE: SettingPath = ("bearer_token_file",)
BEARER_VARIABLE: SettingPath = ("bearer_token_variable",)
USERNAME: SettingPath = ("basic_auth", "username")
PASSWORD_FILE: SettingPath = ("basic_auth", "password_file")
PASSWORD_VARIABLE: SettingPath = ("basic_auth", "password_variable")
HEADER: SettingPath = ("headers",)
HEADER_FILE: SettingPath = ("header_files",)
CA_FILE: SettingPath = ("tls", "ca_file")
CERT_FILE: SettingPath = ("tls", "cert_file")
KEY_FILE: SettingPath = ("tls", "key_file")
# Where it exists, see docs/security.md; most endpoints do not have it.
SKIP_VERIFY: SettingPath = ("tls", "insecure_skip_verify")


class Setting(NamedTuple):
    """One thing that can be said.

    Attributes:
        path: its keys in a file, from the outermost on.
        kind: FILE, TEXT, VARIABLE (the name of one of the environment), HEADERS or HEADER_FILES.
        help: what it is.
        flag_help: the same of its flag, where that differs.
    """

    path: SettingPath
    kind: str
    help: str
    flag_help: str = ""


SETTINGS = (
    Setting(BEARER_FILE, FILE, "The file that holds a bearer token."),
    Setting(BEARER_VARIABLE, VARIABLE, "The environment variable that holds a bearer token."),
    Setting(USERNAME, TEXT, "The user's name, for basic authentication."),
    Setting(PASSWORD_FILE, FILE, "The file that holds the user's password."),
    Setting(PASSWORD_VARIABLE, VARIABLE, "The environment variable that holds the password."),
    Setting(
        HEADER,
        HEADERS,
        "Headers of every request, such as X-Scope-OrgID: team-a; no secrets.",
        "Header of every request, such as 'X-Scope-OrgID: team-a'; no secrets; may be given again.",
    ),
    Setting(
        HEADER_FILE,
        HEADER_FILES,
        "Headers whose values stand in files, by name of the header.",
        "Header whose value stands in a file, such as 'X-Token: /etc/token'; may be given again.",
    ),
    Setting(CA_FILE, FILE, "Certificates (PEM) that the server's is checked against."),
    Setting(CERT_FILE, FILE, "A client certificate (PEM)."),
    Setting(KEY_FILE, FILE, "The key of the client certificate (PEM, without passphrase)."),
)


class Old(NamedTuple):
    """An older word for something.

    Attributes:
        kind: see ``Setting``.
        meaning: what it is today.
        with_user: the same where a user is named.
    """

    kind: str
    meaning: SettingPath
    with_user: SettingPath


# Kept for good: files and scripts of those who have them.
OLD: dict[str, Old] = {
    "key_file": Old(FILE, BEARER_FILE, PASSWORD_FILE),
    "key_variable": Old(VARIABLE, BEARER_VARIABLE, PASSWORD_VARIABLE),
    "bearer_key_file": Old(FILE, BEARER_FILE, BEARER_FILE),
    "token_file": Old(FILE, BEARER_FILE, BEARER_FILE),
    "password_file": Old(FILE, PASSWORD_FILE, PASSWORD_FILE),
    "username": Old(TEXT, USERNAME, USERNAME),
    "ca_file": Old(FILE, CA_FILE, CA_FILE),
}


def flag_of(path: SettingPath, prefix: str, separator: str = "-") -> str:
    """How a setting is spelled on a command line, behind ``--``; one header a flag."""
    singular = {HEADER: ("header",), HEADER_FILE: ("header_file",)}.get(path, path)
    return separator.join([prefix, *(word.replace("_", "-") for word in singular)])
