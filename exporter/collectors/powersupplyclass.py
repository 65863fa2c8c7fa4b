"""Batteries and mains, from /sys/class/power_supply (kernel: power/power_supply_class.rst).

The kernel counts in millionths of a volt, ampere, watt(-hour), and in tenths of a degree.
"""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import compile_flag
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/power_supply"
IGNORED = Flag(
    "collector.powersupply.ignored-supplies",
    "^$",
    "Regular expression of power supplies to leave out.",
)

MICRO = b"e-6"
TENTHS = b"e-1"
# The attributes whose metric has another name.
_RENAMED = {
    "cycle_count": "cyclecount",
    "time_to_empty_now": "time_to_empty_seconds",
    "time_to_full_now": "time_to_full_seconds",
    "current_now": "current_ampere",
    "charge_now": "charge_ampere",
    "energy_now": "energy_watthour",
    "power_now": "power_watt",
    "voltage_now": "voltage_volt",
}
_PLAIN = (
    "authentic calibrate capacity capacity_alert_max capacity_alert_min cycle_count online present "
    "time_to_empty_now time_to_full_now"
)
_MICRO = (
    "current_boot current_max current_now energy_empty energy_empty_design energy_full "
    "energy_full_design energy_now voltage_boot voltage_max voltage_max_design voltage_min "
    "voltage_min_design voltage_now voltage_ocv charge_control_limit charge_control_limit_max "
    "charge_counter charge_empty charge_empty_design charge_full charge_full_design charge_now "
    "charge_term_current constant_charge_current constant_charge_current_max "
    "constant_charge_voltage constant_charge_voltage_max precharge_current input_current_limit "
    "power_now"
)
_TEMPERATURES = (
    "temp temp_alert_max temp_alert_min temp_ambient temp_ambient_max temp_ambient_min temp_max "
    "temp_min"
)


def _family(name: str) -> Family:
    text = f"{name} value of /sys/class/power_supply/<power_supply>."
    return Family(
        f"node_power_supply_{name}", "gauge", text, ("power_supply",), source=f"/sys/{FOLDER}"
    )


# By attribute: its family, and what scales its number.
NUMBERS = {
    **{name: (_family(_RENAMED.get(name, name)), b"") for name in _PLAIN.split()},
    **{name: (_family(_RENAMED.get(name, name)), MICRO) for name in _MICRO.split()},
    **{name: (_family(f"{name}_celsius"), TENTHS) for name in _TEMPERATURES.split()},
}
TEXTS = [
    "capacity_level",
    "charge_type",
    "health",
    "manufacturer",
    "model_name",
    "serial_number",
    "status",
    "technology",
    "type",
    "usb_type",
    "scope",
]
INFO = Family(
    "node_power_supply_info",
    "gauge",
    "info of /sys/class/power_supply/<power_supply>.",
    ("power_supply", *TEXTS),
    source=f"/sys/{FOLDER}",
)
FAMILIES = (*(family for family, _ in NUMBERS.values()), INFO)

# Name, numbers and texts by attribute; what a supply has not is left out.
Supply = tuple[str, dict[str, bytes], dict[str, str]]


def samples(supplies: list[Supply]) -> list[tuple[Series, bytes]]:
    """The series of these supplies; an empty text gives no label."""
    pairs = []
    for name, numbers, texts in supplies:
        for attribute, number in numbers.items():
            family, scale = NUMBERS[attribute]
            pairs.append((Series(family, (name,), scale), number))
        shown = {"power_supply": name, **{key: text for key, text in texts.items() if text}}
        info = INFO._replace(labels=tuple(shown))
        pairs.append((Series(info, tuple(shown.values())), b"1"))
    return pairs


class PowerSupplyCollector:
    """``node_power_supply_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._ignored = compile_flag(IGNORED, flags)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        names = self._attributes.present(self._folder)
        supplies = [self._supply(name) for name in names if not self._ignored.search(name)]
        return [self._series.block(supplies)]

    def _supply(self, name: str) -> Supply:
        folder = f"{self._folder}/{name}"
        numbers: dict[str, bytes] = {}
        texts: dict[str, str] = {}
        for attribute in self._attributes.names(folder):
            if attribute in NUMBERS:
                number = self._attributes.number(f"{folder}/{attribute}")
                if number is not None:
                    numbers[attribute] = number
            elif attribute in TEXTS:
                texts[attribute] = self._attributes.text(f"{folder}/{attribute}")
        return (name, numbers, texts)


SPECIFICATION = CollectorSpecification(
    "powersupplyclass", FAMILIES, PowerSupplyCollector, flags=(IGNORED,)
)
