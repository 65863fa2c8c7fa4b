"""The flags of `workload replay` that say what of this machine is driven, and what stays free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.machines.cpus import usable
from workload.replaying import assembly
from workload.replaying.assembly import LoadSettings
from workload.replaying.disk.device_map import DiskPlace, parse_given, parse_size, read_map
from workload.replaying.network.handshake import read_key

LARGEST_PORT = 65535


@dataclass(frozen=True)
class LoadFlags:
    """What was given on the command line; see the help of each flag."""

    only: tuple[str, ...]
    cpus: str | None
    count: str
    reserve_memory: str | None
    reserve_disk: str | None
    page_cache: Path | None
    disks: tuple[str, ...]
    disk_map: Path | None
    network: str
    key_file: Path | None
    limit_network: str

    @property
    def limit(self) -> int:
        """Bytes a second of the network.

        Raises:
            InputError: it is no size.
        """
        return _size(self.limit_network, "--limit-network")

    def key(self) -> bytes:
        """The peer's key.

        Raises:
            InputError: there is none, or it is unusable.
        """
        if self.key_file is None:
            raise InputError("--key-file", "", "the key that both ends have")
        return read_key(self.key_file)

    def settings(self, kernel: str, *, per_core: bool) -> LoadSettings:
        """All of it, checked.

        Raises:
            InputError: a flag is unusable.
        """
        peer = (
            None
            if self.network in {assembly.LOOPBACK, "off"}
            else address(self.network, "--network")
        )
        places = self._places()
        for folder in [place.folder for place in places] + [self.page_cache or Path()]:
            if not folder.is_dir():
                raise InputError(
                    "--disk, --disk-map, --page-cache",
                    "",
                    "a folder that is there (make it)",
                    str(folder),
                )
        wanted = self.only or assembly.RESOURCES
        network = None if self.network == "off" else peer or assembly.LOOPBACK
        return LoadSettings(
            resources=frozenset(wanted),
            usable=usable(self.cpus),
            per_core=per_core,
            machine=self.count == "machine",
            kernel=kernel,
            memory_reserve=_reserve(self.reserve_memory, "--reserve-memory"),
            disk_reserve=_reserve(self.reserve_disk, "--reserve-disk"),
            page_cache=self.page_cache,
            places=tuple(places),
            network=network,
            key=b"" if peer is None else self.key(),
            network_limit=self.limit,
        )

    def _places(self) -> list[DiskPlace]:
        places = [] if self.disk_map is None else read_map(self.disk_map)
        return places + [parse_given(text) for text in self.disks]


def _reserve(text: str | None, flag: str) -> int | None:
    return None if text is None else _size(text, flag)


def _size(text: str, flag: str) -> int:
    size = parse_size(text)
    if not size:
        raise InputError(flag, "", "a size such as 512M or 2G", text)
    return size


def address(text: str, flag: str) -> tuple[str, int]:
    """``HOST:PORT``; an IPv6 address in brackets.

    Raises:
        InputError: it is something else.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > LARGEST_PORT:
        raise InputError(flag, "", "HOST:PORT", text)
    return host, int(port)


load_flags = grouped(
    "driven",
    LoadFlags,
    [
        click.option(
            "--only",
            type=click.Choice(assembly.RESOURCES),
            multiple=True,
            help="Drive this resource, and others only where they are named, too; all when absent.",
        ),
        click.option("--cpus", metavar="LIST", help="Use these CPUs only, such as 0-3,8."),
        click.option(
            "--count",
            type=click.Choice(("machine", "own")),
            default="machine",
            show_default=True,
            help="What follows the recording: all that this machine does, so that other load on it "
            "counts and replay makes up the rest; or what replay itself does beside it.",
        ),
        click.option(
            "--reserve-memory",
            metavar="SIZE",
            help="So much memory stays available; 5 % of it, at least 512M, when absent.",
        ),
        click.option(
            "--reserve-disk",
            metavar="SIZE",
            help="So much stays free on each file system; 5 % of it, at least 1G, when absent.",
        ),
        click.option(
            "--page-cache",
            metavar="FOLDER",
            type=click.Path(path_type=Path),
            default=None,
            help="Drive the page cache, too, by an own file in this folder.",
        ),
        click.option(
            "--disk",
            "disks",
            metavar="DEVICE=FOLDER",
            multiple=True,
            help="Replay what this recorded device did by an own file in this folder.",
        ),
        click.option(
            "--disk-map",
            metavar="FILE",
            type=click.Path(dir_okay=False, path_type=Path),
            default=None,
            help="The same for several devices: a JSON object a line with devicename, mountpoint "
            "and readsize.",
        ),
        click.option(
            "--network",
            metavar="loopback|HOST:PORT|off",
            default=assembly.LOOPBACK,
            show_default=True,
            help="Where traffic goes: over the loopback, or to a `replay --listen` of your own.",
        ),
        click.option(
            "--key-file",
            type=click.Path(dir_okay=False, path_type=Path),
            default=None,
            help="The key that proves both ends of --network and --listen to each other; readable "
            "by its owner alone.",
        ),
        click.option(
            "--limit-network",
            metavar="SIZE",
            default="125M",
            show_default=True,
            help="So many bytes a second at most, each way.",
        ),
    ],
)
