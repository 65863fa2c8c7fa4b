"""``perfanalysis portal serve``: serve until it is asked to stop."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import click
from sqlalchemy import Engine

from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from portal.commands import oidc_options, options, outside_flags
from portal.commands.front import is_loopback
from portal.commands.oidc_options import OidcOptions
from portal.commands.outside_flags import OutsideFlags
from portal.commands.push_options import PushFlags, push, pushing
from portal.live.hub import LiveLimits
from portal.load_tests import refiguring
from portal.migrations import running
from portal.records.opening import check_role
from portal.serving.application import application
from portal.serving.body_limits import BODY_SECONDS, MOST_BYTES
from portal.serving.portal_metrics import PortalMetrics
from portal.serving.server import PortalAddress, log_to_standard_error, serve
from portal.tenancy import provisioning

FIRST_TENANT = "default"
_LOG = logging.getLogger(__name__)


@click.command("serve")
@options.database
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9480, show_default=True, help="0: a free one."
)
@click.option("--certificate", type=click.Path(exists=True), help="PEM file, for TLS.")
@click.option("--certificate-key", type=click.Path(exists=True), help="PEM file of its key.")
@click.option(
    "--behind-proxy", is_flag=True, help="Listen on other addresses without TLS: a proxy has it."
)
@click.option(
    "--no-first-key",
    is_flag=True,
    help="Make no first tenant, whose key would be printed into a log: `portal tenant create NAME "
    "--operator` makes one.",
)
@click.option("--migrate", is_flag=True, help="First bring the database to this program's schema.")
@click.option(
    "--max-body-bytes",
    type=click.IntRange(1024),
    default=MOST_BYTES,
    show_default=True,
    help="The largest body, unpacked.",
)
@click.option(
    "--body-seconds",
    type=DurationRange(0.1),
    default=f"{BODY_SECONDS:g}s",
    show_default=True,
    help="The longest that a body may take.",
)
@click.option(
    "--stop-seconds",
    type=DurationRange(1, whole=True),
    default="20s",
    show_default=True,
    help="What requests get to end when it stops.",
)
@outside_flags.options
@click.option(
    "--live-connections",
    type=click.IntRange(0),
    default=LiveLimits().connections,
    show_default=True,
    help="The most live connections at a time.",
)
@click.option(
    "--live-connections-of-tenant",
    type=click.IntRange(0),
    default=LiveLimits().of_tenant,
    show_default=True,
    help="The most of them of one tenant.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="The least that is logged.",
)
@push
@oidc_options.oidc
def serving(  # noqa: PLR0913, PLR0917 - one for each option
    database: str | None,
    database_file: Path | None,
    host: str,
    port: int,
    certificate: str | None,
    certificate_key: str | None,
    behind_proxy: bool,
    no_first_key: bool,
    migrate: bool,
    max_body_bytes: int,
    body_seconds: float,
    stop_seconds: int,
    live_connections: int,
    live_connections_of_tenant: int,
    log_level: str,
    push_contact: str | None,
    push_key_file: Path | None,
    push_anywhere: bool,
    push_ca_file: str | None,
    beside: OutsideFlags,
    oidc: OidcOptions | None,
) -> None:
    """Serve the portal. A new SQLite file gets its schema, and its first key is printed once."""
    if (certificate is None) != (certificate_key is None):
        raise InputError("--certificate", "", "both --certificate and --certificate-key")
    if certificate is None and not behind_proxy and not is_loopback(host):
        expected = "a loopback address (keys would go unencrypted: give --certificate and "
        raise InputError("--host", "", expected + "--certificate-key, or --behind-proxy)", host)
    outside = beside.outside()
    log_to_standard_error(log_level)
    with options.engine_of(options.url_from(database, database_file)) as engine:
        stopping = threading.Event()
        _prepare(engine, migrate=migrate, first_key=not no_first_key)
        where = PortalAddress(host, port, certificate, certificate_key, stop_seconds=stop_seconds)
        metrics = PortalMetrics(engine)
        flags = PushFlags(push_contact, push_key_file, push_anywhere, push_ca_file)
        with pushing(flags, engine, metrics) as queue:
            app = application(
                engine,
                most_bytes=max_body_bytes,
                body_seconds=body_seconds,
                live_limits=LiveLimits(live_connections, live_connections_of_tenant),
                stopping=stopping,
                secure=behind_proxy or certificate is not None,
                metrics=metrics,
                push=queue,
                outside=outside,
                oidc=None if oidc is None else oidc.provider(engine),
            )
            serve(app, where, lambda url: click.echo(f"the portal is at {url}"), stopping.set)
    _LOG.info("the portal has stopped")


def _prepare(engine: Engine, *, migrate: bool, first_key: bool) -> None:
    own_file = engine.dialect.name == "sqlite"
    if migrate or (own_file and running.version_of(engine) is None):
        running.migrate(engine)
        refiguring.fill(engine)
    running.check_version(engine)
    check_role(engine)
    if first_key and not provisioning.tenants(engine, None, 1).rows:
        _, key = provisioning.provision(engine, None, FIRST_TENANT, is_operator=True)
        click.echo(f"the first key, of the tenant '{FIRST_TENANT}', is shown this once: {key.text}")
