"""One PDF at a time for a tenant, and not many for all: others are told to come again."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from perfanalysis.errors import PerfAnalysisError

SECONDS = 60.0
AT_ONCE = 2


class PrinterBusyError(PerfAnalysisError):
    """Another PDF of the tenant, or too many of others, are being made."""


class PrintingError(PerfAnalysisError):
    """The PDF could not be made; the text says why."""


class Printer:
    """Makes PDFs.

    Args:
        seconds: that one may take.
        at_once: how many may be made at a time, of all tenants.
        command: of the process that makes one.

    Attributes:
        printing: the tenants of which one is being made.
    """

    def __init__(
        self,
        seconds: float = SECONDS,
        at_once: int = AT_ONCE,
        command: tuple[str, ...] = (sys.executable, "-m", "portal.printing.worker"),
    ) -> None:
        self._seconds, self._at_once, self._command = seconds, at_once, command
        self._lock = threading.Lock()
        self.printing: set[uuid.UUID] = set()

    def pdf(self, tenant: uuid.UUID, html: str, data: Mapping[str, str]) -> bytes:
        """Make one.

        Args:
            tenant: whose it is.
            html: the page, whole: nothing that it names is fetched.
            data: CSV files that are attached, by name.

        Raises:
            PrinterBusyError: one of this tenant is being made, or too many of others.
            PrintingError: it took too long, or the process failed.
        """
        order = {"html": html, "generated": time.time(), "data": dict(data)}
        with self._place(tenant):
            return self._made(json.dumps(order).encode())

    @contextmanager
    def _place(self, tenant: uuid.UUID) -> Iterator[None]:
        with self._lock:
            if tenant in self.printing:
                raise PrinterBusyError("a PDF of this tenant is being made: try again soon")
            if len(self.printing) >= self._at_once:
                raise PrinterBusyError("PDFs of others are being made: try again soon")
            self.printing.add(tenant)
        try:
            yield
        finally:
            with self._lock:
                self.printing.discard(tenant)

    def _made(self, order: bytes) -> bytes:
        try:
            done = subprocess.run(
                self._command, input=order, capture_output=True, timeout=self._seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            said = f"the PDF was not made within {self._seconds:g} s: compare less, or try later"
            raise PrintingError(said) from error
        if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            said = f"the PDF was not made, exit status {done.returncode}: {lines[-1]}"
            raise PrintingError(said)
        return done.stdout
