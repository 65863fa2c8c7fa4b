from __future__ import annotations

import platform

import numpy as np
import pytest

from cffi_burn import reference
from cffi_burn.build import CHOICE, kernel_files
from cffi_burn.kernel import all_kernels
from cffi_burn.reference import crypto, divide, membw, memlat, memread, rmw, vector
from cffi_burn.splitmix64 import splitmix64
from cffi_burn.worker import Worker
from tests.cffi_burn.small_memory import small, with_memory

KERNELS = all_kernels()


def test_the_spin_of_rmw_is_seventeen_add_and_or_steps() -> None:
    # By hand, after each step: fffffffe 155aa55aa ..55af ..55bb ..55ea ..55fa ..57ab ..57bb ..57ee
    # ..57fa ..5daf ..5dbb ..5dea ..5dfa ..5fab ..5fbb ..5fee
    assert rmw.spin_17() == 0x155AA5FEE


def test_the_first_grain_of_rmw_by_plain_integers() -> None:
    spin = rmw.spin_17()
    words = [(0 + index) ^ spin for index in range(rmw.WORDS_PER_GRAIN)]
    assert rmw.checksum(1) == sum(words)


def test_the_first_grain_of_divide_by_plain_integers() -> None:
    quotients = [292 * r // (1 + 292 * c) for r in range(14) for c in range(224)]
    assert divide.checksum(1) == sum(quotients)
    # A unit's last row divides the largest number: 65116 by 1, by 293 and so on.
    assert divide.checksum(16) == sum(
        292 * r // (1 + 292 * c) for r in range(224) for c in range(224)
    )
    assert divide.checksum(17) == divide.checksum(16) + divide.checksum(1)


def test_memread_loads_the_first_of_four_integers() -> None:
    # A block of one turn, 2,048 times: the integers 0, 4, 8 ... 124, each times 2654435761.
    once = sum(number * 2_654_435_761 % (1 << 32) for number in range(0, 128, 4))
    assert memread.checksum(1, 512) == once * 2048 % (1 << 32)


def test_the_references_aes_is_that_of_the_standard() -> None:
    # FIPS 197, appendix C.3.
    box = crypto.substitution()
    keys = crypto.expanded(bytes(range(32)), box)
    block = np.frombuffer(bytes.fromhex("00112233445566778899aabbccddeeff"), dtype=np.uint8)
    found = crypto.encrypt(block.reshape(1, 16), keys, box, crypto.mixed(box)).tobytes()
    assert found.hex() == "8ea2b7ca516745bfeafc49904b496089"


def test_splitmix64_is_the_published_one() -> None:
    # The first outputs for the seed 0, as in Java's SplittableRandom and others' test vectors.
    numbers = splitmix64()
    assert next(numbers) == 0xE220A8397B1DCDAF
    assert next(numbers) == 0x6E789E6AA1B965F4


def test_the_cycle_of_memlat_visits_every_line_once() -> None:
    following = memlat.cycle(1024)
    line, visited = 0, set()
    for _ in range(1024):
        visited.add(line)
        line = following[line]
    assert line == 0
    assert len(visited) == 1024


def test_the_products_of_vector_stay_exact_in_doubles() -> None:
    a, b = vector.matrices()
    largest = int((abs(a) @ abs(b)).max()) * vector.PASSES + (1 << 20) + 192
    assert largest < 1 << 53


def test_every_kernel_is_named_as_its_file() -> None:
    assert list(KERNELS) == CHOICE.names
    for name, path in kernel_files().items():
        assert name == path.stem or name.startswith(f"{path.stem}_")


@pytest.mark.parametrize("name", list(KERNELS))
@pytest.mark.parametrize("grains", [1, 3, 128, 150])
def test_each_instruction_set_reproduces_the_reference(name: str, grains: int) -> None:
    kernel = small(name)
    expected = reference.find(name).checksum(grains, kernel.memory_bytes)
    for instruction_set in kernel.instruction_sets:
        worker = Worker(kernel, instruction_set=instruction_set)
        try:
            assert worker.run(grains) == expected, instruction_set
        finally:
            worker.close()


def test_membw_reproduces_the_reference_in_more_memory() -> None:
    kernel = with_memory("membw", 128 << 20)
    grains = kernel.memory_bytes // (3 * 4096 * 8) + 5
    worker = Worker(kernel)
    try:
        assert worker.run(grains) == membw.checksum(grains, kernel.memory_bytes)
    finally:
        worker.close()


@pytest.mark.parametrize("name", list(KERNELS))
def test_work_in_parts_is_the_same_work(name: str) -> None:
    kernel = small(name)
    worker = Worker(kernel)
    try:
        worker.run(50)
        worker.run(1)
        assert worker.run(49) == reference.find(name).checksum(100, kernel.memory_bytes)
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("name", "operations", "bytes_per_unit", "memory", "grains"),
    [
        ("compress_zlib5", 0, 1 << 20, 9 << 20, 128),
        ("compress_zstd7", 0, 1 << 20, 9 << 20, 64),
        ("crypto_sha256", 0, 1 << 20, 32 << 10, 64),
        ("crypto_aes256cbc", 0, 1 << 20, 32 << 10, 64),
        ("divide", 224 * 224, 0, 4096, 16),
        ("interpreter", 131_072 * 5, 0, 82_112, 128),
        ("rmw", 524_288 * 36, 2 * 4 * 1024 * 1024, 4 << 20, 128),
        ("integer", 524_288 * 16, 524_288 * 16, 16 << 10, 128),
        ("system_call", 24_576, 0, 4096, 128),
        ("system_fault", 4096, 0, 2 << 20, 128),
        ("vector", 2 * 25_165_824, 128 * (16 * (8 + 24) * 64 * 8 + 8 * 24 * 8), 17_920, 128),
        ("membw", 524_288 * 2, 524_288 * 24, 0, 128),
        ("memlat", 16_384, 16_384 * 64, 0, 128),
        ("memlat_16k", 16_384, 16_384 * 64, 16 << 10, 2),
        ("memlat_1m", 16_384, 16_384 * 64, 1 << 20, 8),
        ("memlat_256m", 16_384, 16_384 * 64, 256 << 20, 64),
        ("memread_16k", 8 << 20, 128 << 20, 16 << 10, 128),
        ("memread_8m", 8 << 20, 128 << 20, 8 << 20, 128),
    ],
)
def test_a_kernel_states_its_unit(
    name: str, operations: int, bytes_per_unit: int, memory: int, grains: int
) -> None:
    kernel = KERNELS[name]
    assert kernel.operations_per_unit == operations
    assert kernel.bytes_per_unit == bytes_per_unit
    assert kernel.grains_per_unit == grains
    assert kernel.memory_bytes == memory


def test_the_instruction_sets_of_vector_are_those_of_this_cpu() -> None:
    sets = KERNELS["vector"].instruction_sets
    if platform.machine() == "aarch64":
        assert sets == ("neon",)
        return
    with open("/proc/cpuinfo", encoding="ascii") as file:  # noqa: PTH123
        flags = next(line for line in file if line.startswith("flags")).split()
    expected = ["avx512"] if "avx512f" in flags else []
    expected += ["avx2"] if {"avx2", "fma"} <= set(flags) else []
    assert sets == (*expected, "baseline")


def test_memory_is_moved_in_one_width_everywhere() -> None:
    wanted = "neon" if platform.machine() == "aarch64" else "baseline"
    assert KERNELS["membw"].instruction_sets == (wanted,)


@pytest.mark.parametrize(
    "name", ["divide", "interpreter", "rmw", "integer", "memlat", "memread_1m"]
)
def test_what_vectors_do_not_serve_is_the_same_everywhere(name: str) -> None:
    assert KERNELS[name].instruction_sets == ("baseline",)
