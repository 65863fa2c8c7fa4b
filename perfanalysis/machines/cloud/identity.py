"""What a cloud tells of a machine, and how its answers are checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from perfanalysis.http_exchange import Answer

# Names of regions, zones and types, as all providers write them; no space, quote or mark-up.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}")

# Sends a request below the metadata service's address: method, path, headers.
Ask = Callable[[str, str, Mapping[str, str]], "Answer"]


class CloudError(Exception):
    """The metadata service gave no usable answer; the text is one line."""


class CloudIdentity(NamedTuple):
    """Where the machine runs; what is unknown is an empty string.

    ``purchase`` is ``on_demand`` or ``spot``, as far as the machine itself can know: how it is
    paid for (a reservation, a savings plan) is not seen from within.
    """

    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    purchase: str = ""

    def completed_by(self, cloud: CloudIdentity) -> CloudIdentity:
        """What a person said, and the cloud's word where the person said nothing.

        A machine that is said to be at another provider gets nothing from this one.
        """
        if self.provider not in ("", cloud.provider):
            return self
        return CloudIdentity(*(own or told for own, told in zip(self, cloud, strict=True)))


class Fields:
    """Takes values out of an answer, and remembers which were not usable."""

    def __init__(self) -> None:
        self.unusable: list[str] = []

    def name(self, value: object, field: str, *, optional: bool = False) -> str:
        """The value if it is a name, else "", and a note of the field."""
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        if not (optional and value in ("", None)):
            self.unusable.append(field)
        return ""


def text_of(answer: Answer) -> str:
    """The one line of a plain answer.

    Raises:
        CloudError: another status than 200 (a redirect, for one), or no text.
    """
    if answer.status != 200:
        raise CloudError(f"answered with status {answer.status}")
    try:
        return answer.body.decode().strip()
    except UnicodeDecodeError:
        raise CloudError("answered with what is no text") from None


def object_of(answer: Answer) -> dict[str, object]:
    """The JSON object of an answer.

    Raises:
        CloudError: another status than 200, or no JSON object.
    """
    text = text_of(answer)
    # Outside of clouds nobody has a use for it.
    import json

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise CloudError("answered with what is no JSON object")
    return document
