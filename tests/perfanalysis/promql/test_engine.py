"""Engines that misbehave: each in its own way, over real sockets, and what becomes of the query."""

from __future__ import annotations

import gzip
import json
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import InputError
from perfanalysis.promql import Access, Engine, QueryError, TooLargeError, requesting
from tests.exporter.serving.certificates import Authority
from tests.reporter.engines import Asked, Reply, in_turn, matrix, misbehaving, refusal, vector

QUICK = Backoff(0.001, 0.002)
UP = vector(({"instance": "a"}, "1"))


LIMITS = {"timeout_seconds", "retries", "queries_at_once"}


def engine_of(url: str, **settings: object) -> Engine:
    limits = {name: value for name, value in settings.items() if name in LIMITS}
    said = {name: value for name, value in settings.items() if name not in LIMITS}
    endpoint = Endpoint(url, **said)  # type: ignore[arg-type]
    return Engine(Access(endpoint, **limits), QUICK)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "failure",
    [
        refusal(429, "too_many_requests", "slow down", Retry_After="0"),
        refusal(503, "unavailable", "starting"),
        Reply(502, b"<html>bad gateway</html>"),
        Reply(0),
        Reply(200, UP.body, sent=20),
        Reply(200, b"half"),
    ],
)
def test_a_failure_that_passes_is_asked_again(failure: Reply) -> None:
    with misbehaving(in_turn(failure, failure, UP)) as (url, server):
        (sample,) = engine_of(url).query("up", 1000)
        assert (sample.labels, sample.value) == ({"instance": "a"}, 1.0)
        assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("reply", "message", "times"),
    [
        (refusal(503, "unavailable", "starting"), r"HTTP 503 \(starting\) 3 times; the query", 3),
        (Reply(200, UP.body, sent=20), "broke off in the middle of its answer 3 times", 3),
        (Reply(429, b"", {"Retry-After": "999"}), "HTTP 429; it asks to come back in 999 s", 1),
        (refusal(400, "bad_data", "parse error"), r"refused the query \(bad_data: parse", 1),
        (Reply(404, b"not here"), "answered HTTP 404 and no PromQL result", 1),
        (Reply(401, b"who?"), "answered HTTP 401: it wants other credentials", 1),
        (Reply(302, b"", {"Location": "http://elsewhere"}), "answered HTTP 302 and no", 1),
        (Reply(200, b'{"status": "success"}'), "answered no PromQL result", 1),
        (matrix(), "answered a matrix, not a vector", 1),
        (vector(({"a": "1"}, "1"), ({"a": "1"}, "2")), r'the series \{a="1"\} twice', 1),
        (vector(({"a": "1"}, "many")), "answered a malformed result", 1),
    ],
)
def test_a_failure_that_stays_is_said(reply: Reply, message: str, times: int) -> None:
    with misbehaving(in_turn(reply)) as (url, server):
        with pytest.raises(QueryError, match=message) as caught:
            engine_of(url, retries=2).query("up", 1000)
        assert len(server.asked) == times
    assert url in str(caught.value)
    assert "up" in str(caught.value)


@pytest.mark.parametrize(
    "refused",
    [
        Reply(403, b"non-GET requests are not allowed"),
        Reply(405, b'{"message": "method not allowed"}'),
        Reply(501, b""),
    ],
)
def test_an_engine_behind_a_proxy_for_readers_is_asked_by_get(refused: Reply) -> None:
    def reading_only(asked: Asked) -> Reply:
        return refused if asked.form else UP

    with misbehaving(reading_only) as (url, server):
        engine = engine_of(url)
        expression = 'up{job=~"a|b+"} > 0.5'
        for _ in range(2):
            (sample,) = engine.query(expression, 1000)
            assert sample.value == 1.0
        # The second query does not try a POST again.
        assert [bool(asked.form) for asked in server.asked] == [True, False, False]
        sent = parse_qs(urlsplit(server.asked[-1].path).query)
        assert sent == {"query": [expression], "time": ["1000.000"], "timeout": ["27s"]}


