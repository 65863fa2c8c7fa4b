"""The flags of container names, and the source that they describe."""

from __future__ import annotations

from pathlib import Path

from exporter.collecting import Flag, Flags
from exporter.collectors.cgroup.names.background import NamesInBackground, NamesSource
from perfanalysis.endpoint_settings import (
    BEARER_FILE,
    CA_FILE,
    CERT_FILE,
    KEY_FILE,
    SKIP_VERIFY,
    SettingPath,
    flag_of,
)
from perfanalysis.errors import InputError, PerfAnalysisError

FILES, KUBELET, CRI, DOCKER, PODMAN = "files", "kubelet", "cri", "docker", "podman"
SOURCES = (FILES, KUBELET, CRI, DOCKER, PODMAN)

NAMES = Flag(
    "collector.cgroup.names",
    FILES,
    "Who is asked for the names of containers that the runtimes' files do not tell: "
    f"{', '.join(SOURCES)}. files: nobody.",
)
SOCKET = Flag(
    "collector.cgroup.names.socket",
    None,
    "The socket of cri, docker or podman; default: where the runtime has it, below --path.rootfs.",
)
_PREFIX = "collector.cgroup.kubelet"
URL = Flag(
    f"{_PREFIX}.url",
    "https://127.0.0.1:10250",
    "The kubelet's address without a path, by a name that its certificate has.",
)


def _endpoint_flag(path: SettingPath, text: str, default: str | bool | None = None) -> Flag:
    return Flag(flag_of(path, _PREFIX, "."), default, text)


ENDPOINT = {
    BEARER_FILE: _endpoint_flag(
        BEARER_FILE, "The file that holds the token for the kubelet; read anew for each request."
    ),
    CA_FILE: _endpoint_flag(
        CA_FILE, "Certificates (PEM) that the kubelet's is checked against; default: the system's."
    ),
    CERT_FILE: _endpoint_flag(CERT_FILE, "A client certificate (PEM) for the kubelet."),
    KEY_FILE: _endpoint_flag(KEY_FILE, "The key of that certificate (PEM, without passphrase)."),
    SKIP_VERIFY: _endpoint_flag(
        SKIP_VERIFY,
        "Take any certificate for the kubelet's: whoever answers there gets the token.",
        False,
    ),
}
SERVER_NAME = Flag(
    f"{_PREFIX}.tls.server-name",
    None,
    "Whom the kubelet's certificate must be of; default: the address's host. One that a kubelet "
    "makes itself is of the node's name alone.",
)
FLAGS = (NAMES, SOCKET, URL, *ENDPOINT.values(), SERVER_NAME)
_OF_KUBELET = (URL, *ENDPOINT.values(), SERVER_NAME)


def names_source(flags: Flags, root: Path) -> NamesInBackground | None:
    """Who is asked beside the files; None: nobody.

    Raises:
        InputError: a flag is unusable, or is of no use beside the others.
        PerfAnalysisError: what it needs is not installed.
    """
    chosen = flags[NAMES.variable]
    if chosen not in SOURCES:
        raise InputError(f"--{NAMES.name}", "", f"one of {', '.join(SOURCES)}", chosen)
    _check_others(chosen, flags)
    if chosen == FILES:
        return None
    return NamesInBackground(_kubelet(flags) if chosen == KUBELET else _socket(chosen, flags, root))


def _check_others(chosen: str, flags: Flags) -> None:
    idle = () if chosen == KUBELET else _OF_KUBELET
    if chosen in (FILES, KUBELET):
        idle = (*idle, SOCKET)
    for flag in idle:
        if flags[flag.variable] != flag.default:
            wanted = KUBELET if flag in _OF_KUBELET else f"{CRI}, {DOCKER} or {PODMAN}"
            raise InputError(f"--{flag.name}", "", f"--{NAMES.name}={wanted} beside it")


def _kubelet(flags: Flags) -> NamesSource:
    # Who asks nobody does not pay for who asks.
    from exporter.collectors.cgroup.names.kubelet import Kubelet
    from perfanalysis.delivery.endpoint import check_url
    from perfanalysis.delivery.endpoint_reading import Description, read_endpoint

    url = check_url(flags[URL.variable], f"--{URL.name}")
    said = {p: flags[f.variable] for p, f in ENDPOINT.items() if flags[f.variable]}
    spelled = Description(said, lambda path: f"--{flag_of(path, _PREFIX, '.')}")
    # A token that is not there yet is a token that comes later: it is read for each request.
    endpoint = read_endpoint(url, spelled, check=False)
    return Kubelet(endpoint, flags[SERVER_NAME.variable] or "")


def _socket(chosen: str, flags: Flags, root: Path) -> NamesSource:
    from exporter.collectors.cgroup.names import docker, podman

    given = flags[SOCKET.variable]
    if chosen == DOCKER:
        return docker.Docker(given or _there(root, docker.SOCKETS))
    if chosen == PODMAN:
        return podman.Podman(given or _there(root, podman.SOCKETS))
    try:
        from exporter.collectors.cgroup.names import cri
    except ModuleNotFoundError as error:
        from perfanalysis.extras import missing

        text = missing(f"--{NAMES.name}={CRI}", str(error.name), "cri")
        raise PerfAnalysisError(text) from None
    return cri.Cri(given or _there(root, cri.SOCKETS))


def _there(root: Path, sockets: tuple[str, ...]) -> str:
    """The first that exists; the first of all when none does, for the complaint."""
    paths = [root / name for name in sockets]
    return str(next((path for path in paths if _exists(path)), paths[0]))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
