"""The pages of predictions and plans, of documents that the real commands made and of odd ones."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
import zlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from portal.records.tenant_session import TenantSession
from portal.records.work_documents import WorkDocumentRow
from tests.portal.pages.browsing import PASSWORD, Browser, browser, user
from tests.portal.pages.real_work import packable, planned, predicted, recorded
from tests.portal.serving import Tenant, portal
from tests.portal.work_documents import CANDIDATE, PLAN, PREDICTION, plan, prediction

EVIL = "<script>alert(1)</script>"
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one", is_operator=True)


@pytest.fixture
def inside(engine: Engine, tenant: Tenant) -> Browser:
    found = browser(engine)
    found.log_in(key=tenant.key)
    return found


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("recorded") / "p")


@pytest.fixture(scope="module")
def workloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packable(tmp_path_factory.mktemp("packable") / "q")


def keep(tenant: Tenant, kind: str, body: str | bytes) -> str:
    """Hand a document in; the path of its page."""
    made = tenant.ok("POST", f"/api/v1/{kind}s", 201, content=body)
    return f"/workload/{kind}s/{made['document']['id']}"


def text_of(page: str) -> str:
    """What stands on a page, without its elements."""
    body = re.sub(r"<[^>]+>", " ", page[page.index("<main") :])
    return " ".join(body.replace("&#39;", "'").replace("&amp;", "&").split()).replace(" ,", ",")


def cells(page: str, first: str) -> list[str]:
    """The cells of the table's row that begins with a word."""
    for row in re.findall(r'<tr role="row">(.*?)</tr>', page, re.S):
        found = [text_of(f"<main>{one}") for one in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        if found and found[0].split(" ")[0] == first:
            return found
    raise AssertionError(f"no row of {first}")


@SQLITE
def test_a_prediction(tenant: Tenant, inside: Browser, recordings: Path) -> None:
    page = inside.get(keep(tenant, "prediction", predicted(recordings)))
    said = text_of(page)
    for words in (
        "Overprovisioned is the machine of today (CPUOverprovisioned, MemoryOverprovisioned,",
        "small is the cheapest that surely meets the wish: 73.00 USD a month, saves 0.00 USD",
        "Only the kernel rmw was measured: the answer holds for work of its kind",
        "Recorded 2023-11-14 22:13 UTC to 2023-11-16 14:12 UTC",
        "Known of it 40 hours",
        "Step 60 s",
        "Wished for 99.5th percentile; 20 % of CPU free; 20 % of memory free",
        "Holds for work like the kernel rmw",
        "Measured as small",
    ):
        assert words in said
    assert cells(page, "small")[1:8] == [
        "20 %",
        "25 %",
        "0 % CPU 0 %, Memory 0 %",
        "1",
        "0.1 USD",
        "73.00 USD",
        "0.00 USD",
    ]
    assert cells(page, "small")[8].startswith("today cheapest")
    large = cells(page, "large")
    assert re.fullmatch(r"10\.0 % \(9\.9 to 10\.1\)", large[1])
    assert large[6:8] == ["131.40 USD", "-58.40 USD"]
    assert (
        "not recommended: another architecture: images and packages must" in cells(page, "arm")[8]
    )
    unmeasured = cells(page, "unmeasured")
    # Nothing is said of its CPU time, and so of no number, price or saving.
    assert [unmeasured[1], *unmeasured[4:8]] == ["\N{EN DASH}"] * 5
    assert "not measured not recommended: nobody has measured it" in unmeasured[8]
    head_room = page[page.index("Head room of the CPUs") :]
    assert cells(head_room, "small") == ["small", "80 %", "80 %", "80 %", "80 %", "80 %", "20 %"]
    assert "data-lines" not in page
    assert "data-lines" in inside.get(
        keep(tenant, "prediction", predicted(recordings, "--json", "--over-time"))
    )


@SQLITE
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--mix", "rmw=1"), "Holds for a mix of 100 % rmw"),
        (("--least", "2"), "at least 2 machines"),
        (("--family", "m7i", "--spot"), "also spot machines; only m7i"),
        (("--days", "1"), "the last 1 days"),
    ],
)
def test_what_was_wished(
    tenant: Tenant, inside: Browser, recordings: Path, words: tuple[str, ...], said: str
) -> None:
    page = inside.get(keep(tenant, "prediction", predicted(recordings, "--json", *words)))
    assert said in text_of(page)


