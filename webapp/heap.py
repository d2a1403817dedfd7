"""How a process handles memory: said once at its start, before its first thread and after everything is loaded."""

import ctypes
import gc
import os

ARENA_MAX, TRIM_THRESHOLD = -8, -1
"""Numbers of glibc's `mallopt`."""

GIVE_BACK_BYTES = 128 * 1024


def keep_small() -> bool:
    """One heap for all threads, whose free end is given back; whether the C library can be told so (glibc only).

    By itself glibc gives each thread a heap of its own and keeps what was freed in it. Python lets one thread work
    at a time, so heaps of their own win nothing: after the same 120 pages they cost 38 of 206 MB.
    """
    if os.name != "posix":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(ARENA_MAX, 1) and mallopt(TRIM_THRESHOLD, GIVE_BACK_BYTES))


def settle() -> None:
    """What is loaded by now stays for good: the collector no longer walks it.

    Each full walk stopped all threads for 130 ms and more; in processes that are forked it would also copy what they
    share.
    """
    gc.collect()
    gc.freeze()
