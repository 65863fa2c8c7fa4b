"""An S3 store that wants a client certificate: moto's server, behind real TLS."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.places import store
from perfanalysis.delivery.places.delivering import deliver, places_of
from perfanalysis.delivery.places.document import Finished, digest_of
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.errors import PerfAnalysisError
from tests.exporter.serving.certificates import Authority

QUICK = Backoff(0.001, 0.002)
REPORT = Finished(b"%PDF-1.7", "pdf", "Costs", 0.0, 86400.0, digest_of([b"one"]))


class StrictStore(NamedTuple):
    """Its URL, and the authority of which it takes certificates."""

    url: str
    authority: Authority


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StrictStore]:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    authority = Authority(tmp_path_factory.mktemp("authority"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue_server().pair)
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield StrictStore(f"https://127.0.0.1:{server.port}", authority)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_report_is_taken_with_its_certificate_and_without_it_none(
    strict: StrictStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    # boto3 waits seconds between its attempts, and asks no other way in them.
    monkeypatch.setattr(store, "_STORE_ATTEMPTS", 1)
    keys, ledger = tmp_path / "credentials", Ledger(tmp_path / "reports")
    keys.write_text("[default]\naws_access_key_id = k\naws_secret_access_key = hunter2\n")
    trusting = {"ca_file": str(strict.authority.path)}

    def place(tls: dict[str, str]) -> store.Store:
        settings = {"bucket": "certified", "endpoint": strict.url, "region": "us-east-1"}
        (found,) = places_of([{"s3": {**settings, "credentials_file": str(keys), "tls": tls}}])
        assert isinstance(found, store.Store)
        return found

    certificate, key = strict.authority.issue("client", ()).pair
    known = place({**trusting, "cert_file": certificate, "key_file": key})
    client = known._client()
    client.create_bucket(Bucket="certified")
    stranger, its_key = Authority(tmp_path, "other").issue("stranger", ()).pair
    for tls in (
        trusting,
        {**trusting, "cert_file": stranger, "key_file": its_key},
        # The store is not who it is taken for.
        {"ca_file": stranger, "cert_file": certificate, "key_file": key},
    ):
        with pytest.raises(PerfAnalysisError, match="did not take the report") as caught:
            deliver(REPORT, [place(tls)], ledger, QUICK)
        assert "hunter2" not in str(caught.value)
    assert "Contents" not in client.list_objects_v2(Bucket="certified")
    assert len(deliver(REPORT, [known], ledger, QUICK)[0]) == 1
    (found,) = client.list_objects_v2(Bucket="certified")["Contents"]
    got = client.get_object(Bucket="certified", Key=found["Key"])
    assert got["Body"].read() == REPORT.content
