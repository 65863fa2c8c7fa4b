"""Every spelling of a flag that describes an endpoint, old and new, by the commands themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from exporter.app import exporter
from exporter.pushing import settings
from exporter.pushing.starting import endpoint_of
from importing.commands import receivers
from importing.commands.receivers import Receiver
from loadtest.outputs.options import OutputFlags, output_options
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.endpoint_settings import SETTINGS, flag_of
from perfanalysis.errors import InputError
from reporter.settings.flags import given, setting_flags
from tests.exporter.serving.certificates import Authority

URL = "https://e.example/w"
# Spelled behind the prefix, and what it means.
TODAY: dict[tuple[str, ...], dict[str, Any]] = {
    ("bearer-token-file=f",): {"credentials": Credentials("f")},
    ("bearer-token-variable=V",): {"credentials": Credentials(variable="V")},
    ("basic-auth-username=u", "basic-auth-password-file=f"): {
        "credentials": Credentials("f", username="u")
    },
    ("basic-auth-username=u", "basic-auth-password-variable=V"): {
        "credentials": Credentials(variable="V", username="u")
    },
    ("header=X-A: b", "header=X-C: d"): {"headers": {"X-A": "b", "X-C": "d"}},
    ("header-file=X-A: f", "header-file=X-C: g"): {"header_files": {"X-A": "f", "X-C": "g"}},
    ("tls-ca-file=c",): {"ca_file": "c"},
    ("tls-cert-file=c", "tls-key-file=k"): {"cert_file": "c", "key_file": "k"},
}
KEY = {("key-file=f",): {"credentials": Credentials("f")}}
USER = {
    ("username=u", "key-file=f"): {"credentials": Credentials("f", username="u")},
    ("basic-auth-username=u", "key-file=f"): {"credentials": Credentials("f", username="u")},
}
CA = {("ca-file=c",): {"ca_file": "c"}}
TOKEN = {("token-file=f",): {"credentials": Credentials("f")}}
OLD_ENGINE = {
    ("headers=X-A: b",): {"headers": {"X-A": "b"}},
    ("header-files=X-A: f",): {"header_files": {"X-A": "f"}},
    ("tls-insecure-skip-verify",): {"insecure_skip_verify": True},
}


def loadtest(name: str) -> Callable[[list[str]], Endpoint]:
    def read(words: list[str]) -> Endpoint:
        found: list[OutputFlags] = []

        def take(outputs: OutputFlags) -> None:
            found.append(outputs)

        click.command()(output_options(take)).main(words, standalone_mode=False)
        found[0].check()
        flags: EndpointFlags = getattr(found[0], name)
        return flags.endpoint()

    return read


def importing(words: list[str]) -> Endpoint:
    found: list[Receiver] = []

    def take(remote_write: Receiver) -> None:
        found.append(remote_write)

    click.command()(receivers.options(take)).main(words, standalone_mode=False)
    found[0].check()
    return found[0].endpoint.endpoint()


def pushing(words: list[str]) -> Endpoint:
    with click.Context(exporter) as context:
        exporter.parse_args(context, words)
        return endpoint_of(context.params)


def engine(words: list[str]) -> Endpoint:
    found: list[Endpoint] = []

    def take(config_file: None, **flags: Any) -> None:
        found.append(given(config_file, flags).config.access.endpoint)

    click.command()(setting_flags()(take)).main(words, standalone_mode=False)
    return found[0]


# Who reads, the flag of the URL, what the others begin with, and the old spellings.
Row = tuple[Callable[[list[str]], Endpoint], str, str, dict[tuple[str, ...], dict[str, Any]]]
ENDPOINTS: dict[str, Row] = {
    "upload": (loadtest("upload"), "--upload-url", "--upload-", KEY | CA),
    "remote write": (
        loadtest("remote_write"),
        "--remote-write-url",
        "--remote-write-",
        KEY | USER | CA,
    ),
    "grafana live": (
        loadtest("grafana_live"),
        "--grafana-live-url",
        "--grafana-live-",
        TOKEN | CA,
    ),
    "import": (importing, "--remote-write", "--remote-write-", KEY | USER | CA),
    "push": (pushing, "--push.remote-write-url", "--push.", {}),
    "engine": (engine, "--prometheus", "--prometheus-", OLD_ENGINE),
}
CASES = [
    (name, words, meaning)
    for name, (_, _, _, old) in ENDPOINTS.items()
    for words, meaning in (TODAY | old).items()
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("V", "from the environment")
    issued = Authority(tmp_path).issue("client", ())
    issued.certificate.rename("c")
    issued.key.rename("k")
    for name in ("f", "g"):
        Path(name).write_text("hunter2")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("name", "words", "meaning"), CASES)
def test_what_a_flag_means(name: str, words: tuple[str, ...], meaning: dict[str, Any]) -> None:
    read, url, prefix, _ = ENDPOINTS[name]
    if name == "push":
        dotted = {"basic-auth-": "basic-auth.", "tls-": "tls."}
        words = tuple(
            next((w.replace(a, b, 1) for a, b in dotted.items() if w.startswith(a)), w)
            for w in words
        )
    found = read([f"{url}={URL}", *(f"{prefix}{word}" for word in words)])
    assert found == Endpoint(URL, **meaning)


@pytest.mark.parametrize("name", sorted(ENDPOINTS.keys() - {"engine"}))
def test_a_flag_without_its_url(name: str) -> None:
    _, url, prefix, old = ENDPOINTS[name]
    for words in ((f"{prefix}bearer-token-file=f",), *([f"{prefix}{w[0]}"] for w in old)):
        with pytest.raises(InputError, match=f"{words[0].partition('=')[0]}: expected {url}"):
            if name == "push":
                with click.Context(exporter) as context:
                    exporter.parse_args(context, list(words))
                    settings.wanted(context.params)
            else:
                ENDPOINTS[name][0](list(words))


def test_help_shows_the_words_of_today() -> None:
    command = click.command()(output_options(lambda outputs: outputs))
    with click.Context(command) as context:
        text = command.get_help(context)
    shown = [flag_of(setting.path, "upload") for setting in SETTINGS]
    assert [flag for flag in shown if f"--{flag}" not in text] == []
    assert "--upload-key-file" not in text
