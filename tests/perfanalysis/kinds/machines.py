"""Machines for the tests of kinds, with figures of a likely size."""

from __future__ import annotations

from hypothesis import strategies as st

from perfanalysis.kinds.machine import FIGURES, Machine

MODELS = (
    ("x86_64", "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz"),
    ("x86_64", "AMD EPYC 9R45 96-Core Processor"),
    ("x86_64", "Some CPU that nobody knows"),
    ("aarch64", "Neoverse-V2"),
)
TYPICAL = {
    "divide_single": 2000.0,
    "divide": 1000.0,
    "crypto_blake2b": 4.5e8,
    "crypto_sha256": 9e8,
    "crypto_aes256cbc": 1e9,
    "memread_16k": 5e4,
    "memread_1m": 2e4,
    "memread_8m": 8e3,
    "memread_64m": 4e3,
    "compress_zlib5_single": 2.5e7,
    "compress_zstd7_single": 3.8e7,
}


def machine(cpus: int = 8, model: int = 0, **figures: float) -> Machine:
    """A typical machine; ``figures`` stand in the place of typical ones."""
    architecture, name = MODELS[model]
    sizes = {f.name: cpus if f.whole else 1 for f in FIGURES}
    typical = {name: rate * sizes[name] for name, rate in TYPICAL.items()}
    return Machine("m", cpus, 1 if model == 3 else 2, architecture, name, typical | figures)


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Any machine, far outside of what was learned from too."""
    cpus = draw(st.integers(1, 5000))
    rates = st.floats(1e-3, 1e3)
    figures = {name: rate * cpus * draw(rates) for name, rate in TYPICAL.items()}
    architecture, name = draw(st.sampled_from(MODELS))
    return Machine("m", cpus, draw(st.sampled_from([1, 2])), architecture, name, figures)
