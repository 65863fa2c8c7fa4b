"""A folder as a place for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.places.document import USUAL_NAME, DeliveryError, Finished, PassingError
from perfanalysis.errors import InputError


class Folder:
    """A folder of this machine; the file is there wholly or not at all.

    Args:
        path: made when missing.
        name: of the file, see ``Finished.named``.

    Raises:
        InputError: the name leads out of the folder.
    """

    def __init__(self, path: Path, name: str = USUAL_NAME) -> None:
        self._folder = path
        self._name = name
        # What is filled in holds no separator.
        if ".." in Path(self._name).parts or Path(self._name).is_absolute():
            expected = f"a name of a file inside {self._folder}"
            raise InputError("deliver", "folder.name", expected, self._name)
        self.receivers = (f"folder {self._folder / self._name}",)

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        del receivers
        path = self._folder / report.named(self._name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, report.content)
        except OSError as error:
            raise PassingError(f"{path}: cannot be written: {error.strerror}") from error
        return {}


def folder_of(settings: Mapping[str, Any]) -> Folder:
    """The folder of the setting ``folder``.

    Raises:
        InputError: see ``Folder``.
    """
    return Folder(Path(settings["path"]), settings.get("name", USUAL_NAME))
