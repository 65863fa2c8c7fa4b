"""How the answers of a metadata service are asked for, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfanalysis.http_exchange import Answer

# Names of regions, zones and types, as all providers write them; no space, quote or mark-up.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}")
# An OCID has up to 255.
_INSTANCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,254}")

# Sends a request below the metadata service's address: method, path, headers.
Ask = Callable[[str, str, Mapping[str, str]], "Answer"]


class CloudError(Exception):
    """The metadata service gave no usable answer; the text is one line."""


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

    def instance_id(self, value: object, field: str) -> str:
        """The provider's name of this machine if it is one; that it is missing is no complaint."""
        if isinstance(value, str) and _INSTANCE_ID.fullmatch(value):
            return value
        if value not in ("", None):
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
