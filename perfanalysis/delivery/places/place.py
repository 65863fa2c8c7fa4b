"""What a place for reports is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from perfanalysis.delivery.places.document import DeliveryError, Finished

# Older words of settings, see perfanalysis.endpoint_settings.
OLD_WORDS = ("username", "ca_file")


class Place(Protocol):
    """Somewhere that takes reports."""

    @property
    def receivers(self) -> Sequence[str]:
        """Who gets the report, each remembered by this name; without any secret."""
        ...

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """Give the report to some of the receivers, and return those that did not take it.

        Raises:
            DeliveryError: none of them took it.
        """
        ...
