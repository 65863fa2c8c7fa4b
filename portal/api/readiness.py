"""Whether the database answers, within a second whatever it does."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from portal.records.tenant_session import OperatorSession
from portal.records.tenants import TenantRow

# Whoever balances portals waits a second by habit.
SECONDS = 0.8
_LOG = logging.getLogger(__name__)


class Readiness:
    """One question at a time: a database that hangs is not asked again meanwhile.

    Args:
        engine: of the portal's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._asked: Future[bool] | None = None

    async def answers(self, seconds: float = SECONDS) -> bool:
        """Whether the database has answered by then."""
        if self._asked is None or self._asked.done():
            self._asked = self._pool.submit(self._ask)
        waiting = asyncio.wrap_future(self._asked)
        done, _ = await asyncio.wait({waiting}, timeout=seconds)
        return bool(done) and waiting.result()

    def _ask(self) -> bool:
        try:
            with OperatorSession(self._engine) as session:
                session.scalar(select(TenantRow.id).limit(1))
        except SQLAlchemyError as error:
            _LOG.warning("the database does not answer: %s", type(error).__name__)
            return False
        return True
