"""Hangs on purpose: `python hang.py WAY [FILE]`; with FILE, faulthandler writes the stacks there on SIGUSR1 (`-`: standard error)."""
import os
import re
import sys
import threading
import time


def idle():
    time.sleep(1000)


def busy_loop():
    while True:
        pass


def regex():
    re.match(r"^(a+)+$", "a" * 60 + "!")


def lock():
    held = threading.Lock()
    held.acquire()
    held.acquire()


def blocked_read():
    os.read(3, 16)  # a pipe of the test's that stays empty


way = sys.argv[1]
if len(sys.argv) > 2:
    import faulthandler
    import signal

    faulthandler.register(signal.SIGUSR1, file=sys.stderr if sys.argv[2] == "-" else open(sys.argv[2], "w"))
print("ready", flush=True)
globals()[way]()
