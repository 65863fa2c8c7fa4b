"""What machines of a comparison cost, by a real price book, and what stops it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.conftest import REPOSITORY

PRICES = """\
provider,region,zone,instance_type,purchase,amount,currency,valid_from
aws,eu-central-1,,m7i.large,on_demand,0.1197,USD,2026-01-01
aws,eu-central-1,,m7a.large,on_demand,0.13776,USD,2026-01-01
aws,eu-central-1,eu-central-1a,m7i.large,spot,0.0412,USD,2026-11-01
aws,eu-central-1,eu-central-1b,m7i.large,spot,0.0455,USD,2026-11-01
aws,eu-central-1,eu-central-1b,m7i.large,spot,0.0921,USD,2026-10-01
aws,eu-central-1,,m7g.large,on_demand,0.09,EUR,2026-01-01
azure,eastus2,,Standard_D2s_v5,on_demand,0.096,USD,2026-01-01
azure,germanywestcentral,,Standard_D2s_v5,on_demand,0.115,USD,2026-01-01
azure,eastus2,,Standard_D2as_v5,on_demand,0.086,USD,2026-01-01
"""
BY_FLAGS = ("--provider", "aws", "--region", "eu-central-1", "--hours", "2")
EXAMPLES = REPOSITORY / "deploy" / "terraform"


class CloudCost:
    """``perfanalysis cloud cost``, and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, status: int = 0) -> tuple[str, str]:
        done = run(["cloud", "cost", *words])
        said = self._capsys.readouterr()
        assert done == status, said.err
        return said.out, said.err

    def document(self, *words: str, status: int = 0) -> dict[str, Any]:
        found = json.loads(self(*words, "--json", status=status)[0])
        assert isinstance(found, dict)
        return found


@pytest.fixture
def cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CloudCost:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "own.csv").write_text(PRICES)
    assert run(["prices", "import", str(tmp_path / "own.csv")]) == 0
    capsys.readouterr()
    return CloudCost(capsys)


def example(provider: str) -> str:
    return str(EXAMPLES / provider / "examples" / "compare-instances" / "terraform.tfvars.json")


def test_the_total_is_hours_times_machines_times_price(cost: CloudCost) -> None:
    words = (*BY_FLAGS, "--machines", "m7i.large=3", "--machines", "m7a.large=2")
    out, _ = cost(*words)
    # 0.1197 x 3 x 2 + 0.13776 x 2 x 2
    assert "at most 1.26924 USD\n" in out
    assert "disks, addresses and traffic are not in it" in out
    found = cost.document(*words)
    assert (found["total"], found["currency"], found["hours"]) == ("1.26924", "USD", "2")
    assert [row["cost"] for row in found["machines"]] == ["0.7182", "0.55104"]
    assert found["machines"][0] | {"valid_from": ""} == {
        "instance_type": "m7i.large",
        "region": "eu-central-1",
        "purchase": "on_demand",
        "count": 3,
        "price_per_hour": "0.1197",
        "currency": "USD",
        "zone": None,
        "source": "csv: own.csv",
        "valid_from": "",
        "cost": "0.7182",
    }


def test_without_a_zone_the_dearest_spot_price_of_now_counts(cost: CloudCost) -> None:
    words = (*BY_FLAGS, "--machines", "m7i.large=1", "--purchase", "spot")
    (row,) = cost.document(*words)["machines"]
    # Not that of October, which was dearer.
    assert (row["price_per_hour"], row["zone"]) == ("0.0455", "eu-central-1b")
    assert "zone eu-central-1b" in cost(*words)[0]
    (row,) = cost.document(*words, "--zone", "eu-central-1a")["machines"]
    assert row["price_per_hour"] == "0.0412"
    cost(*words, "--zone", "eu-central-1c", status=1)


def test_an_unknown_price_is_said_and_never_nothing(cost: CloudCost) -> None:
    words = (*BY_FLAGS, "--machines", "m7i.large=1", "--machines", "x9z.huge=2")
    out, said = cost(*words, status=1)
    assert "and what 2 machines cost whose price is unknown" in out
    assert "has no on_demand price of x9z.huge in eu-central-1: bring it in" in said
    found = cost.document(*words, "--budget", "1000", status=1)
    assert (found["total"], found["currency"], found["machines"][1]["cost"]) == (None, None, None)


