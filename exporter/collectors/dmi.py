"""What the firmware says of the machine, from /sys/class/dmi/id (DMI, SMBIOS)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/dmi/id"
# The label of each attribute; those that only root may read are left out where we are not.
LABELS = {
    name.replace("system_vendor", "sys_vendor"): name
    for name in (
        "bios_date",
        "bios_release",
        "bios_vendor",
        "bios_version",
        "board_asset_tag",
        "board_name",
        "board_serial",
        "board_vendor",
        "board_version",
        "chassis_asset_tag",
        "chassis_serial",
        "chassis_vendor",
        "chassis_version",
        "product_family",
        "product_name",
        "product_serial",
        "product_sku",
        "product_uuid",
        "product_version",
        "system_vendor",
    )
}
INFO = Family(
    "node_dmi_info",
    "gauge",
    "A metric with a constant '1' value labeled by bios_date, bios_release, bios_vendor, "
    "bios_version, board_asset_tag, board_name, board_serial, board_vendor, board_version, "
    "chassis_asset_tag, chassis_serial, chassis_vendor, chassis_version, product_family, "
    "product_name, product_serial, product_sku, product_uuid, product_version, system_vendor "
    "if provided by DMI.",
    tuple(LABELS.values()),
    source=f"/sys/{FOLDER}",
)


def samples(facts: dict[str, str]) -> list[tuple[Series, bytes]]:
    """The one series of these facts, by label."""
    return [(Series(INFO._replace(labels=tuple(facts)), tuple(facts.values())), b"1")]


class DmiCollector:
    """``node_dmi_info``; read once, for it stays as it is until the next boot."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)
        self._facts: dict[str, str] = {}

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        if not self._facts and self._attributes.is_folder(self._folder):
            for attribute, label in LABELS.items():
                value = self._attributes.read(f"{self._folder}/{attribute}")
                if value is not None:
                    self._facts[label] = value.decode("utf-8", "replace")
            self._attributes.close()
        if not self._facts:
            raise NothingToRead
        return [self._series.block(self._facts)]


SPECIFICATION = CollectorSpecification("dmi", (INFO,), DmiCollector)
