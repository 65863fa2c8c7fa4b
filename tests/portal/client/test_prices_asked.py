"""Prices and costs by the typed client and by `portal ask cost`, of a portal that runs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from perfanalysis.cli import run
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.portal_client import machines, prices
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.machines import MachineToRegister
from perfanalysis.portal_client.prices import CostQuestion, PriceChoice
from tests.portal.api.price_book import BEGIN, DAY, TYPE, fill
from tests.portal.running import Running, running

pytestmark = pytest.mark.e2e
BEFORE = CostQuestion(BEGIN, BEGIN + 11 * DAY)
WORDS = ("--from", "2026-01-01", "--to", "2026-01-12")


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("priced")
    fill(folder / "prices.sqlite")
    flags = ("--price-book", str(folder / "prices.sqlite"))
    with running(folder, f"sqlite:///{folder}/portal.sqlite", *flags) as found:
        (folder / "key").write_text(found.key)
        yield found


@pytest.fixture
def asking(priced: Running) -> Iterator[PortalConnection]:
    key = Credentials(file=str(priced.folder / "key"))
    with PortalConnection(Endpoint(priced.url, key)) as found:
        yield found


@pytest.fixture
def machine(asking: PortalConnection) -> uuid.UUID:
    told = MachineToRegister(
        name="web",
        provider=TYPE["provider"],
        region=TYPE["region"],
        instance_type=TYPE["instance_type"],
    )
    return machines.register(asking, told).machine.id


def test_the_book(asking: PortalConnection) -> None:
    held = PriceChoice(region="eu-1", purchase="on_demand", at=BEGIN + 4 * DAY)
    assert [(one.amount, one.machine) for one in prices.book(asking, held)] == [
        ("0.12", ""),
        ("0.09", "secret-web"),
    ]
    assert len(list(prices.book(asking))) == 8
    assert next(one.name for one in prices.sources(asking)) == "aws-offer index.json"
    at = (BEGIN + 4 * DAY).isoformat()
    found = prices.of_type(asking, "aws", "m7i.large", region="eu-1", at=at)
    assert found.on_demand is not None
    assert found.on_demand.amount == "0.12"
    spot = prices.history(asking, "aws", "m7i.large", purchase="spot")
    assert [one.amount for one in spot] == ["0.04"]


def test_a_machine(asking: PortalConnection, machine: uuid.UUID) -> None:
    now = prices.of_machine(asking, machine)
    assert now.on_demand is not None
    assert now.on_demand.amount == "0.1"
    unknown = prices.cost(asking, machine, BEFORE)
    assert (unknown.sums, unknown.unknown_seconds) == ({}, 11 * 86400)
    first = CostQuestion(BEFORE.since, BEFORE.until, assume_first=True)
    found = prices.cost(asking, machine, first)
    # Ten days of 0.12, one of 0.1.
    assert found.sums == {"USD": "31.2"}
    assert [(one.instance_type, one.cost) for one in found.stretches] == [
        ("m7i.large", "28.8"),
        ("m7i.large", "2.4"),
    ]


def test_the_command(
    priced: Running, machine: uuid.UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ("--portal", priced.url, "--portal-bearer-token-file", str(priced.folder / "key"))
    for name in ("web", str(machine)):
        assert run(["portal", "ask", "cost", name, *WORDS, "--assume-first", *key]) == 0
        assert "31.2 USD" in capsys.readouterr().out
    assert run(["portal", "ask", "cost", "web", *WORDS, "--json", *key]) == 0
    found = json.loads(capsys.readouterr().out)
    assert datetime.fromisoformat(found["since"]) == datetime(2026, 1, 1, tzinfo=UTC)
    assert run(["portal", "ask", "cost", "web", *WORDS, *key]) == 0
    said = "the inventory did not know the machine yet for 950400 seconds of it"
    assert said in capsys.readouterr().err
    assert run(["portal", "ask", "cost", "nobody", *WORDS, *key]) == 2
    assert "the name or id of a machine" in capsys.readouterr().err
