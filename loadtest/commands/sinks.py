"""Where results go: what was measured is kept wherever there is room for it.

Each sink is tried, whatever became of the others: the state folder, ``--output``, the receivers'
spools, and standard output, which takes what no other one took.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from loadtest.commands.options import print_json
from loadtest.outputs.delivering import Outputs
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results import writing
from perfanalysis.results.document import Document
from perfanalysis.results.state import RESULTS


def out_file(out: Path, kernel: str, kernels: int) -> Path:
    """Where ``--output`` puts a document: ``result-rmw.json`` for ``result.json`` of several."""
    return out if kernels == 1 else out.with_stem(f"{out.stem}-{kernel}")


class Sinks:
    """Takes results one after the other.

    Args:
        state: the state folder.
        out: file of ``--output``; None: none.
        receivers: of results.
        kernels: how many results there will be.
        listed: whether documents are printed as a list, also a single one.

    Attributes:
        problems: what failed, one line for each sink and result.
        nowhere: results that no sink took.
    """

    def __init__(
        self, state: Path, out: Path | None, receivers: Outputs, *, kernels: int, listed: bool
    ) -> None:
        self.problems: list[str] = []
        self.nowhere: list[Document] = []
        self._state = state
        self._out = out
        self._kernels = kernels
        self._listed = listed
        self._receivers = receivers

    def put(self, result: Document) -> None:
        """Write a result everywhere it should go, and remember where it could not be written."""
        try:
            encoded = writing.encode(result)
        except PerfAnalysisError as error:
            # Our own fault, and none of what was given.
            self.problems.append(f"the result breaks a rule of documents: {error}")
            self.nowhere.append(result)
            return
        paths = [self._state / RESULTS / f"{result.test_id}.json"]
        if self._out is not None:
            paths.append(out_file(self._out, result.kernel, self._kernels))
        taken = 0
        for path in paths:
            try:
                writing.write(path, encoded)
                taken += 1
            except PerfAnalysisError as error:
                self.problems.append(str(error))
        if not taken + self._receivers.put(encoded):
            self.nowhere.append(result)

    def show(
        self, results: Sequence[Document], table: Callable[[], None], *, as_json: bool
    ) -> None:
        """Print what belongs on standard output: documents that are asked for, or a table.

        Results that no sink took are printed as documents, whatever was asked for.

        Args:
            results: all of them.
            table: prints them for people.
            as_json: whether the documents are asked for.
        """
        documents = results if as_json else self.nowhere
        try:
            if documents:
                trees = [writing.as_json(document) for document in documents]
                print_json(trees if self._listed else trees[0])
            else:
                table()
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            self.problems.append(f"standard output: cannot be written: {error.strerror}")
            # What is left in the buffer would fail once more at the end of the process.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
