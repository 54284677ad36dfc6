"""Speaks to SQS and Lambda through boto3: a line {"action", "input"} in, a line {"output"} or {"error"} out."""

import base64
import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

CONFIG = Config(retries={"total_max_attempts": 1})
CLIENTS = {name: boto3.client(name, endpoint_url=sys.argv[1], config=CONFIG) for name in ("sqs", "lambda")}


def to_bytes(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        return {name: to_bytes(member) for name, member in value.items()}
    return [to_bytes(member) for member in value] if isinstance(value, list) else value


def from_bytes(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if hasattr(value, "read"):
        value = value.read()
    return {"$bytes": base64.b64encode(value).decode()}


def call(action, members):
    client = CLIENTS["lambda" if action.startswith("lambda:") else "sqs"]
    name = xform_name(action.rpartition(":")[2])
    try:
        if ":wait:" in action:
            client.get_waiter(name).wait(**members)
            return {"output": {}}
        output = getattr(client, name)(**to_bytes(members))
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": {"code": told["Code"], "type": told.get("QueryErrorCode", told["Code"]), "status": status, "message": told["Message"]}}
    output.pop("ResponseMetadata", None)
    if "EventStream" in output:
        output["EventStream"] = list(output["EventStream"])
    return {"output": output}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(call(request["action"], request["input"]), default=from_bytes), flush=True)
