"""Comparisons of a tenant's tests and machines, for the endpoints and the pages."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Sequence

from perfanalysis.errors import InputError
from perfanalysis.results import reading
from perfanalysis.results.document import Document
from portal.access.caller import Caller
from portal.api.comparison_form import (
    ComparisonAnswer,
    KernelAnswer,
    MachinesComparisonAnswer,
    NamedMachine,
    kind_answer,
    side_answer,
)
from portal.api.state import PortalState
from portal.inventory import changing
from portal.load_tests import annotating, comparing, kinds_of_work, listing, newest_of_machines
from portal.load_tests.comparing import MOST_SIDES, MOST_TESTS
from portal.records.faults import NotThereError
from portal.records.tenant_session import TenantSession


def of_tests(
    state: PortalState, caller: Caller, sides: Sequence[str], baseline: str | None
) -> ComparisonAnswer:
    """Compare tests at full load.

    Args:
        state: of the portal.
        caller: whose tests.
        sides: ids of tests, parted by commas.
        baseline: name of a pinned one, the first side then.

    Raises:
        NotThereError, InputError: a test or baseline is not there; they do not compare.
    """
    asked = [_ids(text) for text in sides]
    with state.reading(caller) as session:
        if baseline is not None:
            asked.insert(0, [annotating.baseline(session, baseline).test_id])
        if not 2 <= len(asked) <= MOST_SIDES:
            raise InputError("request", "side", f"2 to {MOST_SIDES} sides", len(asked))
        packed = _packed(session, [one for ids in asked for one in ids])
    documents = [[_document(packed, one) for one in ids] for ids in asked]
    found = [side_answer(one) for one in comparing.compare(documents)]
    first = documents[0][0]
    names = [_name(side) for side in documents]
    return ComparisonAnswer(
        kernel=first.kernel, kernel_version=first.kernel_version, names=names, sides=found
    )


def of_machines(
    state: PortalState, caller: Caller, machines: Sequence[uuid.UUID], kernel: str | None, runs: int
) -> MachinesComparisonAnswer:
    """Compare machines by their newest valid tests, kernel by kernel.

    Args:
        state: of the portal.
        caller: whose machines.
        machines: at least two; the first one is the baseline.
        kernel: only this one; None: all that all have.
        runs: how many of the newest tests of each.

    Raises:
        NotThereError, InputError: a machine is not there; one stands twice.
    """
    if len(set(machines)) != len(machines):
        raise InputError("request", "machine", "each machine once")
    with state.reading(caller) as session:
        named = [NamedMachine.model_validate(changing.find(session, one)) for one in machines]
        chosen = newest_of_machines.newest(session, machines, kernel, runs)
        ids = [one for each in chosen.kernels for side in each.sides for one in side]
        packed = _packed(session, ids)
    compared = comparing.compare_all(
        [[[_document(packed, one) for one in ids] for ids in each.sides] for each in chosen.kernels]
    )
    kernels = [
        KernelAnswer(
            kernel=each.kernel,
            kernel_version=each.kernel_version,
            sides=[side_answer(one) for one in found],
        )
        for each, found in zip(chosen.kernels, compared, strict=True)
    ]
    left_out = list(chosen.left_out)
    return MachinesComparisonAnswer(
        machines=named,
        kernels=kernels,
        left_out=left_out,
        runs=chosen.runs,
        kinds=[kind_answer(one) for one in kinds_of_work.compare(compared)],
    )


def _name(side: Sequence[Document]) -> str:
    """What a side's machines are called."""
    names = dict.fromkeys(one.machine.name or one.machine.hostname or "" for one in side)
    return ", ".join(names)


def _ids(text: str) -> list[str]:
    found = [part for part in text.split(",") if part]
    if not 1 <= len(found) <= MOST_TESTS:
        raise InputError("request", "side", f"1 to {MOST_TESTS} test ids", len(found))
    if "\x00" in text:
        raise InputError("request", "side", "test ids")
    return found


def _packed(session: TenantSession, ids: list[str]) -> dict[str, bytes]:
    return {row.test_id: row.body for row in session.execute(listing.documents_of(ids))}


def _document(packed: dict[str, bytes], test_id: str) -> Document:
    if test_id not in packed:
        raise NotThereError("test", test_id)
    return reading.parse(zlib.decompress(packed[test_id]), test_id, whole=False)
