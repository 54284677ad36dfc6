"""The function `alerts`: hears how campaigns stand, and reports what somebody should look at."""

import json
import os

from judge import alerts_of
from queue_sender import QueueSender

REPORTS = "reports"
sender = QueueSender(os.environ)


def handler(event, context):
    """Judges the figures of one batch; messages that are no figures are reported as failed."""
    failed, reports = [], []
    for record in event["Records"]:
        try:
            reports.extend(alerts_of(json.loads(record["body"])))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"Message {record['messageId']} holds no figures: {error!r}")
            failed.append({"itemIdentifier": record["messageId"]})
    for start in range(0, len(reports), 10):
        sender.send(REPORTS, [json.dumps(report) for report in reports[start : start + 10]])
    return {"batchItemFailures": failed}
