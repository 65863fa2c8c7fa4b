"""Which kinds of work there are, and by which programs each was learned."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of work.

    Attributes:
        name: for flags and labels.
        title: for people.
        columns: of the public table, whose geometric mean is the work that was learned.
        whole: whether the work is of all CPUs together, not of one thread.
        left_out: kernel figures that may not foretell it, since they are it.
        further: kernel figures that foretell it and no kind that does not name them.
        headline: whether it is a kind of its own, not one program of a kind.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    whole: bool = True
    left_out: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    headline: bool = False


_ONE_THREAD = ("gzip5_compress_1", "brotli4_compress_1", "zstd7_compress_1", "lzma5_compress_1")
# To work of all CPUs they add nothing, and work in one thread is gzip and zstd in part.
_ZLIB, _ZSTD = "compress_zlib5_single", "compress_zstd7_single"

KINDS = (
    Kind(
        "cache-server",
        "SETs a second of a cache server on all CPUs (Redis, pipelines of 16 and 512)",
        ("redis_set_p16_rps", "redis_set_p512_rps"),
        headline=True,
    ),
    Kind(
        "web-server",
        "requests a second for static files of 1 and 64 KiB, client on the same machine",
        ("static_web_1k_rps", "static_web_64k_rps"),
        headline=True,
    ),
    Kind(
        "compression",
        "bytes a second of compressing a text on all CPUs (bzip3)",
        ("bzip3_compress_all",),
        headline=True,
    ),
    Kind(
        "crypto",
        "bytes a second of AES-256-CBC, SHA-512 and Camellia-256-CBC on all CPUs (OpenSSL)",
        ("openssl_AES-256-CBC_all", "openssl_sha512_all", "openssl_CAMELLIA-256-CBC_all"),
        headline=True,
    ),
    Kind(
        "memory-bound",
        "bytes a second of writing blocks of 64 MB on all CPUs (lmbench)",
        ("bw_mem_wr_64mb",),
        headline=True,
    ),
    Kind(
        "single-threaded",
        "bytes a second of compressing a text in one thread (gzip, brotli, zstd, lzma)",
        _ONE_THREAD,
        whole=False,
        headline=True,
    ),
    Kind(
        "general",
        "the geometric mean of cache server, web server and compression on all CPUs",
        (
            "redis_set_p16_rps",
            "redis_set_p512_rps",
            "static_web_1k_rps",
            "static_web_64k_rps",
            "bzip3_compress_all",
            "bzip3_compress_all",
        ),
        headline=True,
    ),
    Kind("redis-p16", "cache server, pipeline 16", ("redis_set_p16_rps",)),
    Kind("redis-p512", "cache server, pipeline 512", ("redis_set_p512_rps",)),
    Kind("web-1k", "static web, 1 KiB", ("static_web_1k_rps",)),
    Kind("web-64k", "static web, 64 KiB", ("static_web_64k_rps",)),
    Kind("gzip", "gzip, one thread", ("gzip5_compress_1",), whole=False, further=(_ZSTD,)),
    Kind(
        "brotli",
        "brotli, one thread",
        ("brotli4_compress_1",),
        whole=False,
        further=(_ZLIB, _ZSTD),
    ),
    Kind("zstd", "zstd, one thread", ("zstd7_compress_1",), whole=False, further=(_ZLIB,)),
    Kind(
        "lzma",
        "lzma, one thread",
        ("lzma5_compress_1",),
        whole=False,
        further=(_ZLIB, _ZSTD),
    ),
    Kind("bzip3", "bzip3, all threads", ("bzip3_compress_all",)),
    Kind(
        "aes",
        "AES-256-CBC, itself left out",
        ("openssl_AES-256-CBC_all",),
        left_out=("crypto_aes256cbc",),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
