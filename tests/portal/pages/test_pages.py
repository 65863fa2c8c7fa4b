"""What the pages show and do, for whom."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import Engine

from portal.pages.every_page import PAGES
from tests.portal.nights import USUAL, hand_in, watch
from tests.portal.pages.browsing import PASSWORD, Browser, browser, user
from tests.portal.serving import Tenant, call, portal
from tests.portal.work_documents import plan, prediction

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    found = portal(engine, "one", is_operator=True)
    found.hand_in(test_id="a", machine={"name": "web-1", "instance_type": EVIL})
    return found


@pytest.fixture
def inside(engine: Engine, tenant: Tenant) -> Browser:
    found = browser(engine)
    found.log_in(key=tenant.key)
    return found


def test_each_page_is_whole_and_escaped(tenant: Tenant, inside: Browser) -> None:
    (machine,) = tenant.ok("GET", "/api/v1/machines")["machines"]
    paths = ["/", "/tests", "/tests/a", "/machines", f"/machines/{machine['id']}"]
    for path in (*paths, "/keys", "/audit", "/account"):
        answer = inside.client.get(path)
        assert answer.status_code == 200, path
        assert EVIL not in answer.text
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", answer.text), path
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "This run was spoiled" in inside.get("/tests/a")
    assert "1.6% of the time was stolen" in inside.get("/tests/a")


def test_nothing_of_another_tenant_is_there(engine: Engine, tenant: Tenant) -> None:
    (machine,) = tenant.ok("GET", "/api/v1/machines")["machines"]
    (key,) = tenant.ok("GET", "/api/v1/keys")["keys"]
    note = tenant.ok("POST", "/api/v1/tests/a/notes", 201, json={"text": "n"})["id"]
    other = browser(engine)
    other.log_in(key=portal(engine, "other").key)
    watch(tenant, machine_id=machine["id"])
    hand_in(tenant, [*USUAL, 90.0], machine={"name": machine["name"]})
    values = {"test_id": "a", "machine": machine["id"], "key": key["id"], "note": note}
    tenant.ok("POST", "/api/v1/agents/work", json=call(machine["name"]))
    asked = {"machine_id": machine["id"]}
    values["job"] = tenant.ok("POST", "/api/v1/jobs", 201, json=asked)["id"]
    for name in ("threshold", "regression"):
        values[name] = tenant.ok("GET", f"/api/v1/{name}s")[f"{name}s"][0]["id"]
    for name, body in (("prediction", prediction("web-1")), ("plan", plan("web-1"))):
        made = tenant.ok("POST", f"/api/v1/{name}s", 201, content=body)
        values[name] = made["document"]["id"]
    fields = {"into": "web-1", "overlap": "0", "text": "t", "name": "n", "why": "w"}
    tried = 0
    for module in PAGES:
        for route in module.router.routes:
            path = str(getattr(route, "path", ""))
            if "{" not in path:
                continue
            tried += 1
            address = path.format(**values)
            if "GET" in getattr(route, "methods", set()):
                assert other.client.get(address).status_code == 404, path
            else:
                assert other.send(address, "/account", **fields).status_code == 404, path
    assert tried >= 10
    for path in ("/", "/tests", "/machines", "/audit", "/keys"):
        assert "web-1" not in other.get(path)
    for kind in ("prediction", "plan"):
        assert "There are no such" in other.get(f"/workload?kind={kind}&machine=web-1")
    assert tenant.ok("GET", "/api/v1/tests/a/notes")["notes"]


def test_changes_need_the_form_of_this_session(tenant: Tenant, inside: Browser) -> None:
    for headers, fields in (
        ({}, {}),
        ({}, {"form_token": "0" * 64}),
        ({"Sec-Fetch-Site": "cross-site"}, {"form_token": "right"}),
        ({"Origin": "https://elsewhere.example"}, {"form_token": "right"}),
    ):
        page = inside.get("/tests/a")
        right = re.search(r'name="form_token" value="(\w+)"', page)
        assert right is not None
        sent = {"text": "n", **{k: right[1] if v == "right" else v for k, v in fields.items()}}
        answer = inside.client.post("/tests/a/notes", data=sent, headers=headers)
        assert answer.status_code == 403
    assert tenant.ok("GET", "/api/v1/tests/a/notes")["notes"] == []
    assert inside.send("/tests/a/notes", "/tests/a", text="well").status_code == 303
    assert tenant.ok("GET", "/api/v1/tests/a/notes")["notes"][0]["text"] == "well"


def test_a_cookie_alone_changes_nothing_by_the_api(inside: Browser) -> None:
    assert inside.client.get("/api/v1/tests").status_code == 200
    note = {"text": "n"}
    assert inside.client.post("/api/v1/tests/a/notes", json=note).status_code == 403
    token = re.search(r'name="form_token" value="(\w+)"', inside.get("/account"))
    assert token is not None
    headers = {"X-Form-Token": token[1]}
    found = inside.client.post("/api/v1/tests/a/notes", json=note, headers=headers)
    assert found.status_code == 201


def test_who_may_only_read(engine: Engine, tenant: Tenant) -> None:
    del tenant
    user(engine, "one", "ada", "read")
    one = browser(engine)
    one.log_in(name="ada", password=PASSWORD)
    for path in ("/keys", "/audit"):
        assert path not in one.get("/")
        one.get(path, 403)
    assert "Pin as baseline" not in one.get("/tests/a")
    assert one.send("/tests/a/notes", "/account", text="n").status_code == 403


def test_a_key_is_made_rotated_and_revoked(engine: Engine, tenant: Tenant, inside: Browser) -> None:
    made = inside.send("/keys", "/keys", name="agents", scope=["report"], days="90")
    text = re.search(r'id="new-key">(perf_\w+)<', made.text)
    assert text is not None
    assert text[1] not in inside.get("/keys")
    found = {row["name"]: row for row in tenant.ok("GET", "/api/v1/keys")["keys"]}
    where = f"/keys/{found['agents']['id']}"
    new = inside.send(f"{where}/rotate", "/keys", overlap="86400")
    assert new.status_code == 201
    assert browser(engine).log_in(key=text[1]).status_code == 303
    assert inside.send(f"{where}/rotate", "/keys", overlap="86400").status_code == 409
    assert inside.send(f"{where}/revoke", "/keys").status_code == 303
    assert browser(engine).log_in(key=text[1]).status_code == 401


def test_machines_are_retired_and_merged(tenant: Tenant, inside: Browser) -> None:
    tenant.ok("POST", "/api/v1/machines", json={"name": "web-2"})
    ids = {row["name"]: row["id"] for row in tenant.ok("GET", "/api/v1/machines")["machines"]}
    where = f"/machines/{ids['web-1']}"
    assert inside.send(f"{where}/retire", where).status_code == 303
    assert ">retired<" in inside.get(where)
    assert inside.send(f"{where}/merge", where, into="nobody").status_code == 422
    merged = inside.send(f"{where}/merge", where, into="web-2")
    assert merged.headers["Location"] == f"/machines/{ids['web-2']}"
    assert "/tests/a" in inside.get(f"/machines/{ids['web-2']}")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_lists_go_on_where_they_ended(tenant: Tenant, inside: Browser) -> None:
    for number in range(30):
        tenant.hand_in(test_id=f"t{number}")
    first = inside.get("/tests?kernel=rmw")
    more = re.search(r'hx-get="([^"]+)"', first)
    assert more is not None
    path = more[1].replace("&amp;", "&")
    part = inside.get(path, 200, **{"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.strip().startswith("<tr")
    shown = re.findall(r'href="/tests/(\w+)"', first + part)
    assert sorted(shown) == sorted(["a", *(f"t{number}" for number in range(30))])


def test_what_is_not_there(inside: Browser) -> None:
    for path in ("/tests/none", f"/machines/{uuid.uuid4()}", "/machines/none"):
        assert "<h1>Not Found</h1>" in inside.get(path, 404)
