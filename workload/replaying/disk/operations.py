"""From what is owed of bytes and operations to single reads and writes. Pure."""

from __future__ import annotations


def sizes(operations: float, owed_bytes: float, block: int, largest: int) -> list[int]:
    """The sizes of the operations to do now, each a multiple of ``block`` up to ``largest``.

    As many as are owed, of about equal sizes that add up to what is owed to within a block. Bytes
    come first: where so few operations cannot carry them there are more, and where they are fewer
    than a block for each there are fewer.

    Args:
        operations: owed, with a part of one.
        owed_bytes: owed.
        block: bytes, of the smallest operation.
        largest: bytes, a multiple of ``block``.
    """
    blocks = int(owed_bytes // block)
    needed = -(-blocks * block // largest)
    # A part of an operation waits until it is a whole one, and its bytes with it.
    count = min(blocks, max(int(operations), needed if operations < needed - 1 else 0))
    if count <= 0:
        return []
    most = largest // block
    each, left = divmod(min(blocks, count * most), count)
    return [(each + (1 if number < left else 0)) * block for number in range(count)]
