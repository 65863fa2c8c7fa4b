"""Oracle Cloud Infrastructure: the instance's document, by version 2 of the metadata service.

https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm
"""

from __future__ import annotations

from perfanalysis.machines.cloud.answers import Ask, Fields, object_of
from perfanalysis.machines.cloud.firmware import Firmware
from perfanalysis.machines.identity import Identity

NAME = "oci"


def from_firmware(firmware: Firmware) -> Identity | None:
    """The chassis' tag says so."""
    return Identity(provider=NAME) if firmware.chassis_asset_tag == "OracleCloud.com" else None


def ask(send: Ask, fields: Fields) -> Identity:
    """Ask the service.

    ``canonicalRegionName`` is the region's identifier (``us-phoenix-1``) where ``region`` may be a
    key (``phx``); ``ociAdName`` is the same in all tenancies, ``availabilityDomain`` is not. How
    the machine was bought is not told.

    Raises:
        CloudError: no usable answer.
    """
    document = object_of(send("GET", "/opc/v2/instance/", {"Authorization": "Bearer Oracle"}))

    def first(*names: str) -> str:
        present = (name for name in names if document.get(name) not in ("", None))
        name = next(present, names[0])
        return fields.name(document.get(name), name)

    return Identity(
        provider=NAME,
        region=first("canonicalRegionName", "region"),
        zone=first("ociAdName", "availabilityDomain"),
        instance_type=first("shape"),
        instance_id=fields.instance_id(document.get("id"), "id"),
    )
