"""`--portal`: the answer is kept by a real portal, and no answer is lost where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from perfanalysis.portal_client.faults import PortalRefusedError, PortalUnreachableError
from tests.portal.running import Running, running
from tests.workload.commands import test_plan, test_predict
from tests.workload.commands.test_plan import folder as plan_folder  # noqa: F401
from tests.workload.commands.test_predict import folder  # noqa: F401

VARIABLE = "PERFANALYSIS_PORTAL_KEY"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    where = tmp_path_factory.mktemp("portal")
    with running(where, f"sqlite:///{where / 'portal.sqlite'}") as found:
        yield found


def test_a_prediction_and_a_plan_are_kept(
    portal: Running,
    folder: Path,  # noqa: F811
    plan_folder: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = {"name": "predictor", "scopes": ["report"]}
    key = portal.ask("POST", "/api/v1/keys", json=made).json()["key"]
    monkeypatch.setenv(VARIABLE, key)
    result = test_predict.run(folder, "--json", "--portal", portal.url)
    _kept(portal, "predictions", result.stdout, result.stderr)
    # The table is printed as ever, and the same document is kept once.
    again = test_predict.run(folder, "--portal", portal.url)
    assert "The cheapest that surely meets the wish: small." in " ".join(again.stdout.split())
    assert "was here already" in again.stderr
    key_file = plan_folder / "key"
    key_file.write_text(key)
    monkeypatch.delenv(VARIABLE)
    words = ("--portal", portal.url, "--portal-bearer-token-file", str(key_file))
    result = test_plan.run(plan_folder, "--json", *words)
    _kept(portal, "plans", result.stdout, result.stderr)


def _kept(portal: Running, kind: str, printed: str, said: str) -> None:
    (found,) = portal.ask("GET", f"/api/v1/{kind}").json()["documents"]
    assert f"kept: {portal.url}/workload/{kind}/{found['id']}" in said
    assert found["received_by"].startswith("predictor")
    document = portal.ask("GET", f"/api/v1/{kind}/{found['id']}/document")
    assert document.json() == json.loads(printed)


def test_a_portal_that_does_not_take_it(
    portal: Running,
    folder: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "perf_wrong")
    with pytest.raises(PortalRefusedError, match="401"):
        test_predict.run(folder, "--json", "--portal", portal.url)
    with pytest.raises(PortalUnreachableError, match=r"127\.0\.0\.1:1"):
        test_predict.run(folder, "--portal", "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--portal", "ftp://x"), "--portal: expected an http:// or https:// URL"),
        (("--portal-bearer-token-file", "x"), "--portal beside it"),
        (("--portal", "http://127.0.0.1:1", "--portal-bearer-token-file", "/none"), "/none"),
    ],
)
def test_flags_are_checked_before_work_begins(
    folder: Path,  # noqa: F811
    words: tuple[str, ...],
    said: str,
) -> None:
    (folder / "web-1.om.gz").unlink()
    with pytest.raises(InputError, match=said):
        test_predict.run(folder, *words)
