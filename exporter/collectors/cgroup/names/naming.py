"""Who a container is, from all that this exporter may ask: the runtimes' files, then one source."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from exporter.collectors.cgroup.names.background import NamesInBackground
from exporter.collectors.cgroup.names.files import identify
from exporter.collectors.cgroup.names.identity import ContainerIdentity, identity_of
from exporter.collectors.cgroup.paths import ContainerPath

# Once, so that already the first page has names.
FIRST_SECONDS = 1.0


class Naming:
    """Names containers.

    Args:
        root: where the host's root is mounted.
        source: who is asked for what the files do not tell; None: nobody.
    """

    def __init__(self, root: Path, source: NamesInBackground | None) -> None:
        self._root = root
        self._source = source
        # Those that the files do not name: they are not read again.
        self._nameless: dict[str, tuple[ContainerIdentity, str]] = {}
        self._answers = 0
        self._waited = False

    def news(self) -> bool:
        """Whether the source has been asked since this was called last."""
        if self._source is None or self._source.answers == self._answers:
            return False
        self._answers = self._source.answers
        return True

    def identify(
        self, found: ContainerPath, before: ContainerIdentity | None
    ) -> tuple[ContainerIdentity | None, str]:
        """Who the container is. Never raises.

        Args:
            found: what its control group's path tells.
            before: as whom it was shown; who has a name keeps it.

        Returns:
            The identity, or None while the answer is on its way and it was not shown yet; and why
            it has no name, one of ``identity.REASONS`` or "".
        """
        if before is not None and before.named:
            return before, ""
        by_files = self._nameless.get(found.container_id) or identify(self._root, found)
        if not by_files[1]:
            return by_files
        self._nameless[found.container_id] = by_files
        if self._source is None:
            return by_files
        if not self._waited:
            self._source.wait(FIRST_SECONDS)
            self._waited = True
        known, reason = self._source.look_up(found)
        if known is not None:
            return identity_of(found, known), ""
        if before is None and not reason:
            return None, ""
        return by_files[0], reason

    def keep(self, container_ids: Collection[str]) -> None:
        """Forget all other containers: they have gone."""
        for gone in self._nameless.keys() - container_ids:
            del self._nameless[gone]
        if self._source is not None:
            self._source.keep(container_ids)
