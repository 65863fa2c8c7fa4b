"""Messages on their way: to a push service of ours, over TLS, and what becomes of them."""

from __future__ import annotations

import ssl
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from py_vapid import Vapid02
from sqlalchemy import Engine, select

from perfanalysis.delivery.backoff import Backoff
from portal.access.caller import Caller
from portal.pushing import subscriptions, vapid_key
from portal.pushing.addresses import AddressRules
from portal.pushing.alertmanager import PushMessage
from portal.pushing.posting import Poster
from portal.pushing.queue import PushQueue, ToPush
from portal.pushing.subscriptions import Browser
from portal.pushing.vapid_key import VapidKey
from portal.records.pushing import PushSubscriptionRow
from portal.records.tenant_session import TenantSession
from portal.tenancy import provisioning
from tests.exporter.serving.certificates import Authority
from tests.portal.pushing.browsers import Subscribed
from tests.portal.scripted import Said, Scripted, scripted

MESSAGE = PushMessage(b'{"title": "Firing"}', "t" * 32, "high")
ANYWHERE = AddressRules(anywhere=True)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> VapidKey:
    file = tmp_path_factory.mktemp("key") / "key.pem"
    vapid_key.make(file)
    return VapidKey(file, "mailto:ops@example.org")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Scripted]:
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue_server().pair)
    with scripted(context) as found:
        found.answers = [Said(201)]
        yield found


class Sending:
    """A queue that pushes to one subscribed browser."""

    def __init__(self, engine: Engine, key: VapidKey, service: Scripted, folder: Path) -> None:
        row, _ = provisioning.provision(engine, None, "one")
        self.tenant, self.engine = row.id, engine
        self.browser = Subscribed(f"{service.url}/to/it?x=1")
        self.counts: Counter[str] = Counter()
        poster = Poster(key, ANYWHERE, str(folder / "ca.pem"))
        self.queue = PushQueue(engine, poster, self._count, most=3, backoff=Backoff(0.001, 0.001))
        caller = Caller(row.id, "one", False, uuid.uuid4(), "k", frozenset({"read"}))
        with TenantSession(engine, row.id, writes=True) as session, session.begin():
            added, _ = subscriptions.add(session, caller, self.keys, ANYWHERE)
            self.subscription = added.id

    def _count(self, outcome: str) -> None:
        self.counts[outcome] += 1

    @property
    def keys(self) -> Browser:
        keys = self.browser.json["keys"]
        return Browser(self.browser.endpoint, keys["p256dh"], keys["auth"])

    def push(self, times: int = 1) -> bool:
        one = ToPush(self.tenant, self.subscription, self.keys, MESSAGE)
        return self.queue.put([one] * times)

    def run(self) -> dict[str, int]:
        """Send all that waits."""
        self.queue.start()
        self.queue.stop(30)
        return dict(self.counts)

    def kept(self) -> int:
        with TenantSession(self.engine, self.tenant) as session:
            return len(session.scalars(select(PushSubscriptionRow)).all())


@pytest.fixture
def sending(engine: Engine, key: VapidKey, service: Scripted, tmp_path: Path) -> Sending:
    return Sending(engine, key, service, tmp_path)


def test_a_browser_gets_it(sending: Sending, service: Scripted) -> None:
    assert sending.push()
    assert sending.run() == {"delivered": 1}
    ((method, path, headers, body),) = service.came
    assert (method, path) == ("POST", "/to/it?x=1")
    assert sending.browser.read(body) == {"title": "Firing"}
    expected = {"Content-Encoding": "aes128gcm", "TTL": "14400", "Urgency": "high"}
    assert {name: headers[name] for name in expected} == expected
    assert headers["Topic"] == "t" * 32
    assert headers["Host"] == service.url.removeprefix("https://")
    assert Vapid02.verify(headers["Authorization"])


@pytest.mark.parametrize(
    ("answers", "outcome", "requests", "kept"),
    [
        ([Said(404)], "gone", 1, 0),
        ([Said(410)], "gone", 1, 0),
        ([Said(503), Said(429), Said(201)], "delivered", 3, 1),
        ([Said(breaks=True), Said(201)], "delivered", 2, 1),
        ([Said(503)], "failed", 3, 1),
        ([Said(429, headers={"Retry-After": "900"})], "failed", 1, 1),
        ([Said(403)], "refused", 1, 1),
        ([Said(302, headers={"Location": "http://127.0.0.1/"})], "refused", 1, 1),
        ([Said(201, b"x" * 200_000)], "failed", 3, 1),
    ],
)
def test_what_becomes_of_it(  # noqa: PLR0917 - one a column
    sending: Sending,
    service: Scripted,
    caplog: pytest.LogCaptureFixture,
    answers: list[Said],
    outcome: str,
    requests: int,
    kept: int,
) -> None:
    service.answers = list(answers)
    sending.push()
    assert sending.run() == {outcome: 1}
    assert len(service.came) == requests
    assert sending.kept() == kept
    assert "/to/it" not in caplog.text
    assert sending.keys.auth not in caplog.text


def test_it_has_an_end(sending: Sending) -> None:
    assert sending.push(2)
    assert not sending.push(2)
    assert sending.queue.waiting == 2
    assert sending.push(1)
    assert sending.run() == {"delivered": 3}


def test_a_certificate_of_another_is_not_trusted(
    sending: Sending, key: VapidKey, service: Scripted
) -> None:
    sending.queue.poster = Poster(key, ANYWHERE)
    sending.push()
    assert sending.run() == {"failed": 1}
    assert service.came == []


def test_an_address_within_is_not_connected_to(
    sending: Sending, key: VapidKey, service: Scripted
) -> None:
    sending.queue.poster = Poster(key, AddressRules())
    sending.push()
    assert sending.run() == {"refused": 1}
    assert service.came == []