@pytest.mark.parametrize(
    ("by_get", "message"),
    [
        (Reply(403, b"no"), "answered HTTP 403: it wants other credentials"),
        (Reply(414, b""), "the query is too long for a URL.*; let POST through"),
        (refusal(400, "bad_data", "parse error"), r"refused the query \(bad_data: parse"),
    ],
)
def test_what_get_is_refused_is_said(by_get: Reply, message: str) -> None:
    with (
        misbehaving(lambda asked: Reply(403, b"no") if asked.form else by_get) as (url, server),
        pytest.raises(QueryError, match=message),
    ):
        engine_of(url, retries=2).query("up", 1000)
    assert len(server.asked) == 2


def test_a_refusal_by_the_engine_itself_is_not_asked_again() -> None:
    with (
        misbehaving(in_turn(refusal(403, "forbidden", "not this tenant"))) as (url, server),
        pytest.raises(QueryError, match="not this tenant"),
    ):
        engine_of(url).query("up", 1000)
    assert len(server.asked) == 1


@pytest.mark.parametrize("shape", ["vector", "matrix"])
def test_a_result_of_null_is_empty(shape: str) -> None:
    document = {"status": "success", "data": {"resultType": shape, "result": None}}
    with misbehaving(in_turn(Reply(body=json.dumps(document).encode()))) as (url, _):
        engine = engine_of(url)
        found = engine.query("up", 1000) if shape == "vector" else engine.query_range("up", 0, 9, 3)
    assert found == []


@pytest.mark.parametrize("body", [b"", UP.body])
def test_the_time_limit_holds_for_the_whole_answer(body: bytes) -> None:
    def slow(_: Asked) -> Reply:
        # A byte at a time, each within the limit; or no answer at all.
        if not body:
            server.ended.wait(60)
        return Reply(200, body, pause=0.05)

    with (
        misbehaving(slow) as (url, server),
        pytest.raises(QueryError, match=r"gave no answer within 0\.2 s"),
    ):
        engine_of(url, timeout_seconds=0.2, retries=0).query("up", 1000)


def test_several_queries_run_at_once_within_the_limit() -> None:
    with misbehaving(in_turn(UP)) as (url, server):

        def slowly(_: Asked) -> Reply:
            server.ended.wait(0.02)
            return UP

        server.answering = slowly
        engine = engine_of(url, queries_at_once=3)
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda _: engine.query("up", 1000), range(12)))
        assert 1 < server.most_running <= 3
        assert len(server.asked) == 12


def points(asked: Asked) -> Reply:
    """The time as value of every point that is asked for."""
    start, end, step = (round(float(asked.form[k]) * 1000) for k in ("start", "end", "step"))
    times = [t / 1000 for t in range(start, end + 1, step)]
    return matrix(({"instance": "a"}, [(t, str(t)) for t in times]))


def test_a_long_range_is_asked_in_parts_that_fit_together() -> None:
    with misbehaving(points) as (url, server):
        (series,) = engine_of(url).query_range("up", 0.5, 75_000.2, 3.3333)
        assert len(server.asked) == 3
    assert len(series.times) == 22_503
    assert np.array_equal(series.times, series.values)
    assert np.allclose(np.diff(series.times), 3.333)


