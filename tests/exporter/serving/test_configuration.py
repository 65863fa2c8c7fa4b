"""Good and bad web configurations: what is read, and what is said."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.serving.audit import Audit
from exporter.serving.configuration import (
    FIELDS,
    HEADERS,
    RateLimit,
    WebConfiguration,
    parse_configuration,
)
from exporter.serving.tls_settings import FIELDS as TLS_FIELDS
from exporter.serving.watching import WatchedConfiguration
from perfanalysis.errors import InputError
from tests.exporter.serving.conftest import BAD, FILES, GOOD

SECRETS = ("plain-secret", "$2y$", "BEGIN", "junk")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_message(name: str, folder: Path) -> None:
    path = folder / name
    message = path.read_text().splitlines()[0].removeprefix("# message: ")
    with pytest.raises(InputError) as caught:
        WatchedConfiguration(path, Audit())
    said = str(caught.value)
    assert said.startswith(str(path))
    assert message in said
    assert not [secret for secret in SECRETS if secret in said.removeprefix(str(path))]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_read(name: str, folder: Path) -> None:
    security = WatchedConfiguration(folder / name, Audit()).now()
    has_certificate = "cert_file" in (folder / name).read_text()
    assert (security.context is not None) == has_certificate


def parse(name: str) -> WebConfiguration:
    return parse_configuration((FILES / name).read_bytes(), FILES / name)


def test_what_the_files_say() -> None:
    assert parse("rate_limit.good.yaml").rate_limit == RateLimit(60.5, 3)
    assert parse("rate_limit_off.good.yaml").rate_limit is None
    assert parse("headers.good.yaml").headers[1] == ("X-Content-Type-Options", "nosniff")
    numbers = dict(parse("headers_numbers.good.yaml").headers)
    assert numbers == {"X-XSS-Protection": "1", "Content-Security-Policy": "true"}
    assert list(parse("users.good.yaml").users) == [b"prometheus"]
    tls = parse("tls_all_fields.good.yaml").tls
    assert tls is not None
    assert tls.allowed_sans == {
        "prometheus.example",
        "::1",
        "spiffe://example/prometheus",
        "ops@example.com",
    }
    assert tls.ciphers == ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")
    assert (tls.minimum, tls.maximum, tls.curve) == ("TLS12", "TLS13", "secp384r1")


def test_no_secret_is_in_what_is_shown(folder: Path) -> None:
    key = (folder / "key.pem").read_text()
    document = f"tls_server_config:\n  cert: a\n  key: {key!r}\n"
    shown = repr(parse_configuration(document.encode(), Path("web.yaml")))
    assert "PRIVATE" not in shown
    assert "$2y$" not in repr(parse("users.good.yaml"))


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\xff",
        b"\x00",
        b"a: &a [*a]",
        b"a: !!python/none x",
        b"? [a]\n: b",
        b"{a: 1, {}: 2}",
        b"[" * 3000,
    ],
)
def test_what_is_no_configuration_at_all(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^web\.yaml"):
        parse_configuration(data, Path("web.yaml"))


NAMES = (*FIELDS, *TLS_FIELDS, *HEADERS, "http2", "headers", "interval", "burst", "a", 1, None)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
@settings(deadline=None, max_examples=60)
def test_whatever_the_fields_hold_the_error_names_the_file(document: dict[Any, Any]) -> None:
    data = yaml.safe_dump(document, allow_unicode=True).encode()
    with contextlib.suppress(InputError):
        parse_configuration(data, Path("web.yaml"))


@given(st.sampled_from([*BAD, *GOOD]), st.integers(0, 400), st.binary(max_size=4))
@settings(deadline=None, max_examples=60)
def test_whatever_the_bytes_are_the_error_names_the_file(
    name: str, place: int, inserted: bytes
) -> None:
    data = (FILES / name).read_bytes()
    mutated = data[:place] + inserted + data[place + 1 :]
    try:
        parse_configuration(mutated, Path("web.yaml"))
    except InputError as error:
        assert str(error).startswith("web.yaml")


def test_the_command_ends_with_status_2(folder: Path) -> None:
    path = folder / "min_version_unknown.bad.yaml"
    command = [sys.executable, "-m", "perfanalysis", "exporter", f"--web.config.file={path}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr == (
        f"perfanalysis: {path}: tls_server_config.min_version: "
        "expected one of TLS12, TLS13, found 'TLS111'\n"
    )
    missing = [*command[:-1], "--web.config.file=/no/such.yaml"]
    ended = subprocess.run(missing, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "/no/such.yaml: expected a readable file" in ended.stderr
