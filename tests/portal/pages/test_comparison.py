"""The comparison page: verdicts in words, links, and its PDF."""

from __future__ import annotations

import io
import re
import uuid

import pypdf
import pytest
from sqlalchemy import Engine

from perfanalysis.kinds.machine import BY_NAME
from perfanalysis.results.kernel_figures import kernel_of
from portal.api.comparison_form import MeasureAnswer
from portal.pages import compared_view, difference_chart
from tests.portal.nights import hand_in
from tests.portal.pages.visiting import Guest, visit
from tests.portal.serving import Tenant, portal

UNIT = {"name": "pass", "description": "one pass over a block", "bytes": 1 << 20}


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    found = portal(engine, "one")
    for number, kernel in enumerate(("rmw", "integer", "memory")):
        hand_in(found, (100.0, 100.2, 99.8), 10 * number, kernel=kernel)
        faster = (120.0, 120.3, 119.8) if kernel == "rmw" else (100.1, 99.9, 100.0)
        price = {"name": "n", "price_dollars_per_hour": 1.0 if kernel == "rmw" else None}
        hand_in(found, faster, 50 + 10 * number, kernel=kernel, machine=price)
    return found


@pytest.fixture
def guest(engine: Engine, tenant: Tenant) -> Guest:
    return visit(engine, tenant)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page(guest: Guest) -> None:
    assert "Two to eight" in guest.get("/comparison")
    page = guest.get("/comparison?machines=m,+n")
    assert '<span class="mark good">faster</span>' in page
    assert "cannot tell: chance brings as much" in page
    assert "unknown: not all tests tell it" in page
    link = re.search(r'href="(/api/v1/comparison/machines\?[^"]+)"', page)
    assert link
    assert guest.get(link[1].replace("&amp;", "&")).startswith("kernel,side,name,tests,measure")
    assert "cannot tell: one run each" in guest.get("/comparison?tests=n0+n50")
    assert "cannot tell: one run each" in guest.get("/comparison?test=n0&test=n50")
    assert "cannot tell: not the same conditions" not in page
    for wrong, status in (
        ("?machines=m", 422),
        ("?machines=m,nobody", 404),
        ("?tests=n0", 422),
        ("?tests=n0+nothing", 404),
        ("?tests=" + "+".join(f"t{i}" for i in range(9)), 422),
    ):
        assert guest.client.get(f"/comparison{wrong}").status_code == status, wrong


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_pdf(guest: Guest) -> None:
    answer = guest.client.get("/comparison.pdf?machines=m,n&measure=price_performance")
    assert answer.headers["content-type"] == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    text = "".join(one.extract_text() for one in read.pages)
    assert text.index("Price-performance") < text.index("Performance, units/s\n")
    assert "faster" in text
    assert "less for the money" in text
    assert read.attachments["comparison.csv"][0].startswith(b"kernel,side,name,tests")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_kinds_of_work(engine: Engine) -> None:
    tenant = portal(engine, "one")
    for start, name, factor in ((0, "m", 1.0), (100, "n", 3.0)):
        for number, kernel in enumerate(dict.fromkeys(map(kernel_of, BY_NAME))):
            more = {} if kernel == "divide" else {"unit": UNIT}
            facts, rates = {"name": name}, (factor * 2000.0,)
            hand_in(tenant, rates, start + 10 * number, kernel=kernel, machine=facts, **more)
    guest = visit(engine, tenant)
    page = guest.get("/comparison?machines=m,n")
    assert 'id="kinds-radar"' in page
    ids = [
        tenant.ok("GET", "/api/v1/machines", params={"name": n})["machines"][0]["id"] for n in "mn"
    ]
    found = tenant.ok("GET", "/api/v1/comparison/machines", params={"machine": ids})
    kinds = {one["kind"]: one["sides"] for one in found["kinds"]}
    assert len(kinds) >= 5
    (crypto,) = kinds["crypto"]
    assert crypto["lower"] < crypto["ratio"] < crypto["upper"]
    assert (crypto["verdict"], crypto["why"]) == ("more", None)
    assert 2 < crypto["ratio"] < 4
    # Of one machine alone, or by kernels that no kind knows, nothing is told.
    of_one = tenant.ok(
        "GET", "/api/v1/comparison/machines", params={"machine": ids, "kernel": "crypto_sha256"}
    )
    assert of_one["kinds"] == []
    assert "kinds-radar" not in guest.get("/comparison?machines=m,n&kernel=crypto_sha256")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_pdf_at_a_time(guest: Guest, tenant: Tenant) -> None:
    # Somebody of the tenant has one made.
    guest.state.printer.printing.add(uuid.UUID(tenant.id))
    answer = guest.client.get("/comparison.pdf?machines=m,n")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")


def measure(**changes: object) -> MeasureAnswer:
    values = dict.fromkeys(MeasureAnswer.model_fields) | {"measure": "performance"} | changes
    return MeasureAnswer.model_validate(values)


@pytest.mark.parametrize(
    ("found", "unlike", "said"),
    [
        (measure(), [], "unknown: not all tests tell it"),
        (measure(value=1.0), [], "unknown: the baseline does not tell it"),
        (measure(value=1.0, ratio=2.0, verdict="faster"), [], "faster"),
        (
            measure(value=1.0, ratio=2.0, withheld="conditions"),
            ["nice", "profile"],
            "cannot tell: not the same conditions (nice, profile)",
        ),
        (measure(value=1.0, ratio=2.0, withheld="one run"), [], "cannot tell: one run each"),
    ],
)
def test_verdicts_in_words(found: MeasureAnswer, unlike: list[str], said: str) -> None:
    assert compared_view.verdict(found, unlike) == said


@pytest.mark.parametrize(
    ("span", "step"), [(1.0, 0.2), (7.0, 1.0), (40.0, 10.0), (100.0, 20.0), (2000.0, 500.0)]
)
def test_steps_of_the_axis(span: float, step: float) -> None:
    assert difference_chart._step(span) == pytest.approx(step)
