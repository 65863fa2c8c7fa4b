"""Each provider's service on loopback: as documented, and as nobody would wish."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.http_exchange import Answer
from perfanalysis.machines.cloud.answers import CloudError, Fields
from perfanalysis.machines.cloud.discovery import PROVIDERS, Plan, discover, plan
from perfanalysis.machines.cloud.firmware import Firmware
from perfanalysis.machines.identity import Identity
from tests.perfanalysis.machines.cloud import services
from tests.perfanalysis.machines.cloud.services import Answering, Asked, Given, serving

FLAGS = ("--cloud", "--cloud-endpoint")
TOLD = {
    "aws": Identity(
        provider="aws",
        region="eu-central-1",
        zone="eu-central-1b",
        instance_type="m7i.xlarge",
        purchase="spot",
        instance_id="i-0123456789abcdef0",
    ),
    "azure": Identity(
        provider="azure",
        region="westeurope",
        zone="westeurope-2",
        instance_type="Standard_D8s_v5",
        purchase="spot",
        instance_id="00000000-1111-2222-3333-444444444444",
    ),
    "gcp": Identity(
        provider="gcp",
        region="europe-west3",
        zone="europe-west3-b",
        instance_type="c3-standard-8",
        purchase="on_demand",
        instance_id="4520031799277581759",
    ),
    "oci": Identity(
        provider="oci",
        region="eu-frankfurt-1",
        zone="fra-ad-3",
        instance_type="VM.Standard.E5.Flex",
        instance_id="ocid1.instance.oc1.eu-frankfurt-1.made-up",
    ),
}
ANSWERING: dict[str, Answering] = {
    "aws": services.aws,
    "azure": services.azure,
    "gcp": services.gcp,
    "oci": services.oci,
}
GOOGLE = {"Metadata-Flavor": "Google"}
FIRMWARE = {
    "aws": {"sys_vendor": "Amazon EC2", "product_name": "m7i.xlarge", "bios_version": "1.0"},
    "azure": {
        "sys_vendor": "Microsoft Corporation",
        "product_name": "Virtual Machine",
        "chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77",
    },
    "gcp": {"sys_vendor": "Google", "product_name": "Google Compute Engine"},
    "oci": {"sys_vendor": "QEMU", "chassis_asset_tag": "OracleCloud.com"},
}


def sysfs_of(folder: Path, firmware: dict[str, str]) -> Path:
    """A /sys that has this firmware."""
    dmi = folder / "class" / "dmi" / "id"
    dmi.mkdir(parents=True)
    for name, value in firmware.items():
        (dmi / name).write_text(value + "\n")
    return folder


def ask(provider: str, url: str, seconds: float = 5.0) -> tuple[Identity, str]:
    return discover(Plan(provider, Identity(provider=provider), url), seconds)


@pytest.mark.parametrize("provider", TOLD)
def test_a_service_as_documented(provider: str, tmp_path: Path) -> None:
    with serving(ANSWERING[provider]) as service:
        chosen = plan("auto", sysfs_of(tmp_path, FIRMWARE[provider]), service.url + "/", FLAGS)
        assert chosen is not None
        assert discover(chosen, 5.0) == (TOLD[provider], "")
    assert all("x-forwarded-for" not in asked.headers for asked in service.asked)


@pytest.mark.parametrize(
    ("firmware", "known"),
    [
        ({"sys_vendor": "Amazon EC2", "product_name": "c8g.metal-24xl"}, ("aws", "c8g.metal-24xl")),
        ({"sys_vendor": "Amazon EC2", "product_name": "Not Specified"}, ("aws", "")),
        ({"sys_vendor": "Xen", "bios_version": "4.11.amazon"}, ("aws", "")),
        (FIRMWARE["azure"], ("azure", "")),
        (FIRMWARE["gcp"], ("gcp", "")),
        (FIRMWARE["oci"], ("oci", "")),
        ({"sys_vendor": "Microsoft Corporation", "product_name": "Virtual Machine"}, None),
        ({"sys_vendor": "QEMU", "bios_vendor": "SeaBIOS"}, None),
        ({}, None),
    ],
)
def test_the_firmware_says_whom_to_ask(
    firmware: dict[str, str], known: tuple[str, str] | None, tmp_path: Path
) -> None:
    chosen = plan("auto", sysfs_of(tmp_path, firmware), None, FLAGS)
    found = chosen and (chosen.provider, chosen.known.instance_type)
    assert found == known
    assert chosen is None or chosen.endpoint == "http://169.254.169.254"


def test_firmware_that_cannot_be_read_is_no_hint(tmp_path: Path) -> None:
    sysfs = sysfs_of(tmp_path, {})
    (sysfs / "class/dmi/id/sys_vendor").mkdir()
    (sysfs / "class/dmi/id/product_name").write_bytes(b"\xff\x00" * 5000)
    assert plan("auto", sysfs, None, FLAGS) is None
    assert Firmware() == ("", "", "", "", "")


def test_off_asks_nobody_and_a_name_asks_without_a_hint(tmp_path: Path) -> None:
    assert plan("off", sysfs_of(tmp_path, FIRMWARE["aws"]), None, FLAGS) is None
    chosen = plan("oci", tmp_path, "http://[::1]:8080", FLAGS)
    assert chosen == Plan("oci", Identity(provider="oci"), "http://[::1]:8080")


@pytest.mark.parametrize(
    ("mode", "endpoint", "said"),
    [
        ("ec2", None, "--cloud: expected one of auto, off, aws"),
        ("aws", "169.254.169.254", "--cloud-endpoint: expected an absolute URL"),
        ("aws", "ftp://host", "--cloud-endpoint"),
        ("aws", "http://host/latest", "an address without a path"),
        ("aws", "http://host:99999", "--cloud-endpoint"),
        ("off", "http://user:secret@host", "a URL without user and password"),
        ("aws", "http://ho st", "printable ASCII"),
    ],
)
def test_wrong_flags(mode: str, endpoint: str | None, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        plan(mode, tmp_path, endpoint, FLAGS)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def changed(answering: Answering, path: str, given: Given) -> Answering:
    """As documented but for one path."""

    def answer(asked: Asked) -> Given:
        return given if path in asked.path else answering(asked)

    return answer


def document(original: dict[str, object], **changes: object) -> Given:
    fields = {k: v for k, v in {**original, **changes}.items() if v is not ...}
    return Given(json.dumps(fields).encode())


LOGIN = Given(b"<!doctype html><title>Sign in to the guest network</title>", 200, services.HTML)


@pytest.mark.parametrize(
    ("provider", "path", "given", "said"),
    [
        ("aws", "token", Given(b"", 403), "status 403"),
        ("aws", "token", LOGIN, "no token"),
        ("aws", "document", LOGIN, "no JSON object"),
        ("aws", "document", Given(b"[1, 2]"), "no JSON object"),
        ("aws", "document", Given(b"[" * 100_000), "no JSON object"),
        ("aws", "document", Given(b"{" + b" " * 200_000 + b"}"), "larger than 131072 bytes"),
        ("aws", "document", Given(b"", 500), "status 500"),
        ("aws", "", Given(b"", 302, {"Location": "/latest/"}), "status 302"),
        ("azure", "", LOGIN, "no JSON object"),
        ("azure", "", Given(b'{"error": "Gone"}', 410), "status 410"),
        ("azure", "", Given(b"\xff\xfe{}"), "no text"),
        ("azure", "", Given(b"{}", 200, {"X-Padding": "x" * 20_000}), "headers are too large"),
        ("gcp", "", LOGIN, "without the header Metadata-Flavor: Google"),
        ("gcp", "", Given(b"", 301, {"Location": "https://elsewhere.example/"}), "without the"),
        ("gcp", "zone", Given(b"", 503, {"Metadata-Flavor": "Google"}), "status 503"),
        ("oci", "", LOGIN, "no JSON object"),
        ("oci", "", Given(b"", 404), "status 404"),
    ],
)
def test_an_answer_that_is_none(provider: str, path: str, given: Given, said: str) -> None:
    with serving(changed(ANSWERING[provider], path, given)) as service:
        identity, complaint = ask(provider, service.url)
    assert identity == Identity(provider=provider)
    assert complaint.startswith(f"{provider} at {service.url}: ")
    assert said in complaint
    assert "\n" not in complaint
    # Nobody was sent elsewhere.
    assert all(
        asked.path.startswith(("/latest", "/meta", "/comp", "/opc")) for asked in service.asked
    )


@pytest.mark.parametrize(
    ("provider", "path", "given", "missing", "said"),
    [
        ("aws", "document", document(services.AWS_DOCUMENT, region=...), "region", "region"),
        ("aws", "document", document(services.AWS_DOCUMENT, region=7), "region", "region"),
        ("aws", "document", document(services.AWS_DOCUMENT, region="a\nb"), "region", "region"),
        ("aws", "document", document(services.AWS_DOCUMENT, region="x" * 101), "region", "region"),
        ("aws", "document", document(services.AWS_DOCUMENT, region='a"b'), "region", "region"),
        ("aws", "life-cycle", Given(b"", 404), "purchase", ""),
        ("aws", "life-cycle", Given(b"scheduled"), "purchase", ""),
        ("azure", "", document(services.AZURE_DOCUMENT, zone=""), "zone", ""),
        ("azure", "", document(services.AZURE_DOCUMENT, zone=...), "zone", ""),
        ("azure", "", document(services.AZURE_DOCUMENT, zone=["1"]), "zone", "zone"),
        ("azure", "", document(services.AZURE_DOCUMENT, vmSize={}), "instance_type", "vmSize"),
        ("azure", "", document(services.AZURE_DOCUMENT, priority={}), "purchase", ""),
        ("oci", "", document(services.OCI_DOCUMENT, shape=None), "instance_type", "shape"),
        ("aws", "document", document(services.AWS_DOCUMENT, instanceId=...), "instance_id", ""),
        ("azure", "", document(services.AZURE_DOCUMENT, vmId='a"b'), "instance_id", "vmId"),
        ("gcp", "id", Given(b"", 404, GOOGLE), "instance_id", ""),
        ("oci", "", document(services.OCI_DOCUMENT, id="x" * 256), "instance_id", "id"),
    ],
)
def test_a_field_that_is_none_costs_itself_only(
    provider: str, path: str, given: Given, missing: str, said: str
) -> None:
    with serving(changed(ANSWERING[provider], path, given)) as service:
        identity, complaint = ask(provider, service.url)
    assert identity == TOLD[provider]._replace(**{missing: ""})
    assert complaint.endswith(f"usable {said}" if said else "")
    assert bool(complaint) == bool(said)


def test_google_paths_that_are_none() -> None:
    with serving(changed(services.gcp, "zone", Given(b"europe-west3-b", 200, GOOGLE))) as service:
        identity, complaint = ask("gcp", service.url)
    assert identity == TOLD["gcp"]._replace(region="", zone="")
    assert complaint.endswith("without a usable zone")


def test_oracle_names_of_older_documents() -> None:
    given = document(services.OCI_DOCUMENT, canonicalRegionName=..., ociAdName="", region="phx")
    with serving(changed(services.oci, "", given)) as service:
        identity, complaint = ask("oci", service.url)
    assert (identity.region, identity.zone, complaint) == ("phx", "AbCd:EU-FRANKFURT-1-AD-3", "")


def test_what_the_service_does_not_tell_stays_as_the_firmware_has_it(tmp_path: Path) -> None:
    with serving(lambda _: Given(b"", 403)) as service:
        chosen = plan("auto", sysfs_of(tmp_path, FIRMWARE["aws"]), service.url, FLAGS)
        assert chosen is not None
        found = discover(chosen)
    assert found.identity == Identity(provider="aws", instance_type="m7i.xlarge")
    assert "status 403" in found.complaint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "region",
        "availabilityZone",
        "instanceType",
        "location",
        "zone",
        "vmSize",
        "priority",
        "canonicalRegionName",
        "ociAdName",
        "availabilityDomain",
        "shape",
        "instanceId",
        "vmId",
        "id",
    ]
)


@given(st.dictionaries(KEYS, JSON).map(json.dumps) | JSON.map(json.dumps), st.binary(max_size=40))
def test_whatever_is_answered_a_label_is_a_plain_name(document: str, tail: bytes) -> None:
    for body in (document.encode(), document.encode() + tail, tail):
        for name, provider in PROVIDERS.items():
            answer = Answer(200, {"metadata-flavor": "Google"}, body)
            with contextlib.suppress(CloudError):
                identity = provider.ask(lambda *_, answer=answer: answer, Fields())
                assert identity.provider == name
                texts = (value for value in identity if isinstance(value, str))
                assert all(re.fullmatch(r"[A-Za-z0-9._:+-]{0,255}", text) for text in texts)
