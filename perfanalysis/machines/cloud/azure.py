"""Microsoft Azure: the compute part of the instance's metadata.

https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
"""

from __future__ import annotations

from perfanalysis.machines.cloud.answers import Ask, Fields, object_of
from perfanalysis.machines.cloud.firmware import Firmware
from perfanalysis.machines.identity import Identity

NAME = "azure"
API_VERSION = "2021-02-01"
# The same on every machine of Azure, and on no other Hyper-V.
_ASSET_TAG = "7783-7084-3265-9085-8269-3286-77"
_PURCHASE = {"Regular": "on_demand", "Spot": "spot", "Low": "spot"}


def from_firmware(firmware: Firmware) -> Identity | None:
    """Azure is told from other Hyper-V machines by the chassis' tag."""
    return Identity(provider=NAME) if firmware.chassis_asset_tag == _ASSET_TAG else None


def ask(send: Ask, fields: Fields) -> Identity:
    """Ask the service.

    A zone is a number within its region; it is shown as Kubernetes' label of Azure has it
    (``westeurope-1``). Many machines are in no zone, and old ones tell no priority.

    Raises:
        CloudError: no usable answer.
    """
    path = f"/metadata/instance/compute?api-version={API_VERSION}&format=json"
    document = object_of(send("GET", path, {"Metadata": "true"}))
    region = fields.name(document.get("location"), "location").lower()
    zone = fields.name(document.get("zone"), "zone", optional=True)
    priority = document.get("priority")
    return Identity(
        provider=NAME,
        region=region,
        zone=f"{region}-{zone}" if region and zone else "",
        instance_type=fields.name(document.get("vmSize"), "vmSize"),
        purchase=_PURCHASE.get(priority, "") if isinstance(priority, str) else "",
        instance_id=fields.instance_id(document.get("vmId"), "vmId"),
    )
