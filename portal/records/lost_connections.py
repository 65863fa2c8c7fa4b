"""Connections to PostgreSQL that are of no more use: the way is cut, or the server only reads."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

# Words of libpq ("Parameter Key Words"). A server that does not take a connection within seconds is
# not there; one whose machine has lost its power, or its network, is given up just as soon. The
# kernel's own patience is a quarter of an hour with what was sent, and for ever with an answer.
_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# SQLSTATE read_only_sql_transaction: a standby, or a primary that has become one.
READ_ONLY = "25006"


def patience(url: URL) -> dict[str, int]:
    """What libpq is told beside a URL, where that does not say it itself."""
    return {word: value for word, value in _PATIENCE.items() if word not in url.query}


def is_read_only(error: BaseException) -> bool:
    """Whether a server has refused to write, as it does after a switch-over."""
    return getattr(error, "sqlstate", None) == READ_ONLY


def not_now(context: ExceptionContext) -> OperationalError | None:
    """Have a lost connection be an error that passes, and no connection of its time used again.

    A server that only reads keeps its connections: they would fail for ever.
    """
    if is_read_only(context.original_exception):
        context.is_disconnect = True
    if not context.is_disconnect:
        return None
    return OperationalError(
        context.statement, None, context.original_exception, hide_parameters=True
    )
