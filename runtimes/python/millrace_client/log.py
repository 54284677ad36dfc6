"""What the logging module prints, in the two forms that a function may ask for."""

import json
import logging
import os
import sys
import time
import traceback

IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
TIME = "%Y-%m-%dT%H:%M:%S"
OWN_MEMBERS = frozenset(vars(logging.makeLogRecord({}))) | {"aws_request_id", "message", "asctime", "taskName"}


class Current:
    """The request that is being handled."""

    request_id = ""


def print_error(told):
    """One line of the log: the error that is posted as well."""
    if IS_JSON:
        print(json.dumps({"timestamp": time.strftime(TIME + "Z", time.gmtime()), "level": "ERROR", **told}))
        return
    lines = ["[ERROR] %s: %s" % (told["errorType"], told["errorMessage"]), "Traceback (most recent call last):"]
    for frame in told["stackTrace"]:
        lines += frame.splitlines()
    print("\r".join(line.replace("  ", "\u00a0\u00a0") for line in lines))


def set_up():
    """Lines go out as they are printed; records of the logging module get AWS's form."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True, line_buffering=True)
    logging.Formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.terminator = ""
    handler.setFormatter(JsonFormatter() if IS_JSON else logging.Formatter(TEXT, TIME))
    handler.addFilter(with_request)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if level:
        logging.getLogger().setLevel({"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level))
    logging.getLogger().addHandler(handler)


TEXT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"


def with_request(record):
    record.aws_request_id = Current.request_id
    return True


class JsonFormatter(logging.Formatter):
    def format(self, record):
        plain = isinstance(record.msg, dict) and not record.args
        told = {
            "timestamp": self.formatTime(record, TIME + "Z"),
            "level": record.levelname,
            "message": record.msg if plain else record.getMessage(),
            "logger": record.name,
            "requestId": record.aws_request_id or None,
        }
        if record.exc_info:
            kind, error, trace = record.exc_info
            told["stackTrace"] = traceback.format_tb(trace)
            told["errorType"] = kind.__name__
            told["errorMessage"] = str(error)
            told["location"] = "%s:%s:%d" % (record.pathname, record.funcName, record.lineno)
        for name, value in vars(record).items():
            if name not in OWN_MEMBERS:
                told.setdefault(name, value)
        told = {name: value for name, value in told.items() if value is not None}
        return json.dumps(told, ensure_ascii=False, default=str) + "\n"
