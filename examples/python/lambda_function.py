"""Adds up the orders of a queue. An order that cannot be read is reported, and comes again alone.

    millrace deploy examples/python --queue orders
"""

import json


def lambda_handler(event, context):
    if "Records" not in event:
        return {"total": total(event)}
    failed = []
    for record in event["Records"]:
        try:
            print(f"{record['messageId']}: {total(json.loads(record['body'])):.2f}")
        except (ValueError, LookupError, TypeError) as error:
            print(f"{record['messageId']}: {type(error).__name__}: {error}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def total(order):
    return sum(item["price"] * item.get("count", 1) for item in order["items"])
