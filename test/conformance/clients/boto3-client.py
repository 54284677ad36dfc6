"""Speaks to SQS through boto3: a line {"action", "input"} in, a line {"output"} or {"error"} out."""

import base64
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

sqs = boto3.client("sqs", endpoint_url=sys.argv[1], config=Config(retries={"total_max_attempts": 1}))


def to_bytes(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        return {name: to_bytes(member) for name, member in value.items()}
    return [to_bytes(member) for member in value] if isinstance(value, list) else value


def from_bytes(value):
    return {"$bytes": base64.b64encode(value).decode()}


def call(action, members):
    try:
        output = getattr(sqs, xform_name(action))(**to_bytes(members))
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": {"code": told["Code"], "type": told.get("QueryErrorCode", told["Code"]), "status": status, "message": told["Message"]}}
    output.pop("ResponseMetadata")
    return {"output": output}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(call(request["action"], request["input"]), default=from_bytes), flush=True)
