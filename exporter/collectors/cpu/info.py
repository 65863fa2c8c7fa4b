"""What CPUs are, and whether they are throttled, isolated, online; a part of the collector cpu.

Sources: kernel documents admin-guide/cputopology.rst and ABI/testing/sysfs-devices-system-cpu.
"""

from __future__ import annotations

import re
from time import monotonic

from exporter.collecting import Flag, Flags
from exporter.collecting.patterns import compile_flag
from exporter.collectors.cpu import facts as cpu_facts
from exporter.collectors.cpufreq import FREQUENCIES
from exporter.sources.attribute_series import AttributeSeries
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries, VaryingSeries, as_they_are

_FOLDER = f"/sys/{cpu_facts.FOLDER}"
REFRESH_SECONDS = 60.0

# Labels of the info, and the field of /proc/cpuinfo that each is from.
FIELDS = {
    "vendor": ("vendor_id", "vendor"),
    "family": ("cpu family",),
    "model": ("model",),
    "model_name": ("model name",),
    "microcode": ("microcode",),
    "stepping": ("stepping",),
    "cachesize": ("cache size",),
}
INFO = Family(
    "node_cpu_info",
    "gauge",
    "CPU information from /proc/cpuinfo.",
    ("package", "core", "cpu", *FIELDS),
    source="/proc/cpuinfo",
)
FLAG_INFO = Family(
    "node_cpu_flag_info",
    "gauge",
    "The `flags` field of CPU information from /proc/cpuinfo taken from the first core.",
    ("flag",),
    source="/proc/cpuinfo",
)
BUG_INFO = Family(
    "node_cpu_bug_info",
    "gauge",
    "The `bugs` field of CPU information from /proc/cpuinfo taken from the first core.",
    ("bug",),
    source="/proc/cpuinfo",
)
# The family of cpufreq, which shows it where CPUs have that; it has other labels here.
FREQUENCY = FREQUENCIES["cpuinfo_cur_freq"]._replace(
    help="CPU frequency in hertz from /proc/cpuinfo.",
    labels=("package", "core", "cpu"),
    source="/proc/cpuinfo",
)
_MEGAHERTZ = b"e6"
_NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,9})?")
CORE_THROTTLES = Family(
    "node_cpu_core_throttles_total",
    "counter",
    "Number of times this CPU core has been throttled.",
    ("package", "core"),
    source=f"{_FOLDER}/cpu*/thermal_throttle/core_throttle_count",
)
PACKAGE_THROTTLES = Family(
    "node_cpu_package_throttles_total",
    "counter",
    "Number of times this CPU package has been throttled.",
    ("package",),
    source=f"{_FOLDER}/cpu*/thermal_throttle/package_throttle_count",
)
ISOLATED = Family(
    "node_cpu_isolated",
    "gauge",
    "Whether each core is isolated, information from /sys/devices/system/cpu/isolated.",
    ("cpu",),
    source=f"{_FOLDER}/isolated",
)
ONLINE = Family(
    "node_cpu_online",
    "gauge",
    "CPUs that are online and being scheduled.",
    ("cpu",),
    source=f"{_FOLDER}/cpu*/online",
)
FAMILIES = (INFO, FLAG_INFO, BUG_INFO, CORE_THROTTLES, PACKAGE_THROTTLES, ISOLATED, ONLINE)

SHOW_INFO = Flag(
    "collector.cpu.info",
    False,
    "Show node_cpu_info, and the clock of /proc/cpuinfo where no CPU has cpufreq.",
)
FLAGS_INCLUDE = Flag(
    "collector.cpu.info.flags-include",
    None,
    "Regular expression of the CPU's flags to show; turns collector.cpu.info on.",
)
BUGS_INCLUDE = Flag(
    "collector.cpu.info.bugs-include",
    None,
    "Regular expression of the CPU's bugs to show; turns collector.cpu.info on.",
)
FLAGS = (SHOW_INFO, FLAGS_INCLUDE, BUGS_INCLUDE)

Pair = tuple[Series, bytes]


