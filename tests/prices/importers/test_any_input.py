"""Whatever stands in a list: prices come of it, or a refusal that names the file."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.importers import (
    aws_offer,
    aws_savings_plan,
    aws_spot,
    azure_retail,
    gcp_catalogue,
    oci_list,
    service_capacity,
)
from prices.importers.importer import PriceImporter
from prices.types import aws_instance_types, azure_skus, gcp_machine_types, oci_shapes
from prices.types.machine_type import TypeSource
from tests.prices.importers import (
    test_aws_offer,
    test_aws_savings_plan,
    test_aws_spot,
    test_azure_retail,
    test_gcp_catalogue,
    test_oci_list,
    test_service_capacity,
)
from tests.prices.importers.reading import read_all, written

LISTS: list[tuple[PriceImporter, Any]] = [
    (aws_offer.IMPORTER, test_aws_offer.offer()),
    (
        aws_savings_plan.IMPORTER,
        test_aws_savings_plan.plans(test_aws_savings_plan.rate("APN1-BoxUsage:c5.xlarge")),
    ),
    (aws_spot.IMPORTER, {"SpotPriceHistory": [test_aws_spot.entry()]}),
    (
        azure_retail.IMPORTER,
        test_azure_retail.page(test_azure_retail.RESERVED, test_azure_retail.PLANNED),
    ),
    (gcp_catalogue.IMPORTER, {"skus": test_gcp_catalogue.SKUS[:2]}),
    (oci_list.IMPORTER, test_oci_list.listed(*test_oci_list.ITEMS[:3])),
    (service_capacity.IMPORTER, test_service_capacity.region(m5_large=1.5)),
]
AWS_TYPE = {
    "InstanceType": "t3.large",
    "VCpuInfo": {"DefaultVCpus": 2, "DefaultCores": 1},
    "MemoryInfo": {"SizeInMiB": 8192},
    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
    "EbsInfo": {"EbsOptimizedInfo": {"BaselineBandwidthInMbps": 695, "BaselineIops": 4000}},
    "InstanceStorageInfo": {"TotalSizeInGB": 75},
    "NetworkInfo": {"NetworkCards": [{"BaselineBandwidthInGbps": 0.5}]},
    "GpuInfo": {"Gpus": [{"Count": 1}]},
}
AZURE_TYPE = {
    "resourceType": "virtualMachines",
    "name": "Standard_D2s_v5",
    "capabilities": [{"name": "vCPUs", "value": "2"}, {"name": "MemoryGB", "value": "8"}],
}
TYPES: list[tuple[TypeSource, Any]] = [
    (aws_instance_types.SOURCE, {"InstanceTypes": [AWS_TYPE]}),
    (azure_skus.SOURCE, [AZURE_TYPE]),
    (gcp_machine_types.SOURCE, [*test_gcp_catalogue.MACHINES, {"accelerators": [{}]}]),
    (oci_shapes.SOURCE, test_oci_list.SHAPES),
]
ODD = st.sampled_from(
    [None, True, 7, -1, 1.5, 10**40, "", "x", "-1", "1e99", [], [7], {}, {"a": 1}, "\ud800"]
)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places of a value."""
    yield above
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in inner:
            yield from places(each, (*above, key))


def replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    """The value with another one at a place."""
    if not place:
        return by
    changed = copy.deepcopy(value)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = by
    return changed


class TestAnyList:
    @pytest.mark.parametrize(("importer", "value"), LISTS, ids=lambda one: getattr(one, "name", ""))
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data())
    def test_one_value_changed(
        self, tmp_path: Path, importer: PriceImporter, value: Any, data: st.DataObject
    ) -> None:
        place = data.draw(st.sampled_from(list(places(value))))
        path = written(tmp_path / "list.json", json.dumps(replaced(value, place, data.draw(ODD))))
        options = {
            "machine_types": str(written(tmp_path / "types.json", test_gcp_catalogue.MACHINES)),
            "shapes": str(written(tmp_path / "shapes.json", test_oci_list.SHAPES)),
        }
        try:
            found, account = read_all(importer, path, options)
        except InputError as error:
            assert "list.json" in str(error)
        else:
            assert account.read or not found

    @pytest.mark.parametrize(("source", "value"), TYPES, ids=lambda one: getattr(one, "name", ""))
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data())
    def test_one_value_of_a_type_changed(
        self, tmp_path: Path, source: TypeSource, value: Any, data: st.DataObject
    ) -> None:
        place = data.draw(st.sampled_from(list(places(value))))
        path = written(tmp_path / "types.json", json.dumps(replaced(value, place, data.draw(ODD))))
        try:
            assert all(found.vcpus > 0 for found in source.read(path))
        except InputError as error:
            assert "types.json" in str(error)