def test_a_budget_that_is_not_enough_says_by_how_much(cost: CloudCost) -> None:
    words = (*BY_FLAGS, "--machines", "m7i.large=3")
    cost(*words, "--budget", "0.7182")
    _, said = cost(*words, "--budget", "0.7", status=1)
    assert "cost up to 0.7182 USD, 0.0182 more than the budget" in said


def test_currencies_are_not_added_up(cost: CloudCost) -> None:
    words = (*BY_FLAGS, "--machines", "m7i.large=1", "--machines", "m7g.large=1")
    out, said = cost(*words, status=1)
    assert "at most 0.18 EUR\nat most 0.2394 USD\n" in out
    assert "prices are in EUR, USD, which cannot be added up" in said
    assert cost.document(*words, status=1)["total"] is None


def test_the_examples_variables_are_taken(cost: CloudCost) -> None:
    found = cost.document("--provider", "aws", example("aws"))
    # 3 x 2 x (0.1197 + 0.13776 + 0.0455)
    assert (found["total"], found["budget"]) == ("1.81776", "5")
    found = cost.document("--provider", "azure", example("azure"))
    rows = [(row["instance_type"], row["region"], row["count"]) for row in found["machines"]]
    assert rows == [
        ("Standard_D2s_v5", "eastus2", 3),
        ("Standard_D2s_v5", "germanywestcentral", 3),
        ("Standard_D2as_v5", "eastus2", 3),
    ]
    assert Decimal(found["total"]) == 6 * (Decimal("0.096") + Decimal("0.115") + Decimal("0.086"))


@pytest.mark.parametrize("provider", ["aws", "azure", "google", "oracle"])
def test_each_example_can_be_asked_about(cost: CloudCost, provider: str) -> None:
    name = {"google": "gcp", "oracle": "oci"}.get(provider, provider)
    known = provider in {"aws", "azure"}
    found = cost.document("--provider", name, example(provider), status=0 if known else 1)
    assert sum(row["count"] for row in found["machines"]) == 9


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hours": 100}, "comparison.hours: expected hours, more than 0 and at most 72"),
        ({"budget": 0}, "comparison.budget: expected more than 0"),
        ({"machines": []}, "comparison.machines"),
        ({"machines": [{"instance_type": "a", "cuont": 1}]}, "cuont"),
        ({"machines": [{"instance_type": "a", "count": 0}]}, "comparison.machines[0].count"),
        ({"machines": [{"instance_type": "a", "purchase": "stolen"}]}, "purchase"),
        (
            {"machines": [{"instance_type": "a"}, {"instance_type": "a", "count": 2}]},
            "one row for a type, purchase and region, found 'a eu-central-1 on_demand'",
        ),
    ],
)
def test_unusable_variables_are_named(
    cost: CloudCost, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    variables = json.loads(Path(example("aws")).read_text())
    variables["comparison"] |= changed
    path = tmp_path / "terraform.tfvars.json"
    path.write_text(json.dumps(variables))
    _, found = cost("--provider", "aws", str(path), status=2)
    assert str(path) in found
    assert said in found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--machines: expected VARIABLES, or a type"),
        (("--machines", "a", "--hours", "2"), "--region"),
        (("--machines", "a", "--region", "r"), "--hours"),
        (("--machines", "a=0", "--region", "r", "--hours", "2"), "--machines"),
        (("--machines", "a", "--region", "r", "--hours", "nan"), "--hours: expected a number"),
        (("--machines", "a", "--region", "r", "--hours", "2", "--budget", "-1"), "--budget"),
        (("terraform.tfvars.json", "--hours", "2"), "either VARIABLES"),
        (("gone.json",), "gone.json: expected a readable file"),
    ],
)
def test_unusable_flags_are_named(cost: CloudCost, words: tuple[str, ...], said: str) -> None:
    assert said in cost("--provider", "aws", *words, status=2)[1]
