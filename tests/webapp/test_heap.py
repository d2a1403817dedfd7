"""Threads share one heap: what one has freed, the next one uses; and what is loaded is not walked again."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading
from webapp import heap

library = ctypes.CDLL(None)
library.fdopen.restype = library.malloc.restype = ctypes.c_void_p
if "small" in sys.argv:
    assert heap.keep_small()
for _turn in range(4):
    together = threading.Barrier(6)
    def work():
        together.wait()
        library.malloc(1000)
        together.wait()
    threads = [threading.Thread(target=work) for _number in range(6)]
    [each.start() for each in threads]
    [each.join() for each in threads]
out = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, out)
library.fflush(out)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks glibc")
def test_a_process_keeps_one_heap_where_glibc_would_make_one_a_thread() -> None:
    assert _heaps() > 1
    assert _heaps("small") == 1


def _heaps(*arguments: str) -> int:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True
    )
    return said.stdout.count("<heap nr=")


def test_what_is_loaded_is_walked_by_no_collection() -> None:
    program = (
        "import gc, webapp.factory; from webapp import heap; heap.settle(); print(len(gc.get_objects()))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(said.stdout) < 1000
