from __future__ import annotations

import pytest

from cffi_burn import reference
from cffi_burn.kernel import all_kernels
from cffi_burn.worker import Worker

KERNELS = all_kernels()


def test_the_spin_of_rmw_is_seventeen_add_and_or_steps() -> None:
    # By hand, after each step: fffffffe 155aa55aa ..55af ..55bb ..55ea ..55fa ..57ab ..57bb ..57ee
    # ..57fa ..5daf ..5dbb ..5dea ..5dfa ..5fab ..5fbb ..5fee
    assert reference.rmw_spin() == 0x155AA5FEE


def test_the_first_grain_of_rmw_by_plain_integers() -> None:
    spin = reference.rmw_spin()
    words = [(0 + index) ^ spin for index in range(reference.RMW_WORDS_PER_GRAIN)]
    assert reference.rmw_checksum(1) == sum(words)


def test_every_kernel_has_a_reference() -> None:
    assert set(reference.CHECKSUMS) == set(KERNELS)


@pytest.mark.parametrize("name", list(KERNELS))
@pytest.mark.parametrize("grains", [1, 3, 128, 129, 400])
def test_each_instruction_set_reproduces_the_reference(name: str, grains: int) -> None:
    expected = reference.CHECKSUMS[name](grains)
    for instruction_set in KERNELS[name].instruction_sets:
        worker = Worker(KERNELS[name], instruction_set=instruction_set)
        try:
            assert worker.run(grains) == expected, instruction_set
        finally:
            worker.close()


@pytest.mark.parametrize("name", list(KERNELS))
def test_work_in_parts_is_the_same_work(name: str) -> None:
    worker = Worker(KERNELS[name])
    try:
        worker.run(100)
        worker.run(1)
        assert worker.run(99) == reference.CHECKSUMS[name](200)
    finally:
        worker.close()


def test_rmw_states_its_unit() -> None:
    rmw = KERNELS["rmw"]
    assert rmw.operations_per_unit == 524288 * 36
    assert rmw.bytes_per_unit == 2 * 4 * 1024 * 1024
    assert rmw.memory_bytes == 4 * 1024 * 1024
    assert rmw.grains_per_unit == 128
    assert rmw.instruction_sets == ("baseline",)
