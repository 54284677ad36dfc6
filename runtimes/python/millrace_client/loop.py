"""One event after the other."""

import decimal
import json
import os
import sys

from . import log
from .api import RuntimeApi
from .context import Context
from .errors import Fault, described
from .handler import load


def run(handler_name):
    """Loads the handler and answers events until the process ends."""
    log.set_up()
    api = RuntimeApi()
    try:
        handler = load(handler_name)
    except Exception as error:
        told = described(error)
        log.print_error(told)
        api.fail_init(json.dumps(told).encode(), told["errorType"])
        sys.exit(1)
    while True:
        answer_one(api, handler)


def answer_one(api, handler):
    headers, body = api.next_invocation()
    request_id = log.Current.request_id = headers["lambda-runtime-aws-request-id"]
    trace = headers.get("lambda-runtime-trace-id")
    if trace is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    try:
        result, content_type = encoded(handler(decoded(body), Context(headers)))
    except Exception as error:
        told = described(error, request_id)
        log.print_error(told)
        api.fail(request_id, json.dumps(told).encode())
    else:
        api.answer(request_id, result, content_type)


def decoded(body):
    try:
        return json.loads(body)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error) from None


def encoded(result):
    """The bytes of an answer and what they are: JSON, unless the handler returned bytes."""
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return json.dumps(result, default=number).encode(), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error) from None


def number(value):
    if isinstance(value, decimal.Decimal):
        is_whole = value.is_finite() and value == value.to_integral_value()
        return int(value) if is_whole else float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
