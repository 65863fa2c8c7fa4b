#!/usr/bin/env bash
# py_cpuinfo_l3: py-cpuinfo gives the L2 cache of one core as the L3 of an AMD processor: 512 KiB for 256 MiB.
#
# Software: PyPI's py-cpuinfo 9.0.0, fed with what the kernel and lscpu of util-linux 2.38 say of an EPYC with 64
#           cores, through the class from which it takes both (as its own tests do).
# Guess:    l3_cache_size is what lscpu calls "L3 cache".
# Seen:     l3_cache_size is 524288 while lscpu, which it asks as well, says 256 MiB: "cache size" of /proc/cpuinfo,
#           the L3 on Intel and the L2 on AMD, is taken for the L3 first, and what is known is not asked again.
# Bears on: whoever compares machines, or chooses block sizes, by it; pytest-benchmark writes it into its results.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=9.0.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "py-cpuinfo==$version"; } ||
    { echo "cannot be run: pip has no py-cpuinfo==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys

from cpuinfo import cpuinfo

PROC = """\
processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
model name\t: AMD EPYC 7763 64-Core Processor
stepping\t: 1
cpu MHz\t\t: 2445.432
cache size\t: 512 KB
physical id\t: 0
siblings\t: 64
core id\t\t: 0
cpu cores\t: 64
flags\t\t: fpu vme sse sse2 avx avx2

"""
LSCPU = """\
Architecture:            x86_64
CPU(s):                  64
Vendor ID:               AuthenticAMD
Model name:              AMD EPYC 7763 64-Core Processor
CPU family:              25
Model:                   1
Stepping:                1
L1d cache:               2 MiB (64 instances)
L1i cache:               2 MiB (64 instances)
L2 cache:                32 MiB (64 instances)
L3 cache:                256 MiB (8 instances)
"""


class Recorded(cpuinfo.DataSource):
    """A Linux machine on which /proc/cpuinfo and lscpu can be read, and nothing else."""

    bits, cpu_count, is_windows, can_cpuid = "64bit", 64, False, False
    arch_string_raw = uname_string_raw = "x86_64"


for name in dir(cpuinfo.DataSource):
    if name.startswith("has_"):
        there = name in ("has_proc_cpuinfo", "has_lscpu")
        setattr(Recorded, name, staticmethod(lambda there=there: there))
Recorded.cat_proc_cpuinfo = staticmethod(lambda: (0, PROC))
Recorded.lscpu = staticmethod(lambda: (0, LSCPU))
cpuinfo.DataSource = Recorded

seen = cpuinfo._get_cpu_info_internal()
print("py-cpuinfo", cpuinfo.CPUINFO_VERSION_STRING, "of", seen["brand_raw"])
print("l3_cache_size", seen["l3_cache_size"], "bytes; lscpu's is", 256 * 1024**2)
if seen["l3_cache_size"] != 512 * 1024:
    sys.exit("another behaviour than the one described above")
PYTHON
