"""The second run of a suspicion, asked of the machine's agent where it has one that offers it.

Regressions know nothing of jobs, nor jobs of regressions: they meet here.
"""

from __future__ import annotations

import contextlib
import hashlib

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.jobs import JobProfile
from portal.jobs import asking, settling
from portal.jobs.asking import JobWish
from portal.records.faults import ConflictError
from portal.records.load_tests import LoadTestRow
from portal.records.tenant_session import TenantSession

# As the forms of jobs have it.
_LIMIT_SECONDS, _WAIT_SECONDS = 900, 86_400
_OF_ONE_KERNEL = frozenset({JobProfile.DEFAULT, JobProfile.QUICK, JobProfile.PRECISE})


def ask(session: TenantSession, caller: Caller, test: LoadTestRow) -> None:
    """Ask for a run like a test, once; without such an agent a person has to.

    Args:
        session: that may write.
        caller: who handed the test in.
        test: which was low.
    """
    if test.profile not in _OF_ONE_KERNEL:
        return
    wish = JobWish(test.machine_id, (test.kernel,), test.profile, (), _LIMIT_SECONDS, _WAIT_SECONDS)
    key = f"second-{hashlib.sha256(test.test_id.encode()).hexdigest()[:40]}"
    settling.settle(session, test.machine_id)
    with contextlib.suppress(ConflictError, InputError):
        asking.ask(session, caller, wish, key)
