"""A machine's work on all candidates: risks, machines, money, findings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workload.prediction.made import GIB, candidate, curve, straight, usage
from workload.prediction.candidate import Candidate
from workload.prediction.choice import Refused, choose
from workload.prediction.distribution import Distribution
from workload.prediction.findings import MachineResource, Provisioning
from workload.prediction.predict import KindRatios, Predictor
from workload.prediction.prediction import Prediction
from workload.prediction.today import todays_finding
from workload.prediction.usage import SampledBusy, Usage
from workload.prediction.wishes import Wishes

OWN = candidate("own", 100)
# 1,000 minutes, of which five at 90 % and the rest at 30 %.
QUIET = [0.3] * 995 + [0.9] * 5


def predicted(
    use: Usage, candidates: list[Candidate], source: Candidate | None = OWN, **wishes: Any
) -> Prediction:
    return Predictor(candidates, Wishes(**wishes)).predict(use, source)


def test_percentiles_head_room_and_mean() -> None:
    found = predicted(usage(QUIET), [OWN, candidate("half", 50)])
    assert found.percents == (50.0, 95.0, 99.0, 99.5, 100.0)
    assert found.busy.value[1] == pytest.approx([0.6, 0.6, 0.6, 0.6, 1.8])
    assert found.head_room().value[1] == pytest.approx([0.4, 0.4, 0.4, 0.4, -0.8])
    assert found.mean == pytest.approx([0.303, 0.606])
    over = found.busy_over_time(1)
    assert over.value[[0, 999]] == pytest.approx([0.6, 1.8])
    assert (over.lower <= over.value).all()
    assert (over.upper >= over.value).all()


def test_the_risk_is_the_share_of_the_time_that_is_too_much() -> None:
    found = predicted(usage(QUIET), [OWN, candidate("half", 50), candidate("quarter", 25)])
    assert found.risks[MachineResource.CPU].value == pytest.approx([0.0, 0.005, 1.0])


def test_a_saturated_machine_hides_demand() -> None:
    found = predicted(usage([0.3] * 990 + [1.0] * 10), [OWN, candidate("twice", 200)])
    assert found.demand.censored == pytest.approx(0.01)
    assert found.is_lower_bound
    # Nothing that was seen is too much for it, and what was wanted is not known.
    assert found.risks[MachineResource.CPU].value[1] == 0
    assert found.risks[MachineResource.CPU].upper[1] == pytest.approx(0.01)


def test_no_risk_where_no_limit_is_known() -> None:
    use = usage([0.1] * 1000, disk_read_bytes=[100.0] * 1000, disk_write_bytes=[60.0] * 1000)
    small = candidate("small", 100, disk_bytes=150.0)
    found = predicted(use, [OWN, small])
    risk = found.risks[MachineResource.DISK_THROUGHPUT]
    assert np.isnan(risk.value[0])
    assert risk.value[1] == 1
    assert found.unchecked(0) == [MachineResource.DISK_THROUGHPUT]
    assert MachineResource.NETWORK not in found.risks
    assert found.machines.upper.tolist() == [1, 2]


def test_the_risk_in_all_counts_each_moment_once() -> None:
    """CPU too small in the first tenth, memory in the second half of it and as long behind it."""
    memory = np.full(1000, 2 * GIB)
    memory[50:150] = 6 * GIB
    use = usage([0.9] * 100 + [0.1] * 900, memory_bytes=memory)
    found = predicted(use, [OWN, candidate("half", 50, memory_bytes=4 * GIB)])
    assert found.risks[MachineResource.CPU].value[1] == pytest.approx(0.1)
    assert found.risks[MachineResource.MEMORY].value[1] == pytest.approx(0.1)
    assert found.risk.value[1] == pytest.approx(0.15)
    assert found.risk.lower[1] == pytest.approx(0.1)
    assert found.risk.upper[1] == pytest.approx(0.2)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
    st.lists(st.floats(10, 400), min_size=1, max_size=5),
)
def test_risks_are_what_a_look_at_each_interval_says(busy: list[float], works: list[float]) -> None:
    others = [candidate(f"c{i}", work) for i, work in enumerate(works)]
    found = predicted(usage(busy), others)
    for index, work in enumerate(works):
        there = np.array(busy) * 100 / work
        # Rounding at the very limit may fall either way.
        surely, perhaps = np.mean(there > 1 + 1e-6), np.mean(there > 1 - 1e-6)
        assert surely <= found.risks[MachineResource.CPU].value[index] + 1e-9
        assert found.risks[MachineResource.CPU].value[index] <= perhaps + 1e-9


def test_too_few_intervals_for_a_percentile_are_judged_by_their_maximum() -> None:
    found = predicted(usage([0.3] * 100 + [0.9]), [OWN])
    assert found.counted == 100
    assert np.isnan(found.busy.value[0][found.percents.index(99.5)])
    assert found.machines.value == [2]


def test_memory_that_is_too_small_takes_more_machines() -> None:
    found = predicted(usage([0.1] * 1000), [candidate("c", 100, memory_bytes=1.5 * GIB)])
    # 2 GiB, of 1.2 that may be used of each.
    assert found.machines.value == [2]


def test_at_least_so_many_machines_as_are_wished() -> None:
    assert predicted(usage([0.1] * 1000), [OWN], least=3).machines.value == [3]


def test_a_burstable_type_must_last() -> None:
    use = usage([0.3] * 1000)
    lasting = candidate("t", 100, cpu_baseline=0.1)
    assert predicted(use, [lasting]).machines.value == [3]


def test_a_sampler_tells_what_intervals_hide() -> None:
    use = usage([0.3] * 1000, step=300.0)
    looks = SampledBusy(np.array([0.5, 0.9, np.inf]), np.tile([90.0, 10.0, 0.0], (1000, 1)))
    sampled = Usage(**(vars(use) | {"bursts": looks}))
    found = predicted(sampled, [OWN, candidate("half", 50)])
    place = found.percents.index(99.0)
    assert found.busy.value[1][place] == pytest.approx(0.6)
    assert found.busy.upper[1][place] == pytest.approx(1.8)
    assert found.risks[MachineResource.CPU].upper[1] == pytest.approx(0.1)


def test_coarse_intervals_widen_upwards_alone() -> None:
    busy = np.random.default_rng(1).normal(0.4, 0.05, 2000)
    found = predicted(usage(busy.tolist(), step=300.0), [candidate("c", 100)])
    assert found.demand.hidden > 0.02
    place = found.percents.index(99.0)
    assert found.busy.lower[0][place] == pytest.approx(found.busy.value[0][place])
    assert found.busy.upper[0][place] > found.busy.value[0][place] + 0.05
    minutes = predicted(usage(busy.tolist()), [candidate("c", 100)])
    assert minutes.busy.upper[0][place] == pytest.approx(minutes.busy.value[0][place])


def test_a_kind_of_work_goes_by_its_own_ratio() -> None:
    """Kernels say twice the work, the kind half as much again."""
    predictor = Predictor([OWN, candidate("b", 200), candidate("c", 200)], Wishes())
    kind = KindRatios({"own": (1, 1, 1), "b": (1.5, 1.2, 1.875)})
    found = predictor.predict(usage([0.6] * 1000), OWN, kind)
    assert found.busy.value[1][0] == pytest.approx(0.4)
    assert found.busy.upper[1][0] == pytest.approx(0.5)
    assert found.measured.tolist() == [True, True, False]


def test_without_a_source_only_what_has_limits_is_told() -> None:
    found = predicted(usage([0.6] * 1000), [OWN], None)
    assert np.isnan(found.busy.value).all()
    assert found.used[MachineResource.MEMORY][0] == pytest.approx([0.25] * 5)
    assert choose(found).cheapest is None


def test_two_candidates_of_one_name() -> None:
    with pytest.raises(ValueError, match="a name of their own"):
        Predictor([OWN, OWN], Wishes())


CHOICES: list[tuple[dict[str, Any], dict[str, Any], Refused | None]] = [
    ({}, {}, None),
    ({"architecture": "aarch64"}, {}, Refused.OTHER_ARCHITECTURE),
    ({"architecture": "aarch64"}, {"architectures": ("aarch64",)}, None),
    ({"architecture": "aarch64"}, {"architectures": ("x86_64",)}, Refused.NOT_WISHED),
    ({"architecture": ""}, {}, None),
    ({"purchase": "spot"}, {}, Refused.SPOT),
    ({"purchase": "spot"}, {"spot": True}, None),
    ({"provider": "aws"}, {"providers": ("aws", "oci")}, None),
    ({"provider": "azure"}, {"providers": ("aws", "oci")}, Refused.NOT_WISHED),
    ({"region": "eu-1"}, {"regions": ("eu-2",)}, Refused.NOT_WISHED),
    ({"instance_type": "m7i.large"}, {"families": ("m7i",)}, None),
    ({"instance_type": "m7in.large"}, {"families": ("m7i",)}, Refused.NOT_WISHED),
    ({"instance_type": "Standard_D4_v5"}, {"families": ("Standard_D*_v5",)}, None),
    ({"curves": {}}, {}, Refused.UNMEASURED),
    ({"price": None}, {}, Refused.NO_PRICE),
    ({"currency": "EUR"}, {}, Refused.OTHER_CURRENCY),
    ({"memory_bytes": GIB}, {}, Refused.TOO_SMALL),
    ({"curves": {"rmw": (straight(30),)}}, {}, Refused.TOO_SMALL),
]


@pytest.mark.parametrize(("facts", "wishes", "refused"), CHOICES)
def test_what_may_be_recommended(
    facts: dict[str, Any], wishes: dict[str, Any], refused: Refused | None
) -> None:
    # Only its own wish, and not that of today's machine, decides.
    found = choose(predicted(usage([0.5] * 1000), [candidate("c", 100, **facts), OWN], **wishes))
    assert found.refused[0] is refused


def test_the_cheapest_that_surely_carries_it() -> None:
    """At 50 % of 100: 60 would be 83 % busy, 70 71 %; two of 35 would do as well, for less."""
    dear = candidate("dear", 300)
    every = [OWN, candidate("small", 60), candidate("enough", 70), dear]
    every.append(candidate("pair", 35, price=Decimal("0.03")))
    found = predicted(usage([0.5] * 1000), every)
    choice = choose(found)
    assert choice.cheapest is not None
    assert choice.cheapest_divided is not None
    assert every[choice.cheapest].name == "enough"
    assert every[choice.cheapest_divided].name == "pair"
    assert found.month(choice.cheapest) == Decimal("51.1")
    assert found.saving(choice.cheapest) == Decimal("21.9")
    assert found.month(4) == Decimal("43.8")


DAY = 1440
FINDINGS = [
    (
        usage([0.9] * 2 * DAY),
        Provisioning.UNDER,
        ["CPUUnderprovisioned", "MemoryOverprovisioned"],
    ),
    (usage([0.5] * 2 * DAY, memory_bytes=[5 * GIB] * 2 * DAY), Provisioning.OPTIMISED, []),
    (
        usage([0.3] * 2 * DAY),
        Provisioning.OVER,
        ["CPUOverprovisioned", "MemoryOverprovisioned"],
    ),
    (
        usage([0.3] * 2 * DAY, memory_bytes=[7 * GIB] * 2 * DAY),
        Provisioning.UNDER,
        ["CPUOverprovisioned", "MemoryUnderprovisioned"],
    ),
    (usage([0.3] * DAY), Provisioning.UNKNOWN, ["TooLittleData"]),
    (usage([np.nan] * DAY), Provisioning.UNKNOWN, ["NoData"]),
]


@pytest.mark.parametrize(("use", "state", "reasons"), FINDINGS)
def test_todays_machine(use: Usage, state: Provisioning, reasons: list[str]) -> None:
    finding = todays_finding(predicted(use, [OWN]))
    assert finding.state is state
    known = [one for one in finding.reasons if not one.endswith("Unknown")]
    assert known == reasons


def test_half_a_machine_by_its_own_curve() -> None:
    """Half busy it does 80 % of its work: half of it would not do, though it is half idle."""
    bent = candidate("own", 1, curves={"rmw": (curve([80, 100], [0.4, 0.8]),)})
    finding = todays_finding(predicted(usage([0.4] * 2 * DAY), [bent], bent))
    assert finding.resources[MachineResource.CPU][0] is Provisioning.OPTIMISED


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(0.1, 100)), min_size=1, max_size=50),
    st.floats(1, 100),
)
def test_percentiles_and_shares_say_the_same(
    pairs: list[tuple[float, float]], percent: float
) -> None:
    values, seconds = (np.array(one) for one in zip(*(pairs * 20), strict=True))
    found = Distribution(values, seconds)
    value = found.percentile(percent)
    if np.isfinite(value):
        assert value in values
        assert found.share_above(np.array([value]))[0] <= 1 - percent / 100 + 1e-6
