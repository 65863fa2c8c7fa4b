"""The flags of `workload predict` and `workload plan` that send the answer to a portal."""

from __future__ import annotations

from collections.abc import Callable

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.work_documents import TakenWork
from perfanalysis.progress import say

PORTAL = EndpointFlags("portal", "--portal", variable="PERFANALYSIS_PORTAL_KEY")
portal_flags = endpoint_flags(
    "portal",
    PORTAL,
    help="Also keep the answer in this portal, such as https://portal.example, whose pages show "
    "it. The key needs the scope report.",
)
HandIn = Callable[[PortalConnection, bytes], TakenWork]


def check(portal: EndpointFlags) -> None:
    """See that the flags go together, and can be used, before work begins.

    Raises:
        InputError: they do not, or the key cannot be read.
    """
    portal.check()
    if portal.url is not None:
        portal.endpoint().secrets()


def keep(portal: EndpointFlags, command: str, page: str, hand_in: HandIn, text: str) -> None:
    """Hand a document in where a portal was named, and say where its page is.

    Args:
        portal: the flags.
        command: that says so, such as ``workload plan``.
        page: path of the portal's pages of such documents.
        hand_in: of the client.
        text: the document.

    Raises:
        PortalRefusedError: the portal said no.
        PortalUnreachableError: no usable answer came.
    """
    if portal.url is None:
        return
    endpoint = portal.endpoint()
    with PortalConnection(endpoint) as connection:
        taken = hand_in(connection, text.encode())
    was = "kept" if taken.new else "was here already"
    say(command, f"{was}: {endpoint.shown.rstrip('/')}{page}/{taken.document.id}")
