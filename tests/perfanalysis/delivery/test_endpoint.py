"""What is said of an endpoint, in today's words and in old ones; what does not go together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination, load
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.endpoint_settings import OLD
from perfanalysis.errors import InputError
from tests.exporter.serving.certificates import Authority, pem_of

URL = "https://receiver.example/x"


def read(entry: dict[str, Any], *, variable: str = "", check: bool = False) -> Endpoint:
    return read_endpoint(URL, in_file(entry, "f.yaml", "a", OLD), variable=variable, check=check)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"key_file": "k"}, {"bearer_token_file": "k"}),
        (
            {"key_file": "k", "username": "u"},
            {"basic_auth": {"username": "u", "password_file": "k"}},
        ),
        ({"key_variable": "K"}, {"bearer_token_variable": "K"}),
        (
            {"key_variable": "K", "username": "u"},
            {"basic_auth": {"username": "u", "password_variable": "K"}},
        ),
        ({"token_file": "k"}, {"bearer_token_file": "k"}),
        ({"bearer_key_file": "k"}, {"bearer_token_file": "k"}),
        (
            {"username": "u", "password_file": "k"},
            {"basic_auth": {"username": "u", "password_file": "k"}},
        ),
        (
            {"key_file": "k", "basic_auth": {"username": "u"}},
            {"basic_auth": {"username": "u", "password_file": "k"}},
        ),
        ({"ca_file": "c"}, {"tls": {"ca_file": "c"}}),
    ],
)
def test_old_words_mean_what_new_ones_do(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert read(old) == read(new) != Endpoint(URL)


def test_everything() -> None:
    entry = {
        "basic_auth": {"username": "u", "password_variable": "P"},
        "headers": {"X-Scope-OrgID": "team-a"},
        "header_files": {"X-Token": "t"},
        "tls": {"ca_file": "c", "cert_file": "cert", "key_file": "key"},
        "url": "what else stands there",
    }
    assert read(entry) == Endpoint(
        URL,
        Credentials(variable="P", username="u"),
        {"X-Scope-OrgID": "team-a"},
        {"X-Token": "t"},
        "c",
        "cert",
        "key",
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {"bearer_token_file": "k", "bearer_token_variable": "K"},
            "f.yaml: a.bearer_token_variable: expected this or a.bearer_token_file, not both",
        ),
        (
            {"bearer_token_file": "k", "key_file": "k"},
            "f.yaml: a.key_file: expected this or a.bearer_token_file, not both",
        ),
        (
            {"bearer_token_file": "k", "basic_auth": {"username": "u", "password_file": "k"}},
            "a.bearer_token_file: expected this or a.basic_auth.username, not both",
        ),
        ({"username": "u"}, "a.username: expected a.basic_auth.password_file or $KEY beside it"),
        (
            {"basic_auth": {"password_variable": "K"}},
            "a.basic_auth.password_variable: expected a.basic_auth.username beside it",
        ),
        (
            {"bearer_token_variable": "hunter 2"},
            "a.bearer_token_variable: expected the name of an environment variable",
        ),
        ({"tls": {"cert_file": "c"}}, "a.tls.cert_file: expected a.tls.key_file beside it"),
        ({"tls": {"key_file": "c"}}, "a.tls.key_file: expected a.tls.cert_file beside it"),
        (
            {"ca_file": "c", "tls": {"ca_file": "d"}},
            "a.ca_file: expected this or a.tls.ca_file, not both",
        ),
        ({"headers": {"Authorization": "hunter2"}}, "a.headers: Authorization: expected another"),
        ({"headers": {"X:Y": "hunter2"}}, "a.headers: expected a header such as"),
        ({"headers": {"X y": "hunter2"}}, "a.headers: expected a header such as"),
        ({"header_files": {"authorization": "f"}}, "a.header_files: authorization: expected"),
        ({"header_files": {"X-Token": ""}}, "a.header_files: expected a header and its file"),
    ],
)
def test_what_does_not_go_together(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(entry, variable="KEY")
    assert said in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_the_usual_variable_holds_the_key_where_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read({}, variable="KEY").credentials == Credentials()
    monkeypatch.setenv("KEY", "abc")
    assert read({}, variable="KEY").credentials == Credentials(variable="KEY")
    assert read({"username": "u"}, variable="KEY").credentials == Credentials("", "KEY", "u")
    assert read({"key_file": "k"}, variable="KEY").credentials == Credentials("k")


def test_files_of_no_use_are_named_and_not_asked_about(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    client, other = authority.issue("client", ()), authority.issue("other", ())
    locked = tmp_path / "locked-key.pem"
    locked.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1()), b"hunter2"))
    (tmp_path / "text").write_text("no certificate")
    cert = str(client.certificate)
    pair, ca = {"cert_file": cert, "key_file": str(client.key)}, {"ca_file": str(authority.path)}
    read({"tls": {**pair, **ca}}, check=True)
    Endpoint(URL, **pair, **ca).check()
    for tls, field in (
        ({"ca_file": str(tmp_path / "absent")}, "ca_file: expected a file of certificates"),
        ({"ca_file": str(tmp_path / "text")}, "ca_file: expected a file of certificates"),
        ({**pair, "key_file": str(other.key)}, "cert_file: expected a client certificate and its"),
        ({**pair, "key_file": str(locked)}, "cert_file: expected a client certificate and its"),
        ({**pair, "cert_file": str(tmp_path / "absent")}, "cert_file: expected a client"),
    ):
        with pytest.raises(InputError, match=rf"f\.yaml: a\.tls\.{field}"):
            read({"tls": tls}, check=True)
        with pytest.raises(InputError):
            Endpoint(URL, **tls).check()
    with pytest.raises(InputError, match="absent: expected a readable key file"):
        read({"header_files": {"X-Token": str(tmp_path / "absent")}}, check=True)


def test_a_spool_of_before_is_still_known(tmp_path: Path) -> None:
    # As it was written when a client certificate could not be described.
    (tmp_path / "destination.json").write_text(
        '{"kind": "upload", "url": "https://receiver.example/x", "credentials": {"file": "k",'
        ' "variable": "", "username": ""}, "headers": {"X-A": "b"}, "ca_file": "c"}'
    )
    found = load(tmp_path)
    assert found == Destination("upload", Endpoint(URL, Credentials("k"), {"X-A": "b"}, {}, "c"))
    assert found.name == "upload-0b60c7695c7d"
    files = Endpoint(URL, headers={"X-A": "b"}, header_files={"X-Tenant": "t"}, cert_file="x")
    saved = Destination("upload", files)
    assert saved.name != found.name
    saved.save(tmp_path)
    assert load(tmp_path) == saved
