"""Errors of IPsec's transformations, from /proc/net/xfrm_stat.

Kernel: Documentation/networking/xfrm_proc.rst.
"""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

_SOURCE = "/proc/net/xfrm_stat"
# By field of the file: what is behind node_xfrm_ and before _packets_total, and the HELP.
_NAMES = {
    "XfrmInError": ("in_error", "All errors not matched by other"),
    "XfrmInBufferError": ("in_buffer_error", "No buffer is left"),
    "XfrmInHdrError": ("in_hdr_error", "Header error"),
    "XfrmInNoStates": (
        "in_no_states",
        "No state is found i.e. Either inbound SPI, address, or IPsec protocol at SA is wrong",
    ),
    "XfrmInStateProtoError": (
        "in_state_proto_error",
        "Transformation protocol specific error e.g. SA key is wrong",
    ),
    "XfrmInStateModeError": ("in_state_mode_error", "Transformation mode specific error"),
    "XfrmInStateSeqError": (
        "in_state_seq_error",
        "Sequence error i.e. Sequence number is out of window",
    ),
    "XfrmInStateExpired": ("in_state_expired", "State is expired"),
    "XfrmInStateMismatch": (
        "in_state_mismatch",
        "State has mismatch option e.g. UDP encapsulation type is mismatch",
    ),
    "XfrmInStateInvalid": ("in_state_invalid", "State is invalid"),
    "XfrmInTmplMismatch": (
        "in_tmpl_mismatch",
        "No matching template for states e.g. Inbound SAs are correct but SP rule is wrong",
    ),
    "XfrmInNoPols": (
        "in_no_pols",
        "No policy is found for states e.g. Inbound SAs are correct but no SP is found",
    ),
    "XfrmInPolBlock": ("in_pol_block", "Policy discards"),
    "XfrmInPolError": ("in_pol_error", "Policy error"),
    "XfrmOutError": ("out_error", "All errors which is not matched others"),
    "XfrmOutBundleGenError": ("out_bundle_gen_error", "Bundle generation error"),
    "XfrmOutBundleCheckError": ("out_bundle_check_error", "Bundle check error"),
    "XfrmOutNoStates": ("out_no_states", "No state is found"),
    "XfrmOutStateProtoError": ("out_state_proto_error", "Transformation protocol specific error"),
    "XfrmOutStateModeError": ("out_state_mode_error", "Transformation mode specific error"),
    "XfrmOutStateSeqError": ("out_state_seq_error", "Sequence error i.e. Sequence number overflow"),
    "XfrmOutStateExpired": ("out_state_expired", "State is expired"),
    "XfrmOutPolBlock": ("out_pol_block", "Policy discards"),
    "XfrmOutPolDead": ("out_pol_dead", "Policy is dead"),
    "XfrmOutPolError": ("out_pol_error", "Policy error"),
    "XfrmFwdHdrError": ("fwd_hdr_error", "Forward routing of a packet is not allowed"),
    "XfrmOutStateInvalid": ("out_state_invalid", "State is invalid, perhaps expired"),
    "XfrmAcquireError": (
        "acquire_error",
        "State hasn\N{RIGHT SINGLE QUOTATION MARK}t been fully acquired before use",
    ),
}
FIELDS = {
    field.encode(): Family(f"node_xfrm_{name}_packets_total", "counter", text, source=_SOURCE)
    for field, (name, text) in _NAMES.items()
}


def samples(data: bytes) -> list[tuple[Series, bytes]]:
    """The series of the fields that are known; a kernel without one has no series of it.

    Raises:
        CollectorError: a line is no name and number.
    """
    pairs = []
    for line in data.splitlines():
        words = line.split()
        if len(words) != 2:
            raise CollectorError(f"{_SOURCE}: expected a name and a number, found {shown(line)}")
        check_counters(words[1:], _SOURCE)
        if words[0] in FIELDS:
            pairs.append((Series(FIELDS[words[0]]), words[1]))
    return pairs


class XfrmCollector:
    """``node_xfrm_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("net/xfrm_stat")
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            data = self._file.read()
        except FileNotFoundError as error:
            raise NothingToRead from error
        return [self._series.block(data)]


SPECIFICATION = CollectorSpecification("xfrm", tuple(FIELDS.values()), XfrmCollector, enabled=False)
