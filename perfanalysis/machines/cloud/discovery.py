"""Finds out in which cloud the machine runs: firmware first, then one provider's service."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from perfanalysis.errors import InputError
from perfanalysis.machines.cloud import aws, azure, gcp, oci
from perfanalysis.machines.cloud.answers import CloudError, Fields
from perfanalysis.machines.cloud.firmware import read_firmware
from perfanalysis.machines.identity import Identity, resolve

if TYPE_CHECKING:
    from perfanalysis.http_exchange import Answer

PROVIDERS = {module.NAME: module for module in (aws, azure, gcp, oci)}
AUTO, OFF = "auto", "off"
MODES = (AUTO, OFF, *PROVIDERS)
# The link-local address at which all four have their service.
ENDPOINT = "http://169.254.169.254"
SECONDS = 2.0
# Oracle's answer holds up to 32,000 bytes of the owner's own metadata.
LARGEST_ANSWER = 131072


class Discovery(NamedTuple):
    """What is known, and in one line why it is not more ("" when nothing is missing)."""

    identity: Identity
    complaint: str = ""


class Plan(NamedTuple):
    """Whom to ask, and what the firmware has told already."""

    provider: str
    known: Identity
    endpoint: str


def plan(mode: str, sysfs: Path, endpoint: str | None, flags: tuple[str, str]) -> Plan | None:
    """Decide whom to ask; None when nobody is to be asked. Sends nothing.

    Args:
        mode: one of ``MODES``.
        sysfs: where /sys is mounted.
        endpoint: the service's address instead of ``ENDPOINT``.
        flags: the names of the flags of mode and endpoint, for messages.

    Raises:
        InputError: one of the two is unusable.
    """
    if mode not in MODES:
        raise InputError(flags[0], "", f"one of {', '.join(MODES)}", mode)
    endpoint = ENDPOINT if endpoint is None else _address(endpoint, flags[1])
    if mode == OFF:
        return None
    firmware = read_firmware(sysfs)
    for name, provider in PROVIDERS.items():
        if mode in (AUTO, name) and (known := provider.from_firmware(firmware)):
            return Plan(name, known, endpoint)
    return None if mode == AUTO else Plan(mode, Identity(provider=mode), endpoint)


def _address(endpoint: str, flag: str) -> str:
    endpoint = endpoint.removesuffix("/")
    from perfanalysis.http_exchange import split_url

    try:
        parts = split_url(endpoint)
    except ValueError as error:
        raise InputError(flag, "", str(error)) from None
    if parts.path or parts.query or parts.fragment:
        raise InputError(flag, "", "an address without a path", endpoint)
    return endpoint


def discover(chosen: Plan, seconds: float = SECONDS) -> Discovery:
    """Ask the provider's service, once; never raises for what it answers.

    What the service does not tell stays as the firmware has it.

    Args:
        chosen: whom to ask.
        seconds: that all requests together may take.
    """
    # Loaded for those who ask: outside of clouds nobody does.
    from perfanalysis.http_exchange import ExchangeError, exchange

    until = monotonic() + seconds

    def send(method: str, path: str, headers: Mapping[str, str]) -> Answer:
        url = chosen.endpoint + path
        return exchange(method, url, headers, until=until, largest=LARGEST_ANSWER)

    fields = Fields()
    provider = PROVIDERS[chosen.provider]
    try:
        told = provider.ask(send, fields)
    except (CloudError, ExchangeError) as error:
        return Discovery(chosen.known, f"{chosen.provider} at {chosen.endpoint}: {error}")
    merged = resolve(cloud=told, firmware=chosen.known)
    if not fields.unusable:
        return Discovery(merged)
    names = ", ".join(fields.unusable)
    complaint = f"{chosen.provider} at {chosen.endpoint}: answered without a usable {names}"
    return Discovery(merged, complaint)
