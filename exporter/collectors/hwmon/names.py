"""What a hardware monitor's files are called as metrics (kernel: hwmon/sysfs-interface.rst)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from perfanalysis.exposition.families import Family, FamilyType

_LABELS = ("chip", "sensor")
_SOURCE = "/sys/class/hwmon"
CHIP_NAMES = Family(
    "node_hwmon_chip_names",
    "gauge",
    "Annotation metric for human-readable chip names",
    ("chip", "chip_name"),
    source=_SOURCE,
)
SENSOR_LABEL = Family(
    "node_hwmon_sensor_label",
    "gauge",
    "Label for given chip and sensor",
    (*_LABELS, "label"),
    source=_SOURCE,
)
ELEMENT = Family(
    "node_hwmon_{field}", "gauge", "Hardware monitor element {field}", _LABELS, source=_SOURCE
)
FAMILIES = (CHIP_NAMES, SENSOR_LABEL, ELEMENT)

SENSORS = frozenset(
    [
        "vrm",
        "beep_enable",
        "update_interval",
        "in",
        "cpu",
        "fan",
        "pwm",
        "temp",
        "curr",
        "power",
        "energy",
        "humidity",
        "intrusion",
        "freq",
    ]
)
MILLI = b"e-3"
MICRO = b"e-6"
_FILE = re.compile(r"([^0-9]+)([0-9]{0,9})(?:_(.+))?")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9:_]")
_WHOLE = {
    "beep_enable": ("beep_enabled", "Hardware beep enabled", b""),
    "vrm": ("voltage_regulator_version", "Hardware voltage regulator", b""),
    "update_interval": (
        "update_interval_seconds",
        "Hardware monitor update interval",
        MILLI,
    ),
}
# By kind of sensor: what stands behind the name, the help text, the scale.
_UNITS = {
    "in": ("_volts", "Hardware monitor for voltage ({element})", MILLI),
    "cpu": ("_volts", "Hardware monitor for voltage ({element})", MILLI),
    "temp": ("_celsius", "Hardware monitor for temperature ({element})", MILLI),
    "curr": ("_amps", "Hardware monitor for current ({element})", MILLI),
    "energy": ("_joule_total", "Hardware monitor for joules used so far ({element})", MICRO),
    "power": ("_watt", "Hardware monitor for power usage in watts ({element})", MICRO),
    "humidity": (
        "",
        "Hardware monitor for humidity, as a ratio (multiply with 100.0 to get the humidity as a "
        "percentage) ({element})",
        MICRO,
    ),
}
_RPM = ("input", "min", "max", "target")


def clean(text: str) -> str:
    """A text as part of a label or name: small letters, digits, colons and underscores."""
    return _NOT_IN_NAMES.sub("_", text.strip().lower()).strip("_")


def split(name: str) -> tuple[str, int, str] | None:
    """Kind, number and element of a file's name: ``temp1_input`` is temp, 1, input."""
    match = _FILE.fullmatch(name)
    if match is None or not (match[2].isascii() or not match[2]):
        return None
    return match[1], int(match[2] or 0), match[3] or ""


def family_of(kind: str, element: str, elements: Mapping[str, bytes]) -> tuple[Family, bytes]:
    """The family of an element of a sensor, and the scale of its number.

    Args:
        kind: what the sensor measures, one of ``SENSORS``.
        element: which of its values, ``input``, ``max``; empty for the sensor's own file.
        elements: all values of the sensor.
    """
    return _family_of(kind, element, "" in elements)


@lru_cache(maxsize=512)
def _family_of(kind: str, element: str, has_own: bool) -> tuple[Family, bytes]:
    if kind in _WHOLE:
        name, text, scale = _WHOLE[kind]
        return _made(name, text), scale
    # "input" is the value itself, unless the sensor has a file of its own name too.
    name = kind
    if element == "input":
        name += "_input" if has_own else ""
    elif element:
        name += f"_{clean(element)}"
    unit, text, scale = _unit(kind, element)
    type_: FamilyType = "counter" if unit == "_joule_total" else "gauge"
    return _made(name + unit, text, type_), scale


def _unit(kind: str, element: str) -> tuple[str, str, bytes]:
    """What stands behind the name, the help text and the scale of an element."""
    found = ("", f"Hardware monitor {kind} element {element}", b"")
    if element in ("fault", "alarm"):
        found = ("", f"Hardware sensor {element} status ({kind})", b"")
    elif element == "beep":
        found = ("_enabled", "Hardware monitor sensor has beeping enabled", b"")
    elif kind == "power" and element == "accuracy":
        found = ("", "Hardware monitor power meter accuracy, as a ratio", MICRO)
    elif kind == "power" and element.startswith("average_interval"):
        text = f"Hardware monitor power usage update interval ({element})"
        found = ("_seconds", text, MILLI)
    elif kind == "fan" and element in _RPM:
        found = ("_rpm", f"Hardware monitor for fan revolutions per minute ({element})", b"")
    elif kind == "freq" and element == "input":
        found = ("_freq_mhz", "Hardware monitor for GPU frequency in MHz", MICRO)
    elif kind in _UNITS and (kind, element) != ("temp", "type"):
        unit, text, scale = _UNITS[kind]
        shown = element or ("input" if kind == "temp" else "")
        found = (unit, text.format(element=shown), scale)
    return found


def _made(name: str, text: str, type_: FamilyType = "gauge") -> Family:
    return ELEMENT.named(name)._replace(help=text, type=type_)
