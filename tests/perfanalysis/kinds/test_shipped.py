"""The kinds that come with the program keep to what any kind of work must."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import MEASURED_BY_OTHERS, Answer, Refusal
from perfanalysis.kinds.catalogue import KINDS
from perfanalysis.kinds.machine import BY_NAME, FIGURES, Machine
from tests.perfanalysis.kinds.machines import machine, machines

NAMES = [kind.name for kind in KINDS]


def answer(kind: str, one: Machine, other: Machine, **more: str) -> Answer:
    found = answers.compare(shipped.kind(kind), one, other, **more)
    assert isinstance(found, Answer)
    return found


@pytest.mark.parametrize("kind", NAMES)
def test_no_kernel_has_a_negative_weight(kind: str) -> None:
    for model in shipped.kind(kind).models:
        assert all(weight >= 0 for name, weight in model.weights.items() if name in BY_NAME)


@pytest.mark.parametrize("kind", NAMES)
@settings(max_examples=20)
@given(
    one=machines(),
    other=machines(),
    faster=st.sampled_from([f.name for f in FIGURES]),
    by=st.floats(1, 1e6),
)
def test_a_faster_kernel_never_lowers_a_kind(
    kind: str, one: Machine, other: Machine, faster: str, by: float
) -> None:
    better = replace(one, figures={**one.figures, faster: one.figures[faster] * by})
    assert answer(kind, better, other).ratio >= answer(kind, one, other).ratio * (1 - 1e-9)


@pytest.mark.parametrize("kind", NAMES)
@settings(max_examples=20)
@given(one=machines(), other=machines(), factors=st.lists(st.floats(1e-6, 1e6), min_size=11))
def test_the_unit_of_a_kernel_does_not_matter(
    kind: str, one: Machine, other: Machine, factors: list[float]
) -> None:
    units = dict(zip(BY_NAME, factors, strict=False))
    scaled = [
        replace(m, figures={name: rate * units[name] for name, rate in m.figures.items()})
        for m in (one, other)
    ]
    before, after = answer(kind, one, other), answer(kind, scaled[0], scaled[1])
    assert math.isclose(before.ratio, after.ratio, rel_tol=1e-6)


@pytest.mark.parametrize("kind", NAMES)
@settings(max_examples=20)
@given(one=machines(), other=machines())
def test_a_machine_against_itself_is_one_and_both_ways_agree(
    kind: str, one: Machine, other: Machine
) -> None:
    assert answer(kind, one, one).ratio == 1
    there, back = answer(kind, one, other), answer(kind, other, one)
    assert math.isclose(there.ratio * back.ratio, 1, rel_tol=1e-9)
    assert there.lower < there.ratio < there.upper


@pytest.mark.parametrize("kind", NAMES)
def test_twice_as_fast_a_cpu_does_about_twice_the_work(kind: str) -> None:
    slow = machine()
    fast = replace(slow, figures={name: 2 * rate for name, rate in slow.figures.items()})
    assert 1.4 < answer(kind, fast, slow).ratio < 2.9


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.whole])
def test_far_more_cpus_of_one_kind_never_do_less_than_the_largest_known(kind: str) -> None:
    assert answer(kind, machine(cpus=4480), machine(cpus=448)).ratio == pytest.approx(10)


def test_what_lies_outside_is_named() -> None:
    odd = machine(memread_64m=1e9)
    assert answer("cache-server", odd, machine()).outside == ("memread_64m",)
    assert answer("cache-server", machine(), machine()).outside == ()


def test_one_machine_measured_by_others_has_a_wider_interval() -> None:
    one, other = machine(model=1), machine()
    here = answer("cache-server", one, other)
    there = answer("cache-server", one, other, source=MEASURED_BY_OTHERS)
    assert there.ratio == here.ratio
    assert there.upper > here.upper
    assert there.method.endswith(MEASURED_BY_OTHERS)


def without(*groups: str) -> Machine:
    whole = machine()
    kept = {name: r for name, r in whole.figures.items() if BY_NAME[name].group not in groups}
    return replace(whole, figures=kept)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("groups", [("memread",), ("crypto",), ("divide",), ("crypto", "memread")])
def test_fewer_kernels_still_answer_and_say_what_is_missing(
    kind: str, groups: tuple[str, ...]
) -> None:
    found = answer(kind, without(*groups), machine(model=1))
    assert not {BY_NAME[name].group for name in found.used} & set(groups)
    assert {BY_NAME[name].group for name in found.missing} <= set(groups)


def test_compressors_foretell_each_other_and_no_work_of_all_cpus() -> None:
    used = {kind.name: shipped.kind(kind.name).models[0].kernels for kind in KINDS}
    compressing = {
        name: {k for k in kernels if BY_NAME[k].group == "compress"}
        for name, kernels in used.items()
    }
    zlib, zstd = "compress_zlib5_single", "compress_zstd7_single"
    assert {name: kernels for name, kernels in compressing.items() if kernels} == {
        "gzip": {zstd},
        "zstd": {zlib},
        "brotli": {zlib, zstd},
        "lzma": {zlib, zstd},
    }
    assert answer("lzma", without("compress"), machine(model=1)).missing == (zlib, zstd)


def test_too_few_kernels_are_refused_with_their_names() -> None:
    found = answers.compare(shipped.kind("general"), without("divide", "crypto"), machine())
    assert isinstance(found, Refusal)
    assert "crypto_blake2b" in found.missing
    assert "divide_single" in found.why


def test_a_level_that_was_not_learned_is_refused() -> None:
    found = answers.compare(shipped.kind("general"), machine(), machine(model=1), level=0.999)
    assert isinstance(found, Refusal)


def test_a_mix_lies_between_its_kinds() -> None:
    one, other = machine(model=1, memread_64m=9e4), machine()
    parts = [answer("cache-server", one, other), answer("crypto", one, other)]
    mixed = answers.of_mix(parts, [3, 1])
    assert mixed.kind == "mix of cache-server 75%, crypto 25%"
    assert mixed.ratio == pytest.approx(parts[0].ratio ** 0.75 * parts[1].ratio ** 0.25)
    assert mixed.lower < mixed.ratio < mixed.upper


def test_no_verdict_where_the_interval_holds_one() -> None:
    slow, alike = machine(), machine(model=1)
    fast = replace(alike, figures={name: 9 * rate for name, rate in alike.figures.items()})
    assert answer("general", fast, slow).faster is True
    assert answer("general", slow, fast).faster is False
    assert answer("general", slow, alike).faster is None