def info_samples(
    cpus: list[cpu_facts.CpuInfo],
    flags: re.Pattern[str] | None,
    bugs: re.Pattern[str] | None,
) -> list[Pair]:
    """The series of /proc/cpuinfo; a field that an architecture does not have is empty."""
    pairs = []
    for number, fields in cpus:
        where = (fields.get("physical id", ""), fields.get("core id", ""), str(number))
        words = (
            next((fields[name] for name in names if name in fields), "")
            for names in FIELDS.values()
        )
        pairs.append((Series(INFO, (*where, *words)), b"1"))
    first = cpus[0].fields
    for family, pattern, text in (
        (FLAG_INFO, flags, first.get("flags", first.get("Features", ""))),
        (BUG_INFO, bugs, first.get("bugs", "")),
    ):
        if pattern is not None:
            pairs += [
                (Series(family, (word,)), b"1")
                for word in dict.fromkeys(text.split())
                if pattern.search(word)
            ]
    return pairs


def frequency_samples(cpus: list[cpu_facts.CpuInfo]) -> list[Pair]:
    """The clocks of /proc/cpuinfo, of those CPUs that have one there."""
    return [
        (Series(FREQUENCY, where, _MEGAHERTZ), megahertz.encode())
        for number, fields in cpus
        for where in ((fields.get("physical id", ""), fields.get("core id", ""), str(number)),)
        if _NUMBER.fullmatch(megahertz := fields.get("cpu MHz", ""))
    ]


class CpuInfoSeries:
    """The series beside CPU time. Throttle counters are read at each scrape, and the clocks of
    /proc/cpuinfo where they are wanted; all else once a minute."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._attributes = Attributes(sources)
        self._cpuinfo = sources.proc("cpuinfo")
        self._flags = _pattern(FLAGS_INCLUDE, flags)
        self._bugs = _pattern(BUGS_INCLUDE, flags)
        self._wanted = bool(flags[SHOW_INFO.variable] or self._flags or self._bugs)
        self._cpus: tuple[bytes, ...] = ()
        self._read_at = -REFRESH_SECONDS
        self._lasting: list[Pair] = []
        self._throttles = AttributeSeries(self._attributes)
        self._series = FactSeries(as_they_are)
        # Whether a CPU has files of cpufreq, so that its collector shows the clocks.
        self._has_cpufreq = True
        self._frequencies = VaryingSeries()

    def blocks(self, cpus: tuple[bytes, ...]) -> list[Block]:
        """The blocks of now.

        Args:
            cpus: numbers of the CPUs that are at work; when they are others, all is read anew.

        Raises:
            CollectorError: a source is malformed.
            OSError: /proc/cpuinfo cannot be read.
        """
        now = monotonic()
        if cpus != self._cpus or now - self._read_at >= REFRESH_SECONDS:
            self._look_again()
            self._cpus = cpus
            self._read_at = now
        blocks = [self._series.block(self._lasting)] if self._lasting else []
        if self._wanted and not self._has_cpufreq:
            clocks = frequency_samples(cpu_facts.parse_cpuinfo(self._cpuinfo.read()))
            blocks.append(self._frequencies.block(clocks))
        return blocks + self._throttles.blocks()

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``; counters and clocks are read at each scrape."""
        clocks = self._wanted and not self._has_cpufreq
        if clocks or self._throttles.paths:
            return None
        return Steadiness([SteadyPart()] if self._lasting else [], self._read_at + REFRESH_SECONDS)

    def _look_again(self) -> None:
        read = self._attributes
        names = cpu_facts.cpu_names(read)
        pairs: list[Pair] = []
        if self._wanted:
            cpus = cpu_facts.parse_cpuinfo(self._cpuinfo.read())
            pairs += info_samples(cpus, self._flags, self._bugs)
        pairs += [(Series(ISOLATED, (str(cpu),)), b"1") for cpu in cpu_facts.isolated(read)]
        pairs += [(Series(ONLINE, (cpu,)), value) for cpu, value in cpu_facts.online(read, names)]
        self._lasting = pairs
        folder = read.folder(cpu_facts.FOLDER)
        self._has_cpufreq = any(read.is_folder(f"{folder}/{name}/cpufreq") for name in names)
        cores, packages = cpu_facts.find_throttles(read, names)
        # What is read once a minute need not stay open; the counters are opened anew. A CPU that
        # was off may be back at the next scrape.
        read.close()
        throttles = [(Series(CORE_THROTTLES, key), path) for key, path in cores.items()]
        throttles += [(Series(PACKAGE_THROTTLES, (key,)), path) for key, path in packages.items()]
        self._throttles = AttributeSeries(read, throttles)


def _pattern(flag: Flag, flags: Flags) -> re.Pattern[str] | None:
    return compile_flag(flag, flags) if flags[flag.variable] else None
