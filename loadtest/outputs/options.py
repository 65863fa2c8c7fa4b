"""The flags that name receivers, for every command that has results to send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped

Command = Callable[..., Any]
UPLOAD = EndpointFlags("upload", "--upload-url", variable="PERFANALYSIS_UPLOAD_KEY")
REMOTE_WRITE = EndpointFlags(
    "remote-write", "--remote-write-url", variable="PERFANALYSIS_REMOTE_WRITE_KEY"
)
GRAFANA_LIVE = EndpointFlags(
    "grafana-live", "--grafana-live-url", variable="PERFANALYSIS_GRAFANA_LIVE_TOKEN"
)


@dataclass(frozen=True)
class OutputFlags:
    """What was given on the command line; see the help of each flag."""

    upload: EndpointFlags = UPLOAD
    remote_write: EndpointFlags = REMOTE_WRITE
    remote_write_label: tuple[str, ...] = ()
    grafana_live: EndpointFlags = GRAFANA_LIVE
    live: bool = True
    deliver_config: Path | None = None
    deliver_timeout: float = 10.0

    @property
    def any(self) -> bool:
        """Whether a receiver is named."""
        return self.any_of_results or bool(self.grafana_live.url)

    @property
    def any_of_results(self) -> bool:
        """Whether a receiver is named that may take results, and not progress alone."""
        return bool(self.upload.url or self.remote_write.url or self.deliver_config)

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one describes a receiver that is not named.
        """
        for endpoint in (self.upload, self.remote_write, self.grafana_live):
            endpoint.check()
        if self.remote_write_label and not self.remote_write.url:
            url = self.remote_write.url_flag
            raise InputError("--remote-write-label", "", f"{url} beside it")


_LABEL = click.option(
    "--remote-write-label",
    multiple=True,
    metavar="NAME=VALUE",
    help="Label of every series; may be given again. Unless given, instance is the machine's name "
    "and job is node.",
)
_OTHERS = (
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
        type=DurationRange(min=0),
        default="10s",
        show_default=True,
        help="How long to try at the end; what is left waits for `perfanalysis loadtest deliver`.",
    ),
)
OPTIONS: tuple[Callable[[Command], Command], ...] = (
    endpoint_flags(
        "upload",
        UPLOAD,
        envvar="PERFANALYSIS_UPLOAD_URL",
        help="Send the result document to this address by POST; also $PERFANALYSIS_UPLOAD_URL.",
        old=("key_file", "ca_file"),
    ),
    endpoint_flags(
        "remote_write",
        REMOTE_WRITE,
        envvar="PERFANALYSIS_REMOTE_WRITE_URL",
        help="Send the result as samples by Prometheus remote write, such as "
        "https://prometheus.example/api/v1/write; also $PERFANALYSIS_REMOTE_WRITE_URL.",
        old=("key_file", "username", "ca_file"),
    ),
    _LABEL,
    endpoint_flags(
        "grafana_live",
        GRAFANA_LIVE,
        envvar="PERFANALYSIS_GRAFANA_LIVE_URL",
        help="Send the run's rate to this Grafana's live panels once a second, such as "
        "https://grafana.example; also $PERFANALYSIS_GRAFANA_LIVE_URL.",
        old=("token_file", "ca_file"),
    ),
    *_OTHERS,
)

output_options = grouped("outputs", OutputFlags, OPTIONS)
