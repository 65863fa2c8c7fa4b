"""Why something cannot be done, beside bad input (``InputError``)."""

from __future__ import annotations

from perfanalysis.errors import PerfAnalysisError


class NotThereError(PerfAnalysisError):
    """What was named is not there, for this tenant: on a command line bad input."""

    exit_status = 2

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"there is no {kind} {str(name)!r}")


class QuotaError(PerfAnalysisError):
    """The tenant has all that it may have.

    Args:
        said: of what, and what to do.
        wait: seconds after which there is room again by itself; None: there is not.
    """

    def __init__(self, said: str, wait: int | None = None) -> None:
        self.wait = wait
        super().__init__(said)


class ConflictError(PerfAnalysisError):
    """It contradicts what is there already; the text says what."""


class NotSetUpError(PerfAnalysisError):
    """This portal was not given what the answer is in; the text says which flag does."""


class NotNowError(PerfAnalysisError):
    """What the portal asks elsewhere does not answer; the text says what."""
