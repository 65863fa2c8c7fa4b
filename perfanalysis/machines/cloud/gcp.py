"""Google Compute Engine: a few values of the metadata server.

https://cloud.google.com/compute/docs/metadata/querying-metadata
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfanalysis.machines.cloud.answers import Ask, CloudError, Fields, text_of
from perfanalysis.machines.cloud.firmware import Firmware
from perfanalysis.machines.identity import Identity

if TYPE_CHECKING:
    from perfanalysis.http_exchange import Answer

NAME = "gcp"
_FLAVOR = "Metadata-Flavor"
_PURCHASE = {"FALSE": "on_demand", "TRUE": "spot"}


def from_firmware(firmware: Firmware) -> Identity | None:
    """The product says so, on virtual machines and bare metal alike."""
    return Identity(provider=NAME) if firmware.product_name == "Google Compute Engine" else None


def ask(send: Ask, fields: Fields) -> Identity:
    """Ask the service, value by value: the whole would bring the instance's attributes, and keys.

    Machine type and zone are paths (``projects/1/zones/europe-west3-b``); a zone's name is its
    region's with a letter.

    Raises:
        CloudError: no usable answer, or one that is not Google's.
    """

    def value(name: str) -> Answer:
        answer = send("GET", f"/computeMetadata/v1/instance/{name}", {_FLAVOR: "Google"})
        if answer.headers.get(_FLAVOR.lower()) != "Google":
            raise CloudError(f"answered without the header {_FLAVOR}: Google")
        return answer

    def last_of_path(name: str, folder: str) -> str:
        head, _, last = text_of(value(name)).rpartition("/")
        return fields.name(last if head.endswith(f"/{folder}") else None, name)

    kind = last_of_path("machine-type", "machineTypes")
    zone = last_of_path("zone", "zones")
    region = zone.rpartition("-")[0]
    preemptible = value("scheduling/preemptible")
    purchase = _PURCHASE.get(text_of(preemptible), "") if preemptible.status == 200 else ""
    number = value("id")
    return Identity(
        provider=NAME,
        region=region,
        zone=zone,
        instance_type=kind,
        purchase=purchase,
        instance_id=fields.instance_id(text_of(number), "id") if number.status == 200 else "",
    )
