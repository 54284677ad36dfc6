"""Errors in the form in which they are posted and logged."""

import os
import traceback

OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))


class Fault(Exception):
    """Something that is the runtime's to tell: `error_type` is one of AWS's `Runtime.` names."""

    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.trace = trace or []


def described(error, request_id=""):
    """The error as AWS's client posts it."""
    if isinstance(error, Fault):
        kind, trace = error.error_type, error.trace
    else:
        kind, trace = type(error).__name__, frames(error)
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def frames(error):
    """The calls from the function's own code on, as Python prints them."""
    found = traceback.extract_tb(error.__traceback__)
    while found and found[0].filename.startswith((OWN_FOLDER, "<frozen importlib")):
        del found[0]
    return traceback.format_list(found)