@SQLITE
def test_the_csv_has_what_the_commands_print(
    tenant: Tenant, inside: Browser, recordings: Path, workloads: Path
) -> None:
    files = ("web-1.om.gz", "web-2.om.gz")
    for kind, body, printed in (
        (
            "prediction",
            predicted(recordings, "--json", files=files),
            predicted(recordings, "--csv", files=files),
        ),
        ("plan", planned(workloads, "--json", "--spare"), planned(workloads, "--csv", "--spare")),
    ):
        answer = inside.client.get(f"{keep(tenant, kind, body)}/csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{kind}-' in answer.headers["Content-Disposition"]
        ours, theirs = (list(csv.reader(io.StringIO(one))) for one in (answer.text, printed))
        as_here = {"True": "true", "False": "false"}
        # A saving below nothing is a number, and not marked as a text.
        assert ours == [[as_here.get(cell, cell) for cell in row] for row in theirs]


@SQLITE
def test_a_plan(tenant: Tenant, inside: Browser, workloads: Path) -> None:
    machine = tenant.ok("POST", "/api/v1/machines", json={"name": "web-1"})["machine"]["id"]
    document = json.loads(planned(workloads, "--json", "--spare"))
    page = inside.get(keep(tenant, "plan", json.dumps(document)))
    said = text_of(page)
    gap = f"At most {100 * document['gap_ratio']:.1f} % dearer than the best possible"
    for words in (
        "Plan for 3 workloads",
        "0.30 USD an hour, 219.00 USD a month",
        "2 machines, 1 of them spare",
        f"{gap}: no plan costs less than {document['bound_per_hour']} USD an hour",
        "an hour costs first-fit-decreasing: as much as this",
        "unmeasured: nobody measured it by rmw",
        "CPU time is compared by units of rmw.",
    ):
        assert words in said
    (full,) = (one for one in document["machines"] if not one["spare"])
    row = cells(page, full["type"])
    peak = full["peaks"]["memory"]
    assert row[1:] == [
        "0.15 USD",
        f"73 %, {full['peaks']['cpu (rmw)']['at']}",
        f"83 %, {peak['at']}",
        "web-1 (to large #2 when this one fails), web-2 (to large #2 when this one fails),"
        " batch (to large #2 when this one fails)",
    ]
    assert f'<a href="/machines/{machine}">web-1</a>' in page


@SQLITE
def test_a_plan_without_a_bound(tenant: Tenant, inside: Browser) -> None:
    without = PLAN | {
        "bound_per_hour": "0",
        "gap_ratio": None,
        "search": "time was up",
        "first_fit_decreasing_per_hour": "0.125",
    }
    said = text_of(inside.get(keep(tenant, "plan", json.dumps(without))))
    assert "How much cheaper a plan could be is unknown: no bound was found" in said
    assert "At most" not in said
    assert "The search did not end (time was up)" in said
    assert "0.125 USD an hour costs first-fit-decreasing: this is 20.0 % less" in said


@SQLITE
def test_nothing_is_said_that_a_document_does_not(tenant: Tenant, inside: Browser) -> None:
    bare = {"name": "bare", "measured": False}
    body = [PREDICTION | {"candidates": [CANDIDATE, bare], "cheapest": None, "remarks": []}]
    page = inside.get(keep(tenant, "prediction", json.dumps(body)))
    dash = "\N{EN DASH}"
    assert cells(page, "bare") == [
        "bare",
        *[dash] * 5,
        "not measured",
    ]
    said = text_of(page)
    assert f"Recorded {dash} Known of it {dash} Step {dash} Wished for {dash}" in said
    assert f"{dash} is the cheapest that surely meets the wish" in said
    for absent in ("unknown", "None", "<canvas", "To be known", "Head room of the CPUs"):
        assert absent not in (page if "<" in absent else said)


@SQLITE
def test_many_machines_in_one_document(tenant: Tenant, inside: Browser) -> None:
    path = keep(tenant, "prediction", prediction("web-1", "web 2&3"))
    page = inside.get(path)
    assert "Work of 2 machines elsewhere" in page
    assert cells(page, "web-1") == ["web-1", "over-sized", "small", "73.00 USD", "73.00 USD"]
    assert f'href="{path}?machine=web+2%263"' in page
    assert "Work of web 2&3 elsewhere" in text_of(inside.get(f"{path}?machine=web+2%263"))
    inside.get(f"{path}?machine=nobody", 404)


@pytest.mark.parametrize("kind", ["prediction", "plan"])
def test_the_list(tenant: Tenant, inside: Browser, kind: str) -> None:
    listed = f"/workload?kind={kind}"
    empty = inside.get(listed)
    command = "plan web-1.om.gz web-2.om.gz" if kind == "plan" else "predict web-1.om.gz"
    asked = f"perfanalysis workload {command} --candidates candidates.yaml --portal http://portal"
    assert asked in empty
    made = {"prediction": prediction, "plan": plan}[kind]
    paths = [keep(tenant, kind, made(f"web-{number}")) for number in range(27)]
    first = inside.get(f"{listed}&since=2020-01-01")
    more = re.search(r'hx-get="([^"]+)"', first)
    assert more
    path = more[1].replace("&amp;", "&")
    part = inside.client.get(path, headers={"HX-Request-Type": "partial"}).text
    assert part.strip().startswith("<tr")
    assert re.findall(rf'href="(/workload/{kind}s/[^"?]+)"', first + part) == paths[::-1]
    one = inside.get(f"{listed}&machine=web-3")
    assert re.findall(rf'href="(/workload/{kind}s/[^"?]+)"', one) == [paths[3]]
    for nothing in ("&machine=nobody", "&since=2999-01-01", "&until=2020-01-01"):
        assert f"There are no such {kind}s." in inside.get(listed + nothing)
    for wrong in ("&since=yesterday", "&cursor=x", "&machine=%00"):
        inside.get(listed + wrong, 422)
    inside.get("/workload?kind=else", 422)


def test_of_a_machine(tenant: Tenant, inside: Browser) -> None:
    old, new = (
        tenant.ok("POST", "/api/v1/machines", json={"name": name})["machine"]["id"]
        for name in ("old", "new")
    )
    assert "Predictions" not in inside.get(f"/machines/{new}")
    predicted_, planned_ = (
        keep(tenant, "prediction", prediction("old", "else")),
        keep(tenant, "plan", plan("new")),
    )
    tenant.ok("POST", f"/api/v1/machines/{old}/merge", json={"into": new})
    page = inside.get(f"/machines/{new}")
    assert f'href="{predicted_}?machine=old"' in page
    assert f'href="{planned_}"' in page
    listed = inside.get("/workload?kind=prediction&machine=new")
    assert predicted_ in listed
    assert f'href="/machines/{old}"' in listed


@SQLITE
def test_each_page_is_whole_and_escaped(tenant: Tenant, inside: Browser) -> None:
    worst = CANDIDATE | {"name": EVIL, "not_recommended": EVIL, "instance_type": EVIL}
    worst["busy"] = {"max": {"value": 0.5, "lower": 0.4, "upper": 0.6}}
    body: dict[str, Any] = PREDICTION | {
        "machine": EVIL,
        "candidates": [worst],
        "remarks": [EVIL],
        "cheapest": EVIL,
        "counted_percentile": 100,
    }
    place = PLAN["machines"][0] | {"name": EVIL, "workloads": [EVIL]}
    place["peaks"] = {EVIL: {"ratio_of_allowed": 0.5, "at": EVIL}}
    packed = PLAN | {"machines": [place], "remarks": [EVIL], "refused": {EVIL: EVIL}}
    paths = [
        keep(tenant, "prediction", json.dumps([body])),
        keep(tenant, "plan", json.dumps(packed)),
        "/workload",
        "/workload?kind=plan",
    ]
    for path in paths:
        page = inside.get(path)
        assert EVIL not in page
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", page), path


def test_one_is_deleted(engine: Engine, tenant: Tenant, inside: Browser) -> None:
    user(engine, "one", "ada", "read")
    reading = browser(engine)
    reading.log_in(name="ada", password=PASSWORD)
    for kind, made in (("prediction", prediction("m")), ("plan", plan("m"))):
        path = keep(tenant, kind, made)
        assert "Delete" not in reading.get(path)
        assert reading.send(f"{path}/delete", "/account").status_code == 403
        gone = inside.send(f"{path}/delete", path)
        assert (gone.status_code, gone.headers["Location"].partition("?")[0]) == (303, "/workload")
        inside.get(path, 404)
        assert path not in inside.get(f"/workload?kind={kind}&machine=m")
        (said, *_) = tenant.ok("GET", "/api/v1/audit")["entries"]
        assert (said["action"], said["subject"]) == (f"{kind}.remove", path.rpartition("/")[2])
        # It may come again.
        keep(tenant, kind, made)


@SQLITE
def test_what_another_version_took_in(engine: Engine, tenant: Tenant, inside: Browser) -> None:
    for kind, made in (("prediction", prediction("m")), ("plan", plan("m"))):
        path = keep(tenant, kind, made)
        with TenantSession(engine, uuid.UUID(tenant.id), writes=True) as session, session.begin():
            changed = update(WorkDocumentRow).where(
                WorkDocumentRow.id == uuid.UUID(path.rpartition("/")[2])
            )
            session.execute(changed.values(body=zlib.compress(b'{"machine": 3}')))
        page = inside.get(path)
        assert "This document cannot be shown." in page
        assert inside.client.get(f"{path}/document").content == b'{"machine": 3}'
        inside.get(f"{path}/csv", 422)
