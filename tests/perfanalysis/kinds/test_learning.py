"""Learning: what made machines teach is found again, and errors are those of unseen CPU models."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import MalformedError
from perfanalysis.kinds import conformal, evaluation, learning, own_kinds, shipped
from perfanalysis.kinds.evaluation import Widths
from perfanalysis.kinds.fitting import fit, not_negative
from perfanalysis.kinds.machine import BY_NAME
from perfanalysis.kinds.own_kinds import Measured
from tests.perfanalysis.kinds.machines import machine


def test_weights_are_found_again_despite_outliers() -> None:
    random = np.random.default_rng(3)
    terms = random.normal(size=(300, 3))
    work = terms @ [0.7, 0.3, 0.0] + 2 + random.normal(scale=0.01, size=300)
    work[:20] += 5
    zeros, small = np.zeros(3), np.full(3, 1e-6)
    found, level = fit(terms, work, np.ones(300), small, zeros, np.ones(3, dtype=bool))
    assert found == pytest.approx([0.7, 0.3, 0.0], abs=0.01)
    assert level == pytest.approx(2, abs=0.01)


@given(st.integers(0, 10_000))
def test_bounded_weights_are_the_least_of_all_that_are_not_negative(seed: int) -> None:
    random = np.random.default_rng(seed)
    root = random.normal(size=(6, 4))
    normal, right = root.T @ root + 0.1 * np.eye(4), random.normal(size=4)
    bounded = np.array([True, True, True, False])
    found = not_negative(normal, right, bounded, np.array([0.0, 3.0, 0.0, -1.0]))
    slope = right - normal @ found
    assert (found[bounded] >= 0).all()
    assert slope[bounded].max() < 1e-6
    assert slope * found == pytest.approx(0, abs=1e-6)


def test_folds_keep_a_cpu_model_together_and_hold_each_machine_out_once() -> None:
    models = ["a"] * 7 + ["b"] * 3 + ["c"] * 2 + ["d"]
    folds = list(learning.splits(models, 3))
    assert sum(fold.astype(int) for fold in folds).tolist() == [1] * 13
    for fold in folds:
        inside = {m for m, held in zip(models, fold, strict=True) if held}
        outside = {m for m, held in zip(models, fold, strict=True) if not held}
        assert not inside & outside


def test_settings_are_chosen_without_the_fold_that_is_held_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(2)
    names = ("divide", "memread_16k", "smt", "arm", "design_zen4", "log_cpus")
    models = tuple(f"model {place // 4}" for place in range(96))
    terms = np.repeat(random.normal(size=(24, 6)), 4, axis=0) + 0.1 * random.normal(size=(96, 6))
    work = terms @ [0.6, 0.4, 0.3, 0.0, -0.4, 0.1] + 0.1 * random.normal(size=96)
    kernels = np.array([name in BY_NAME for name in names])
    data = learning.Learnable(names, terms, work, models, kernels)
    asked: list[set[str]] = []

    def score(known: learning.Learnable, settings: learning.Penalties) -> float:
        asked.append(set(known.models))
        return plain(known, settings)

    plain = learning.score
    monkeypatch.setattr(learning, "score", score)
    stiff, soft = learning.Penalties(1e6, 1e6, 1e6), learning.Penalties(1e-3, 1e-3, 1e-3)
    monkeypatch.setattr(learning, "CANDIDATES", (stiff, soft))
    assert learning.held_out_choosing(data) == pytest.approx(learning.held_out(data, soft))
    for place, fold in enumerate(learning.splits(models, learning.FOLDS)):
        held = {m for m, out in zip(models, fold, strict=True) if out}
        assert asked[2 * place : 2 * place + 2] == [set(models) - held] * 2
    assert learning.held_out(data, soft) != pytest.approx(learning.held_out(data, stiff))


def test_a_model_with_many_machines_counts_as_one_in_an_interval() -> None:
    errors = {name: np.array([0.1 * place]) for place, name in enumerate("abcdefghijklmnopqrst")}
    alone = conformal.between(errors, 0.9)
    crowded = {**errors, "a": np.zeros(1000)}
    assert conformal.between(crowded, 0.9) == alone
    assert math.isinf(conformal.between({"a": np.zeros(5), "b": np.ones(5)}, 0.9))


def test_arm_and_another_have_the_quantile_of_their_own_pairs() -> None:
    errors = {f"x{place}": np.array([0.01 * place]) for place in range(20)}
    far = errors | {"arm1": np.array([1.0]), "arm2": np.array([1.4])}
    found = conformal.across(far, 0.9, {"arm1", "arm2"})
    held = np.mean([abs(e[0] - arm) <= found for e in errors.values() for arm in (1.0, 1.4)])
    assert 0.9 <= held < 1
    near = errors | {"arm1": np.array([0.1]), "arm2": np.array([0.1])}
    assert conformal.across(near, 0.9, {"arm1", "arm2"}) == conformal.between(near, 0.9)


def test_where_no_arm_was_learned_from_its_interval_is_wider() -> None:
    errors = {f"x{place}": np.array([0.01 * place]) for place in range(20)}
    assert conformal.across(errors, 0.9, set()) == 1.5 * conformal.between(errors, 0.9)


def test_intervals_hold_what_they_say_on_models_that_they_were_not_found_on() -> None:
    random = np.random.default_rng(5)
    models = [f"model {place // 8}" for place in range(8 * 60)]
    errors = np.repeat(random.standard_t(3, size=60), 8) * 0.1 + random.normal(size=480) * 0.02
    found = evaluation.split_coverage(errors, models, set(), 0.9)
    assert found is not None
    assert 0.86 < found.held < 0.97
    assert found.arm_held is None


def test_errors_of_pairs_are_factors_either_way() -> None:
    errors = np.array([0.0, 0.0, math.log(1.2)])
    found = evaluation.pair_errors(errors, ["a", "a", "b"])
    assert found is not None
    assert found.median == pytest.approx(0.2)
    assert evaluation.pair_errors(errors, ["a", "a", "a"]) is None


def test_coverage_of_arm_uses_its_own_width() -> None:
    errors = np.array([0.0, 0.1, 0.5])
    found = evaluation.coverage(errors, ["x", "y", "arm"], {"arm"}, Widths(0.2, 0.45))
    assert found is not None
    assert (found.held, found.arm_held, found.arm_pairs) == (pytest.approx(2 / 3), 0.5, 2)


def test_an_own_kind_of_two_types_stays_near_its_start_and_says_so() -> None:
    start = shipped.kind("general")
    two = [Measured(machine(), 100.0), Measured(machine(model=1, memread_64m=9e4), 180.0)]
    learned = own_kinds.learn("mine", "my work", two, start)
    model, first = learned.models[0], start.models[0]
    assert model.few
    assert model.between["0.9"] >= first.between["0.9"]
    for name in model.kernels:
        assert model.weights[name] == pytest.approx(first.weights.get(name, 0), abs=0.3)
    assert shipped.decoded(shipped.encoded(learned)) == learned


def test_many_types_draw_an_own_kind_to_what_they_did() -> None:
    start = shipped.kind("general")
    random = np.random.default_rng(7)
    many = []
    for _ in range(20):
        by = float(np.exp(random.normal()))
        one = machine(memread_64m=3.2e4 * by)
        many.append(Measured(one, 50.0 * by))
    weight = own_kinds.learn("mine", "", many, start).models[0].weights["memread_64m"]
    assert weight > 0.7


def test_one_machine_teaches_no_kind() -> None:
    with pytest.raises(MalformedError, match="two machines"):
        own_kinds.learn("mine", "", [Measured(machine(), 1.0)], shipped.kind("general"))
