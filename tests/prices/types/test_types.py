"""Types of machines out of the lists of providers."""

from __future__ import annotations

import gzip
import importlib.util
import json
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from prices.reading.installed import INSTALLED
from prices.types import (
    aws_instance_types,
    azure_skus,
    gcp_machine_types,
    oci_shapes,
    service_capacity_shapes,
    spare_cores_servers,
)
from prices.types.catalogue import SOURCES, TypeCatalogue
from prices.types.machine_type import GIB, MachineType
from tests.prices.importers.reading import written
from tests.prices.spare_cores_file import database


@pytest.fixture(scope="module")
def moto_types(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MachineType]:
    """What moto's copy of AWS's own list says."""
    packed = files("moto").joinpath("ec2/resources/instance_types.json.gz").read_bytes()
    path = tmp_path_factory.mktemp("moto") / "types.json"
    path.write_bytes(gzip.decompress(packed))
    return {found.instance_type: found for found in aws_instance_types.read(path)}


class TestAwsInstanceTypes:
    """The list that moto ships is AWS's own: https://github.com/getmoto/moto."""

    def test_all_of_them_are_read(self, moto_types: dict[str, MachineType]) -> None:
        assert len(moto_types) > 1000

    def test_a_burstable_type(self, moto_types: dict[str, MachineType]) -> None:
        found = moto_types["t3.large"]
        assert (found.vcpus, found.cores, found.memory_bytes) == (2, 1, 8 * GIB)
        assert (found.architecture, found.cpu_baseline) == ("x86_64", Decimal("0.3"))
        assert (found.network_baseline_bits, found.network_peak_bits) == (512_000_000, 5 * 10**9)
        assert found.volume_baseline_bytes == 695_000_000 // 8
        assert (found.volume_baseline_operations, found.volume_peak_operations) == (4000, 15700)
        assert found.local_disk_bytes == 0

    def test_an_arm_type_and_a_disk(self, moto_types: dict[str, MachineType]) -> None:
        assert moto_types["m6g.large"].architecture == "aarch64"
        assert moto_types["m6g.large"].cores == 2
        assert moto_types["m6g.large"].cpu_baseline is None
        assert moto_types["m5d.large"].local_disk_bytes == 75 * 10**9
        assert moto_types["g4dn.xlarge"].accelerators == 1

    def test_as_the_command_writes_them(self, tmp_path: Path) -> None:
        entry = {
            "InstanceType": "m9.large",
            "VCpuInfo": {"DefaultVCpus": 2},
            "MemoryInfo": {"SizeInMiB": 8192},
            "ProcessorInfo": {"SupportedArchitectures": ["i386", "x86_64"]},
        }
        path = written(tmp_path / "types.json", {"InstanceTypes": [entry], "NextToken": ""})
        (found,) = aws_instance_types.read(path)
        assert (found.architecture, found.cores, found.network_peak_bits) == ("x86_64", None, None)
        faults: list[dict[str, Any]] = [{"VCpuInfo": {}}, {"MemoryInfo": {"SizeInMiB": 0}}]
        for broken in faults:
            written(path, {"InstanceTypes": [entry, entry | broken]})
            with pytest.raises(InputError, match=r"InstanceTypes\[1\]"):
                list(aws_instance_types.read(path))


