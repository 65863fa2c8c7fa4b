"""Commands as sources: an argument list, a time limit, a size limit, and nothing left behind."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from time import monotonic

from exporter.collecting import CollectorError

LOG = logging.getLogger(__name__)

LARGEST = 1 << 20
LONGEST_COMPLAINT = 500
# What a command sees of our environment, which may hold keys.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")


def run_command(
    arguments: Sequence[str], environment: Mapping[str, str], seconds: float, stop: int = -1
) -> bytes:
    """Run a command and give its standard output.

    Args:
        arguments: the program and its arguments; no shell reads them.
        environment: variables beside the few that it sees of ours.
        seconds: that it may take.
        stop: a descriptor; when it can be read, the command is killed.

    It gets a session and process group of its own, which is killed when the command has ended or
    its time is over: also children that outlive it and hold its output open. What it writes to
    standard error goes to the log at level debug.

    Raises:
        CollectorError: it cannot be started, takes too long, writes too much, or fails.
    """
    until = monotonic() + seconds
    process = _started(arguments, environment)
    with process:
        try:
            output, complaint = _read(process, until, seconds, stop)
        finally:
            # It is not reaped yet, so that its number is nobody else's.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if complaint:
        LOG.debug("%s: %s", arguments[0], complaint.decode("utf-8", "replace").strip())
    if process.returncode:
        raise CollectorError(f"{arguments[0]} ended with status {process.returncode}")
    return output


def _started(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={**passed_on, **environment},
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        text = error.strerror if isinstance(error, OSError) else str(error)
        raise CollectorError(f"cannot start {arguments[0]}: {text}") from None


def _read(
    process: subprocess.Popen[bytes], until: float, seconds: float, stop: int
) -> tuple[bytes, bytes]:
    """Standard output until the command itself has ended, and the beginning of standard error."""
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.fileno(), process.stderr.fileno()
    taken = {out: bytearray(), err: bytearray()}
    ended = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        for descriptor in (out, err, ended, *((stop,) if stop >= 0 else ())):
            poll.register(descriptor, select.POLLIN)
        for descriptor in (out, err):
            os.set_blocking(descriptor, False)
        while True:
            left = until - monotonic()
            if left <= 0:
                raise CollectorError(f"has not ended within {seconds:g} s")
            ready = {descriptor for descriptor, _ in poll.poll(left * 1000)}
            if stop in ready:
                raise CollectorError("stopped")
            # What was written before the end is in the pipes when the end is seen.
            over = ended in ready
            for descriptor in (out, err) if over else ready & {out, err}:
                if not _drain(descriptor, taken[descriptor]) and not over:
                    poll.unregister(descriptor)
            if len(taken[out]) > LARGEST:
                raise CollectorError(f"has written more than {LARGEST} bytes")
            del taken[err][LONGEST_COMPLAINT:]
            if over:
                return bytes(taken[out]), bytes(taken[err])
    finally:
        os.close(ended)


def _drain(descriptor: int, taken: bytearray) -> bool:
    """Take what is in a pipe, up to the limit; False at its end."""
    while len(taken) <= LARGEST:
        try:
            data = os.read(descriptor, 65536)
        except BlockingIOError:
            return True
        if not data:
            return False
        taken += data
    return True
