"""The inventory's word comes first, the cloud's second."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from perfanalysis.machines.facts.identity import Identity, complete
from tests.perfanalysis.machines.cloud import services
from tests.perfanalysis.machines.cloud.services import Given, serving


def test_the_cloud_fills_what_is_open() -> None:
    given = Identity("web-1", "oci", zone="mine", price=0.5, purchase="spot")
    with serving(services.oci) as service:
        found, complaint = complete(given, "oci", service.url)
    assert complaint == ""
    assert found == dataclasses.replace(
        given, region="eu-frankfurt-1", instance_type="VM.Standard.E5.Flex"
    )


def test_a_machine_that_is_elsewhere_gets_nothing_of_this_cloud() -> None:
    given = Identity("small", "local", region="desk")
    with serving(services.azure) as service:
        assert complete(given, "azure", service.url) == (given, "")


def test_a_service_that_fails_leaves_the_rest_and_says_so() -> None:
    with serving(lambda _: Given(b"", 403)) as service:
        found, complaint = complete(Identity("web-1"), "gcp", service.url)
    assert found == Identity("web-1", "gcp")
    assert complaint.startswith(f"gcp at {service.url}: ")


def test_off_and_no_hint_ask_nobody(tmp_path: Path) -> None:
    with serving(services.aws) as service:
        for mode in ("off", "auto"):
            assert complete(Identity("web-1"), mode, service.url, tmp_path) == (
                Identity("web-1"),
                "",
            )
    assert service.asked == []
