"""Files that were given to the wrong command: what each is, and where it goes. Pure."""

from __future__ import annotations

import re

from importing.monitors.formats import format_of

SYSBENCH_LOG = "a sysbench log goes to `perfanalysis import results`"
_CONTAINER_NAMES = re.compile(rb'\s*\{\s*"[0-9a-f]{12,64}"\s*:\s*"')
# What stands in the first line, or in the first lines of an object over many; and what it is.
_KINDS = (
    (
        (b'"model_name"', b'"total_cpus"'),
        "a machine's system_info.json goes with its recording: --system-info FILE, or beside it as"
        " NAME.system_info.json",
    ),
    (
        (b'"siteid"', b'"busy"', b'"units"'),
        "a training curve goes to `perfanalysis import results`",
    ),
    (
        (b'"devicename"', b'"readsize"'),
        "a disk map says where a replay writes, and nothing of what a machine did: there is nothing"
        " to import",
    ),
    (
        (b"metric_type", b"target", b"actual"),
        "a replay's validation holds its own targets, and nothing that the machine measured: there"
        " is nothing to import; the capture of the replay can be imported",
    ),
    (
        (b"busy_pct", b"_units"),
        "a table of training curves does not say of which machines they are; the curves themselves"
        " go to `perfanalysis import results`",
    ),
    (
        (b"# HELP perf_recording_ticks",),
        "a recording of this program goes to `perfanalysis import recording`",
    ),
)


# Archives of monitors, which their own programs read, by their first bytes: sysstat's and atop's in
# either order of bytes, PCP's as LOGARCHIVE(5) has it, behind the length of its first record.
_ARCHIVES = (
    (
        re.compile(rb"\x96\xd5|\xd5\x96"),
        "a binary archive of sar, which sysstat's sadf reads: `sadf -j {0} -- -A > {0}.json`, and "
        "import {0}.json (where sadf refuses it, too, as one of an older version: `sadf -c {0} > "
        "{0}.new` before)",
    ),
    (
        re.compile(rb"\xef\xbe\xed\xfe|\xfe\xed\xbe\xef"),
        "a raw log of atop, which atop of the same version reads: `atop -r {0} -P "
        "cpu,CPL,MEM,SWP,PAG,PSI,DSK,NET > {0}.txt`, and import {0}.txt",
    ),
    (
        re.compile(rb"(?s).{4}\x50\x05\x26"),
        "an archive of PCP, which pcp2json reads (docs/import-monitors.md has the command): import "
        "what it prints",
    ),
)


def archive(head: bytes, name: str) -> str:
    """What to do with a binary archive; "" when it is none that we know.

    Args:
        head: its first bytes.
        name: of the file, for the commands that are named.
    """
    found = (said for mark, said in _ARCHIVES if mark.match(head))
    return next(found, "").format(name)


def where_it_goes(head: bytes) -> str:
    """What to do with a file that is no recording; "" when it is nothing that we know.

    Args:
        head: its first lines.
    """
    if head.startswith(b"sysbench "):
        return SYSBENCH_LOG
    if _CONTAINER_NAMES.match(head):
        return "names of containers go with their recording: --container-names FILE"
    found = (said for words, said in _KINDS if all(word in head for word in words))
    return next(found, "")


# What stands in the first line of what goes to `perfanalysis import capture`.
_RECORDED = (
    ((b'"subsystem"', b'"measurement"'), "a capture"),
    ((b'"Measurement"', b'"System"'), "a capture"),
    ((b"timestamp", b"container_id"), "a CSV of containers"),
    ((b"timestamp", b"cpu_user"), "a CSV of the portal"),
    ((b'"schema_version"',), "a load-test result already"),
)


def no_result(head: bytes) -> str:
    """What a file is that tells no result of another program; "" when it may.

    Args:
        head: its first lines.
    """
    if monitor := format_of(head):
        return f"this is what {monitor.name} writes, and goes to `perfanalysis import capture`"
    found = (
        f"this is {said}, and goes to `perfanalysis import capture`"
        for words, said in _RECORDED
        if all(word in head for word in words)
    )
    return next(found, "")
