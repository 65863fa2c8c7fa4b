"""Basic authentication: who gets in, what it costs, and what is remembered."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bcrypt
import pytest
import requests

from exporter.serving.configuration import RateLimit
from exporter.serving.guard import TokenBucket, credentials
from exporter.serving.passwords import (
    MOST_OF_A_PEER,
    MOST_REMEMBERED,
    MOST_WAITING,
    PasswordChecker,
)
from tests.exporter.conftest import StartExporter
from tests.exporter.serving.conftest import StartSecured


def hash_of(password: bytes, rounds: int = 4) -> bytes:
    return bcrypt.hashpw(password, bcrypt.gensalt(rounds))


USERS = {b"prometheus": hash_of(b"secret"), "jürgen".encode(): hash_of("päß:wört".encode())}


def basic(user: bytes, password: bytes) -> str:
    return "Basic " + base64.b64encode(user + b":" + password).decode()


@pytest.mark.parametrize(
    ("header", "given"),
    [
        (basic(b"a", b"b"), (b"a", b"b")),
        (basic(b"a", b"b:c"), (b"a", b"b:c")),
        (basic(b"", b""), (b"", b"")),
        ("basic " + base64.b64encode(b"a:b").decode(), (b"a", b"b")),
        ("", None),
        ("Basic", None),
        ("Basic ", None),
        ("Bearer abc", None),
        ("Basic !!!!", None),
        ("Basic " + base64.b64encode(b"no colon").decode(), None),
        ("Basic \u00fc", None),
    ],
)
def test_what_a_header_says(header: str, given: tuple[bytes, bytes] | None) -> None:
    assert credentials(header) == given


def ask(checker: PasswordChecker, user: bytes, password: bytes) -> bool | None:
    done = threading.Event()
    verdict: list[bool | None] = []

    def report(right: bool | None) -> None:
        verdict.append(right)
        done.set()

    assert checker.check(USERS, user, password, report)
    assert done.wait(30)
    return verdict[0]


@pytest.mark.parametrize(
    ("user", "password", "right"),
    [
        (b"prometheus", b"secret", True),
        ("jürgen".encode(), "päß:wört".encode(), True),
        (b"prometheus", b"Secret", False),
        (b"prometheus", b"", False),
        (b"prometheus", b"secret\0", False),
        (b"prometheus", b"a" * 5000, False),
        (b"jurgen", b"secret", False),
        (b"nobody", b"secret", False),
        (b"", b"", False),
    ],
)
def test_right_and_wrong_passwords(user: bytes, password: bytes, right: bool) -> None:
    checker = PasswordChecker()
    assert ask(checker, user, password) is right
    assert checker.remembers(USERS, user, password) is right


def test_an_unknown_user_costs_as_much_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[tuple[bytes, int]] = []
    check = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        costs.append((hashed[:7], len(hashed)))
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    checker = PasswordChecker()
    # The decoy is no hash of a password, and of the same cost, each time.
    for user in (b"prometheus", b"nobody", b"nobody", b"somebody"):
        assert not ask(checker, user, b"guess")
    assert costs == [(b"$2b$04$", 60)] * 4


def test_what_is_remembered_is_neither_password_nor_without_limit() -> None:
    checker = PasswordChecker()
    assert ask(checker, b"prometheus", b"secret")
    assert [len(key) for key in vars(checker)["_remembered"]] == [32]
    assert b"secret" not in b"".join(vars(checker)["_remembered"])
    # A changed hash is another one, and so is another process's secret.
    changed = {**USERS, b"prometheus": hash_of(b"secret")}
    assert not checker.remembers(changed, b"prometheus", b"secret")
    assert not checker.remembers({}, b"prometheus", b"secret")
    another = PasswordChecker()
    assert ask(another, b"prometheus", b"secret")
    assert not set(vars(checker)["_remembered"]) & set(vars(another)["_remembered"])
    for number in range(MOST_REMEMBERED * 2):
        checker._remember(b"%d" % number)
    assert len(vars(checker)["_remembered"]) == MOST_REMEMBERED


SLOW = {b"slow": hash_of(b"secret", 8)}


def flood(checker: PasswordChecker, peers: int, of_each: int) -> list[bool | None]:
    """What becomes of the guesses of some peers: taken and not looked at (None), or not taken."""
    outcomes: list[bool | None] = []
    for i in range(of_each):
        for peer in range(peers):
            guess = b"%d %d" % (peer, i)
            if not checker.check(SLOW, b"slow", guess, outcomes.append, f"10.0.0.{peer}"):
                outcomes.append(False)
    return outcomes


def test_only_so_many_of_a_peer_wait() -> None:
    outcomes = flood(PasswordChecker(), 1, 50)
    # One may be in the worker's hands.
    assert outcomes.count(False) >= 50 - MOST_OF_A_PEER - 2
    assert None not in outcomes


def test_only_so_many_wait() -> None:
    checker = PasswordChecker()
    outcomes = flood(checker, 100, 2)
    waiting = sum(len(checks) for checks in vars(checker)["_waiting"].values())
    assert waiting <= MOST_WAITING
    assert outcomes.count(None) > 100


@pytest.mark.parametrize("peers", [1, MOST_WAITING * 3])
def test_a_flood_of_guesses_does_not_lock_out_who_knows(peers: int) -> None:
    checker = PasswordChecker()
    flood(checker, peers, 10)
    told: list[bool | None] = []
    done = threading.Event()

    def report(right: bool | None) -> None:
        told.append(right)
        done.set()

    assert checker.check(SLOW, b"slow", b"secret", report, "192.0.2.1")
    if peers == 1:
        # Its guesses take each other's places.
        flood(checker, 1, 10)
    assert done.wait(60)
    assert told == [True]


def test_those_who_ask_the_same_at_once_share_a_check() -> None:
    checker = PasswordChecker()
    flood(checker, 1, 2)
    told: list[bool | None] = []
    done = threading.Semaphore(0)

    def report(right: bool | None) -> None:
        told.append(right)
        done.release()

    for _ in range(20):
        assert checker.check(SLOW, b"slow", b"secret", report, "192.0.2.1")
    for _ in range(20):
        assert done.acquire(timeout=60)
    assert told == [True] * 20


def test_nothing_is_checked_any_more_at_the_end() -> None:
    """The rest of a flood, while Python ends, would end the process by a signal."""
    checker = PasswordChecker()
    flood(checker, 8, 4)
    worker = vars(checker)["_worker"]
    assert worker.is_alive()
    checker.close()
    assert not worker.is_alive()


def configuration(rounds: int = 4) -> str:
    return f"basic_auth_users:\n  prometheus: {hash_of(b'secret', rounds).decode()}\n"


def test_the_server_lets_in_who_knows_the_password(start_secured: StartSecured) -> None:
    running = start_secured(
        configuration() + "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
    )
    for path in ("/metrics", "/", "/healthz", "/nowhere"):
        answer = requests.get(running.url + path, timeout=10)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert answer.headers["X-Frame-Options"] == "deny"
    session = requests.Session()
    session.auth = ("prometheus", "secret")
    for _ in range(3):
        answer = session.get(running.url + "/metrics", timeout=10)
        assert answer.status_code == 200
        assert "node_cpu_seconds_total" in answer.text
        assert answer.headers["X-Frame-Options"] == "deny"
    assert session.get(running.url + "/nowhere", timeout=10).status_code == 404
    for auth in (("prometheus", "wrong"), ("nobody", "secret"), ("", "")):
        assert requests.get(running.url + "/metrics", timeout=10, auth=auth).status_code == 401
    log = running.log.read_text()
    assert "secret" not in log
    assert "Traceback" not in log


def test_what_changes_something_needs_the_password_too(
    start_exporter: StartExporter, tmp_path: Path
) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(configuration())
    running = start_exporter(f"--web.config.file={path}", "--web.enable-lifecycle")
    url = running.url + "/-/reload"
    assert requests.post(url, timeout=10).status_code == 401
    assert requests.post(url, timeout=10, auth=("prometheus", "wrong")).status_code == 401
    assert requests.post(url, timeout=10, auth=("prometheus", "secret")).status_code == 200


def test_guessing_does_not_stop_a_scraper_that_is_known(start_secured: StartSecured) -> None:
    running = start_secured(configuration(rounds=10))
    url = running.url + "/metrics"
    assert requests.get(url, timeout=20, auth=("prometheus", "secret")).status_code == 200

    def guess(number: int) -> int:
        return requests.get(url, timeout=60, auth=("prometheus", str(number))).status_code

    with ThreadPoolExecutor(40) as pool:
        guesses = [pool.submit(guess, number) for number in range(40)]
        for _ in range(5):
            assert requests.get(url, timeout=20, auth=("prometheus", "secret")).status_code == 200
        statuses = [guess.result() for guess in guesses]
    assert set(statuses) <= {401, 429}
    assert 401 in statuses


def test_the_rate_limit(start_secured: StartSecured) -> None:
    running = start_secured("rate_limit:\n  interval: 1h\n  burst: 3\n")
    answers = [requests.get(running.url + "/metrics", timeout=10) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].text == "Too Many Requests\n"


def test_a_token_bucket() -> None:
    bucket = TokenBucket(RateLimit(interval=0.5, burst=2), now=100.0)
    assert [bucket.allow(100.0) for _ in range(3)] == [True, True, False]
    assert not bucket.allow(100.25)
    assert bucket.allow(100.5)
    assert not bucket.allow(100.5)
    # It never holds more than its burst.
    assert [bucket.allow(200.0) for _ in range(3)] == [True, True, False]
