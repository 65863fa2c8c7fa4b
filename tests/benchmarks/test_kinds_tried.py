"""What more a kind might know: what helps is found, and what only seems to is not."""

from __future__ import annotations

import numpy as np

from benchmarks.kinds import limits, tried
from perfanalysis.kinds.catalogue import BY_NAME
from perfanalysis.kinds.table import TableRow, row_of

KIND = BY_NAME["gzip"]
# So many CPU models, each of one provider, and how many types of each.
MODELS, PROVIDERS, TYPES = 16, ("near", "far"), 4


def rows(of_provider: float, noise: float) -> list[TableRow]:
    """Machines of which those of one provider do more by a factor of e to ``of_provider``."""
    random = np.random.default_rng(5)
    found = []
    for model in range(MODELS):
        speed, provider = random.normal(scale=0.3), PROVIDERS[model % 2]
        for _ in range(TYPES):
            own = speed + of_provider * (provider == "far") + random.normal(scale=noise)
            found.append(row_of(_cells(model, provider, speed, own)))
    return [row for row in found if row is not None]


def _cells(model: int, provider: str, speed: float, work: float) -> dict[str, str]:
    kernels = [
        "integer_1",
        "integer_all",
        "openssl_blake2b512_all",
        "openssl_sha256_all",
        "openssl_AES-256-CBC_all",
        "bw_mem_rd_0.016384mb",
        "bw_mem_rd_1mb",
        "bw_mem_rd_8mb",
        "bw_mem_rd_64mb",
        "openssl_sha512_all",
        "openssl_CAMELLIA-256-CBC_all",
        "latency_512kb_ns",
        "latency_16384kb_ns",
        "latency_65536kb_ns",
        "zstd7_compress_1",
    ]
    return {
        "provider": provider,
        "instance_type": f"type{model}",
        "cpu_model": f"AMD EPYC 7{model:02}3",
        "logical_cpus": "4",
        "threads_per_core": "2",
        "gzip5_compress_1": str(np.exp(work)),
        **{name: str(np.exp(speed)) for name in kernels},
    }


def test_a_provider_that_does_more_is_found_and_chosen() -> None:
    found = tried.of(rows(of_provider=0.4, noise=0.02), KIND)
    assert found["provider"][1] < 0.5 * found["as they are"][1]
    assert found["chosen"][1] < 0.5 * found["as they are"][1]


def test_an_entry_that_tells_nothing_is_worth_nothing() -> None:
    found = tried.of(rows(of_provider=0.0, noise=0.02), KIND)
    assert found["provider"][0] > 0.9 * found["as they are"][0]
    assert {"as they are", "chosen", *tried.ENTRIES} < set(found)


def test_the_noise_of_runs_is_that_of_two_single_ones() -> None:
    noise = 0.1
    median, _ = limits.of(rows(of_provider=0.0, noise=noise), KIND, quick=True)["noise of runs"]
    # Half of the differences of two normal values are below 0.6745 of their deviation.
    assert 0.7 < np.log1p(median) / (0.6745 * noise * 2**0.5) < 1.3
