"""``perfanalysis loadtest agent``: run the load tests that a portal asks of this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from cffi_burn.kernel import all_kernels
from loadtest.agent.allowed import PROFILES, AllowedTests, parse_window
from loadtest.agent.readings import USUAL_URL
from loadtest.commands.options import STATE_DIRECTORY
from loadtest.commands.run import run
from loadtest.driving.settings import KINDS_OF_WORK
from loadtest.kernel_choice import find_kernels
from loadtest.session import prepare_folders
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.duration_range import DurationRange
from perfanalysis.endpoint_settings import HEADER, HEADER_FILE, flag_of
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.http_exchange import split_url
from perfanalysis.renamed_option import RenamedOption

PORTAL = EndpointFlags("portal", "--portal", variable="PERFANALYSIS_PORTAL_KEY")
# The portal and the agent say these.
_OWN = {
    "kernel_name": "--kernel",
    "levels": "--levels",
    "profile": "--quick, --precise",
    "named_profile": "--profile",
    "out": "--output",
    "as_json": "--json",
    "quiet": "--quiet",
    "progress": "--progress",
    "state_directory": "--state-directory",
    "machine_name": "--machine",
    "upload__url": "--upload-url",
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@endpoint_flags(
    "portal",
    PORTAL,
    envvar=("PERFANALYSIS_PORTAL_URL", "PERFANALYSIS_PORTAL"),
    help="Address of the portal, such as https://portal.example; also "
    "$PERFANALYSIS_PORTAL_URL. The key needs the scope report.",
)
@click.option(
    "--machine",
    "machine_name",
    cls=RenamedOption,
    old_names=("--machine-name",),
    default="",
    help="This machine's name there; default: the host name.",
)
@click.option(
    "--allow-kernel",
    multiple=True,
    help="A kernel that may be started, or a group such as memread; may be given again. Default: "
    "all.",
)
@click.option(
    "--allow-profile",
    multiple=True,
    type=click.Choice(PROFILES),
    help="A profile that may be started; may be given again. Default: all, but kinds only where "
    "all kernels may be.",
)
@click.option(
    "--allow-seconds",
    type=DurationRange(10, 86400, whole=True),
    default="3600s",
    show_default=True,
    help="The longest time limit of a test.",
)
@click.option(
    "--allow-window",
    help="When tests may start, in local time, such as 22:00-05:00; default: ever.",
)
@click.option(
    "--exporter-url",
    default=USUAL_URL,
    show_default=True,
    help="This host's exporter, of whose page readings are shown while somebody watches; '': none.",
)
@STATE_DIRECTORY
@click.option("--once", is_flag=True, help="Do what there is to do now, and end.")
@click.argument("run_options", nargs=-1, type=click.UNPROCESSED)
def agent(  # noqa: PLR0913, PLR0917 - one for each flag, or group of flags
    portal: EndpointFlags,
    machine_name: str,
    allow_kernel: tuple[str, ...],
    allow_profile: tuple[str, ...],
    allow_seconds: int,
    allow_window: str | None,
    exporter_url: str,
    state_directory: Path | None,
    once: bool,
    run_options: tuple[str, ...],
) -> None:
    """Run the load tests that a portal asks of this machine, one at a time.

    It asks over connections of its own: nothing listens here. RUN_OPTIONS behind `--` are flags of
    each `loadtest run`, such as `-- --inventory FILE --cpus 0-3`. SIGTERM ends it within seconds;
    the test that runs then is given back. Exit status: 0 ended; 1 with --once: the test failed, or
    the portal did not answer; 2 bad input.
    """
    from loadtest.agent.machine_agent import AgentSettings, MachineAgent
    from loadtest.agent.memory import AgentMemory
    from perfanalysis.delivery.backoff import PassingFailure
    from perfanalysis.delivery.destinations import Destination

    endpoint = _endpoint(portal)
    _check_exporter(exporter_url)
    window = None if allow_window is None else parse_window(allow_window, "--allow-window")
    allowed = _allowed(allow_kernel, allow_profile, allow_seconds)
    allowed = replace(allowed, window=window)
    _check_run_options(run_options)
    state = prepare_folders(state_directory, None)
    machine = machine_name or os.uname().nodename
    tests = replace(endpoint, url=f"{endpoint.url.rstrip('/')}/api/v1/tests")
    words = ["--state-directory", str(state), "--machine", machine, *run_options]
    words += ["--upload-url", tests.url, *_upload_words(portal)]
    settings = AgentSettings(
        endpoint,
        machine,
        state,
        allowed,
        words,
        Destination("upload", tests),
        exporter_url,
        lambda line: click.echo(f"agent: {line}", err=True),
    )
    with AgentMemory(state) as memory:
        settings.say(f"asks {endpoint.shown} for work of {machine}")
        try:
            done = MachineAgent(settings, memory).run(once=once)
        except PassingFailure as error:
            raise PerfAnalysisError(str(error)) from error
    sys.exit(0 if done else 1)


def _endpoint(portal: EndpointFlags) -> Endpoint:
    portal.check()
    if not portal.url:
        raise InputError("--portal", "", "the address of a portal, such as https://portal.example")
    return portal.endpoint()


def _check_exporter(url: str) -> None:
    try:
        if url:
            split_url(url)
    except ValueError as error:
        raise InputError("--exporter-url", "", str(error), url) from error


def _allowed(kernels: Sequence[str], profiles: Sequence[str], seconds: int) -> AllowedTests:
    try:
        named = [kernel.name for kernel in find_kernels(",".join(kernels))] if kernels else None
    except InputError as error:
        raise InputError("--allow-kernel", "", error.expected, error.found) from error
    usual = [one for one in PROFILES if one != KINDS_OF_WORK or named is None]
    return AllowedTests(named or list(all_kernels()), list(profiles) or usual, seconds)


def _check_run_options(words: Sequence[str]) -> None:
    """See that they are flags of `loadtest run`, and none that a job says.

    Raises:
        InputError: one is not for a person to say here.
        click.UsageError: one is none.
    """
    context = run.make_context("loadtest run", list(words))
    for name, flag in _OWN.items():
        source = context.get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            raise InputError("RUN_OPTIONS", "", f"no {flag}: jobs and the agent say that")


def _upload_words(portal: EndpointFlags) -> list[str]:
    """The flags by which a run delivers to the same portal; keys stay in their files."""
    words = []
    for path, value in portal.said.items():
        flag = f"--{flag_of(path, 'upload')}"
        for one in value if path in {HEADER, HEADER_FILE} else [value]:
            words += [flag, str(one)]
    if portal.variable in os.environ and not any("bearer" in word for word in words):
        words += ["--upload-bearer-token-variable", portal.variable]
    return words
