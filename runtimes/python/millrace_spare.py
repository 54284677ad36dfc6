"""A program that was started ahead of its function waits here for it."""

import importlib
import json
import os
import socket
import sys
import time

# What the walls and Python itself have set stays: nobody gives it.
KEPT = ("PWD", "LC_CTYPE")


def awaited():
    """Takes over the function's variables, and answers its words. Its code is there then."""
    text = b""
    with socket.socket(socket.AF_UNIX) as place:
        place.connect(os.environ["MILLRACE_SPARE"])
        for piece in iter(lambda: place.recv(65536), b""):
            text += piece
    # The platform has gone, or wants this program no more.
    if not text:
        sys.exit(0)
    given = json.loads(text)
    become(given["variables"])
    importlib.invalidate_caches()
    return given["words"]


def become(variables):
    for name in set(os.environ) - set(variables) - set(KEPT):
        del os.environ[name]
    os.environ.update(variables)
    time.tzset()
