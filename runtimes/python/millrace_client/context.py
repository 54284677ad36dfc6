"""The second argument of a handler, with the members that AWS gives it."""

import json
import os
import time


class Members:
    """Named members of a dictionary; what it does not hold is None."""

    def __init__(self, names, values):
        for name in names:
            setattr(self, name, values.get(name))


CLIENT = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])
        self.client_context = client_context(headers.get("lambda-runtime-client-context"))
        self.identity = identity(headers.get("lambda-runtime-cognito-identity"))

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        print(message, end="", flush=True)


def client_context(header):
    if not header:
        return None
    context = Members(("custom", "env", "client"), json.loads(header))
    context.client = Members(CLIENT, context.client) if context.client else None
    return context


def identity(header):
    told = json.loads(header) if header else {}
    found = Members((), {})
    found.cognito_identity_id = told.get("cognitoIdentityId")
    found.cognito_identity_pool_id = told.get("cognitoIdentityPoolId")
    return found
