"""A suspicion's second run is asked of the machine's agent, once, where there is one."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.portal.nights import USUAL, hand_in, regressions, watch
from tests.portal.serving import Tenant, call, portal


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    found = portal(engine, "one")
    hand_in(found, USUAL)
    watch(found)
    return found


def test_a_low_run_has_the_agent_run_it_again(tenant: Tenant) -> None:
    tenant.ok("POST", "/api/v1/agents/work", json=call("m"))
    hand_in(tenant, [90.0], first=8)
    assert [one["state"] for one in regressions(tenant)] == ["suspected"]
    (job,) = tenant.ok("GET", "/api/v1/jobs")["jobs"]
    assert (job["kernels"], job["profile"], job["state"]) == (["rmw"], "default", "wanted")
    # The next one decides, and asks for nothing.
    hand_in(tenant, [90.0], first=9)
    assert [one["state"] for one in regressions(tenant)] == ["confirmed"]
    assert len(tenant.ok("GET", "/api/v1/jobs")["jobs"]) == 1


@pytest.mark.parametrize("offers", [None, {"kernels": ["divide"], "profiles": ["default"]}])
def test_without_an_agent_that_offers_it_a_person_has_to(
    tenant: Tenant, offers: dict[str, object] | None
) -> None:
    if offers is not None:
        work = call("m", offers={**offers, "most_seconds": 3600})
        tenant.ok("POST", "/api/v1/agents/work", json=work)
    hand_in(tenant, [90.0], first=8)
    assert [one["state"] for one in regressions(tenant)] == ["suspected"]
    assert tenant.ok("GET", "/api/v1/jobs")["jobs"] == []
    assert len(tenant.ok("GET", "/api/v1/regressions/wanted-runs")["wanted_runs"]) == 1