class TestOtherProviders:
    def test_google(self, tmp_path: Path) -> None:
        entries = [
            {"name": "e2-medium", "guestCpus": 2, "memoryMb": 4096, "zone": "us-central1-a"},
            {"name": "e2-medium", "guestCpus": 2, "memoryMb": 4096, "zone": "us-central1-b"},
            {"name": "t2a-standard-1", "guestCpus": 1, "memoryMb": 4096, "zone": "x/zones/a-b1-c"},
        ]
        path = written(tmp_path / "types.json", entries)
        shared, arm = gcp_machine_types.read(path)
        assert (shared.cpu_baseline, shared.billed_vcpus) == (Decimal("0.5"), Decimal(1))
        assert (arm.architecture, arm.memory_gib) == ("aarch64", Decimal(4))
        zones = [zone for zone, _ in gcp_machine_types.read_by_zone(path)]
        assert zones == ["us-central1-a", "us-central1-b", "a-b1-c"]

    def test_oracle_counts_threads_of_x86_alone(self, tmp_path: Path) -> None:
        shapes = [
            {"shape": "VM.Standard.E4.Flex", "ocpus": 2.0, "memory-in-gbs": 16.0, "gpus": 0},
            {"shape": "VM.Standard.A1.Flex", "ocpus": 2.0, "memory-in-gbs": 12.0},
        ]
        x86, arm = oci_shapes.read(written(tmp_path / "shapes.json", {"data": shapes}))
        assert (x86.vcpus, x86.cores, x86.architecture) == (4, 2, "x86_64")
        assert (arm.vcpus, arm.cores, arm.architecture) == (2, 2, "aarch64")
        with pytest.raises(InputError, match=r"data\[0\]"):
            list(oci_shapes.read(written(tmp_path / "bad.json", {"data": [{"shape": "VM.X"}]})))

    def test_azure(self, tmp_path: Path) -> None:
        stated = {
            "vCPUs": "4",
            "vCPUsAvailable": "2",
            "vCPUsPerCore": "2",
            "MemoryGB": "31.5",
            "CpuArchitectureType": "x64",
            "MaxResourceVolumeMB": "1024",
            "UncachedDiskIOPS": "6400",
        }
        capabilities = [{"name": name, "value": value} for name, value in stated.items()]
        entry = {
            "resourceType": "virtualMachines",
            "name": "Standard_E4-2as_v5",
            "capabilities": capabilities,
        }
        disk = {"resourceType": "disks", "name": "Premium_LRS"}
        path = written(tmp_path / "skus.json", [entry, disk, entry])
        (found,) = azure_skus.read(path)
        assert (found.vcpus, found.cores, found.memory_gib) == (2, 1, Decimal("31.5"))
        assert (found.local_disk_bytes, found.volume_peak_operations) == (GIB, 6400)
        with pytest.raises(InputError, match=r"\[0\]"):
            list(azure_skus.read(written(path, [entry | {"capabilities": []}])))

    def test_spare_cores(self, tmp_path: Path) -> None:
        google, arm = spare_cores_servers.read(database(tmp_path / "sc.db"))
        assert (google.instance_type, google.vcpus, google.cores) == ("n2-standard-4", 4, 2)
        assert google.network_baseline_bits == 10**10
        assert (arm.architecture, arm.memory_bytes, arm.cores) == ("aarch64", 8 * GIB, None)

    def test_a_shape_of_service_capacity(self, tmp_path: Path) -> None:
        shape = {
            "name": "m5d.large",
            "cpu": 2,
            "cpu_cores": 1,
            "ram_gib": 7.63,
            "net_mbps": 750.0,
            "drive": {"size_gib": 69},
        }
        others = {"db.r5.large": {"cpu": 2}}
        path = written(tmp_path / "m5.json", {"instances": {"m5d.large": shape, **others}})
        (found,) = service_capacity_shapes.read(path)
        assert (found.vcpus, found.cores, found.architecture) == (2, 1, "x86_64")
        assert found.memory_bytes == int(Decimal("7.63") * GIB)
        assert (found.network_baseline_bits, found.local_disk_bytes) == (750_000_000, 69 * GIB)

    @pytest.mark.skipif(
        importlib.util.find_spec("service_capacity_modeling") is None,
        reason="service-capacity-modeling is not installed",
    )
    def test_the_package_itself_beside_aws(self, moto_types: dict[str, MachineType]) -> None:
        """Its CPUs are those of AWS; its memory is less, and by how much is known."""
        found = list(service_capacity_shapes.read(Path(INSTALLED)))
        assert len(found) > 300
        both = [
            (mine, moto_types[mine.instance_type])
            for mine in found
            if mine.instance_type in moto_types
        ]
        assert len(both) > 300
        same = [mine.vcpus == theirs.vcpus for mine, theirs in both]
        assert sum(same) / len(same) > 0.95
        shares = sorted(mine.memory_bytes / theirs.memory_bytes for mine, theirs in both)
        assert 0.93 < shares[len(shares) // 2] < 0.97


class TestTypeCatalogue:
    def test_the_first_source_stays_and_measured_types_are_no_candidates(self) -> None:
        exact = MachineType("aws", "m5.large", 2, 8 * GIB, "exact")
        less = MachineType("aws", "m5.large", 2, 7 * GIB, "less")
        other = MachineType("gcp", "n2-standard-2", 2, 8 * GIB, "list")
        catalogue = TypeCatalogue()
        catalogue.add([exact, other])
        catalogue.add([less])
        assert catalogue.get("aws", "m5.large") is exact
        assert catalogue.get("aws", "m5.huge") is None
        assert catalogue.unmeasured([("aws", "m5.large")]) == [other]
        assert catalogue.unmeasured([]) == [exact, other]

    def test_sources_have_names_of_their_own(self) -> None:
        assert len({source.name for source in SOURCES}) == len(SOURCES)


def test_no_type_is_read_out_of_nothing(tmp_path: Path) -> None:
    value: dict[str, Any] = {"entries": [{}]}
    path = written(tmp_path / "other.json", json.dumps(value))
    for source in SOURCES[:4]:
        assert list(source.read(path)) == []
