"""The flags that name receivers, for every command that has results to send."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import click

from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.number_range import NumberRange

FILE = click.Path(dir_okay=False)


@dataclass(frozen=True)
class OutputFlags:
    """What was given on the command line; see the help of each flag."""

    upload_url: str | None = None
    upload_key_file: str | None = None
    upload_header: tuple[str, ...] = ()
    upload_ca_file: str | None = None
    remote_write_url: str | None = None
    remote_write_key_file: str | None = None
    remote_write_username: str | None = None
    remote_write_header: tuple[str, ...] = ()
    remote_write_label: tuple[str, ...] = ()
    remote_write_ca_file: str | None = None
    grafana_live_url: str | None = None
    grafana_live_token_file: str | None = None
    grafana_live_ca_file: str | None = None
    live: bool = True
    deliver_config: Path | None = None
    deliver_timeout: float = 10.0

    @property
    def any(self) -> bool:
        """Whether a receiver is named."""
        return self.any_of_results or bool(self.grafana_live_url)

    @property
    def any_of_results(self) -> bool:
        """Whether a receiver is named that may take results, and not progress alone."""
        return bool(self.upload_url or self.remote_write_url or self.deliver_config)

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one describes a receiver that is not named.
        """
        for kind in ("upload", "remote_write", "grafana_live"):
            url = f"{kind}_url"
            for field in fields(self):
                given = field.name.startswith(f"{kind}_") and getattr(self, field.name)
                if given and not getattr(self, url):
                    flag, needed = (f"--{name.replace('_', '-')}" for name in (field.name, url))
                    raise InputError(flag, "", f"{needed} beside it")


OPTIONS = (
    click.option(
        "--upload-url",
        envvar="PERFANALYSIS_UPLOAD_URL",
        help="Send the result document to this address by POST; also $PERFANALYSIS_UPLOAD_URL.",
    ),
    click.option(
        "--upload-key-file",
        type=FILE,
        help="File that holds the bearer key for it; default: $PERFANALYSIS_UPLOAD_KEY.",
    ),
    click.option(
        "--upload-header",
        multiple=True,
        help="Header of the request, such as 'X-Scope-OrgID: team-a'; no secrets; may be given "
        "again.",
    ),
    click.option(
        "--upload-ca-file", type=FILE, help="Certificates that the receiver's is checked against."
    ),
    click.option(
        "--remote-write-url",
        envvar="PERFANALYSIS_REMOTE_WRITE_URL",
        help="Send the result as samples by Prometheus remote write, such as "
        "https://prometheus.example/api/v1/write; also $PERFANALYSIS_REMOTE_WRITE_URL.",
    ),
    click.option(
        "--remote-write-key-file",
        type=FILE,
        help="File that holds a bearer key, or the password of --remote-write-username; default: "
        "$PERFANALYSIS_REMOTE_WRITE_KEY.",
    ),
    click.option("--remote-write-username", help="Use basic authentication as this user."),
    click.option(
        "--remote-write-header",
        multiple=True,
        help="Header such as 'X-Scope-OrgID: team-a'; no secrets; may be given again.",
    ),
    click.option(
        "--remote-write-label",
        multiple=True,
        help="Label NAME=VALUE of every series; may be given again. Unless given, instance is the "
        "machine's name and job is node.",
    ),
    click.option(
        "--remote-write-ca-file",
        type=FILE,
        help="Certificates that the receiver's is checked against.",
    ),
    click.option(
        "--grafana-live-url",
        envvar="PERFANALYSIS_GRAFANA_LIVE_URL",
        help="Send the run's rate to this Grafana's live panels once a second, such as "
        "https://grafana.example; also $PERFANALYSIS_GRAFANA_LIVE_URL.",
    ),
    click.option(
        "--grafana-live-token-file",
        type=FILE,
        help="File that holds a service account's token for it; default: "
        "$PERFANALYSIS_GRAFANA_LIVE_TOKEN.",
    ),
    click.option(
        "--grafana-live-ca-file",
        type=FILE,
        help="Certificates that Grafana's is checked against.",
    ),
    click.option(
        "--live/--no-live",
        default=True,
        show_default=True,
        help="Send the run's progress by remote write and to Grafana, once a second.",
    ),
    click.option(
        "--deliver-config",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="PERFANALYSIS_DELIVER_CONFIG",
        help="YAML file that names receivers; also $PERFANALYSIS_DELIVER_CONFIG.",
    ),
    click.option(
        "--deliver-timeout",
        type=NumberRange(min=0),
        default=10.0,
        show_default=True,
        help="Seconds to try at the end; what is left waits for `perfanalysis loadtest deliver`.",
    ),
)

output_options = grouped("outputs", OutputFlags, OPTIONS)
