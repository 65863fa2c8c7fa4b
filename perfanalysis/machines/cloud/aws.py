"""Amazon EC2: the instance identity document, by IMDSv2 (a session token first).

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
"""

from __future__ import annotations

import re

from perfanalysis.machines.cloud.answers import (
    Ask,
    CloudError,
    Fields,
    object_of,
    text_of,
)
from perfanalysis.machines.cloud.firmware import Firmware
from perfanalysis.machines.identity import Identity

NAME = "aws"
_TOKEN = re.compile(r"[!-~]{1,512}")
_TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
_PURCHASE = {"on-demand": "on_demand", "spot": "spot"}


def from_firmware(firmware: Firmware) -> Identity | None:
    """Nitro has the instance type as product; Xen tells Amazon by the BIOS' version only."""
    if firmware.sys_vendor == "Amazon EC2":
        product = firmware.product_name
        return Identity(provider=NAME, instance_type=product if _TYPE.fullmatch(product) else "")
    return Identity(provider=NAME) if firmware.bios_version.endswith(".amazon") else None


def ask(send: Ask, fields: Fields) -> Identity:
    """Ask the service; a token lasts for these few requests only.

    Raises:
        CloudError: no usable answer.
    """
    seconds = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    token = text_of(send("PUT", "/latest/api/token", seconds))
    if not _TOKEN.fullmatch(token):
        raise CloudError("answered with what is no token")
    headers = {"X-aws-ec2-metadata-token": token}
    document = object_of(send("GET", "/latest/dynamic/instance-identity/document", headers))
    life = send("GET", "/latest/meta-data/instance-life-cycle", headers)
    purchase = _PURCHASE.get(text_of(life), "") if life.status == 200 else ""
    return Identity(
        provider=NAME,
        region=fields.name(document.get("region"), "region"),
        zone=fields.name(document.get("availabilityZone"), "availabilityZone"),
        instance_type=fields.name(document.get("instanceType"), "instanceType"),
        purchase=purchase,
        instance_id=fields.instance_id(document.get("instanceId"), "instanceId"),
    )