@pytest.mark.parametrize(
    "refused",
    [
        refusal(422, "execution", "query processing would load too many samples into memory in x"),
        refusal(503, "timeout", "query timed out in expression evaluation"),
        refusal(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries"),
    ],
)
def test_what_is_too_large_is_asked_in_halves(refused: Reply) -> None:
    def small_only(asked: Asked) -> Reply:
        length = float(asked.form["end"]) - float(asked.form["start"])
        return refused if length > 250 else points(asked)

    with misbehaving(small_only) as (url, server):
        (series,) = engine_of(url).query_range("up", 0, 1000, 10)
        assert len(server.asked) == 7
    assert series.times.tolist() == [10.0 * i for i in range(101)]
    with misbehaving(in_turn(refused)) as (url, _), pytest.raises(TooLargeError):
        engine_of(url).query_range("up", 0, 1000, 10)


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_memory_should_not_hold_is_asked_in_parts(
    monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(requesting, "MOST_BYTES", 1200)

    def answering(asked: Asked) -> Reply:
        reply = points(asked)
        if not packed:
            return reply
        return Reply(body=gzip.compress(reply.body), headers={"Content_Encoding": "gzip"})

    with misbehaving(answering) as (url, server):
        (series,) = engine_of(url).query_range("up", 0, 1000, 10)
        assert len(server.asked) == 3
    assert series.times.tolist() == [10.0 * i for i in range(101)]
    monkeypatch.setattr(requesting, "MOST_BYTES", 10)
    with misbehaving(answering) as (url, _), pytest.raises(TooLargeError, match="; the query was"):
        engine_of(url).query_range("up", 0, 1000, 10)


def test_warnings_and_partial_answers_are_kept_once() -> None:
    warned = vector(({}, "1"), warnings=["store gateway 3 is away"])
    part = vector(({}, "1"), isPartial=True)
    with misbehaving(in_turn(warned, warned, part)) as (url, _):
        engine = engine_of(url)
        for _ in range(3):
            engine.query("up", 1000)
        assert engine.warnings == [
            "store gateway 3 is away",
            "the answer is a part only: some of the engine's stores did not answer",
        ]


def test_keys_come_from_files_and_stay_out_of_messages(tmp_path: Path) -> None:
    key, tenant = tmp_path / "key", tmp_path / "tenant"
    key.write_text("hunter2\n")
    tenant.write_text("secret-tenant\n")

    def echoing(asked: Asked) -> Reply:
        return refusal(400, "bad_data", f"no: {asked.headers}")

    with misbehaving(echoing) as (url, server):
        for credentials, sent in (
            (Credentials(str(key)), "Bearer hunter2"),
            (Credentials(str(key), username="u"), "Basic dTpodW50ZXIy"),
        ):
            engine = engine_of(
                url,
                credentials=credentials,
                headers={"X-Team": "a"},
                header_files={"X-Scope-OrgID": str(tenant)},
            )
            with pytest.raises(QueryError) as caught:
                engine.query("up", 1000)
            headers = server.asked[-1].headers
            assert headers["authorization"] == sent
            assert (headers["x-team"], headers["x-scope-orgid"]) == ("a", "secret-tenant")
            for secret in ("hunter2", "dTpodW50ZXIy", "secret-tenant"):
                assert secret not in str(caught.value)
    with pytest.raises(InputError, match="absent: expected a readable key file"):
        engine_of(url, credentials=Credentials(str(tmp_path / "absent")))


def test_tls_is_checked_unless_it_is_said_not_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server_pair, client = authority.issue_server(), authority.issue("client", ())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*server_pair.pair)
    with misbehaving(in_turn(UP), context) as (url, server):
        with pytest.raises(QueryError, match=r"certificate verify failed.*tls\.ca_file"):
            engine_of(url).query("up", 1000)
        assert server.asked == []
        assert engine_of(url, ca_file=str(authority.path)).query("up", 1000)
        assert engine_of(url, insecure_skip_verify=True).query("up", 1000)
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    strict.load_cert_chain(*server_pair.pair)
    strict.load_verify_locations(authority.path)
    strict.verify_mode = ssl.CERT_REQUIRED
    with misbehaving(in_turn(UP), strict) as (url, _):
        access = {"ca_file": str(authority.path)}
        with pytest.raises(QueryError, match="cannot be reached"):
            engine_of(url, retries=0, **access).query("up", 1000)
        pair = {"cert_file": client.pair[0], "key_file": client.pair[1]}
        assert engine_of(url, **access, **pair).query("up", 1000)
        with pytest.raises(InputError, match="cert_file and key_file"):
            engine_of(url, cert_file=client.pair[0])
    with pytest.raises(InputError, match=r"absent\.pem: expected a file of certificates"):
        engine_of(url, ca_file=str(tmp_path / "absent.pem"))
