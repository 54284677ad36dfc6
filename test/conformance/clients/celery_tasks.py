"""A Celery application on SQS, and what drives it: told as JSON on standard output."""

import json
import os
import sys
import time

from celery import Celery

endpoint = os.environ["MILLRACE_ENDPOINT"]
results = os.environ["RESULTS"]

app = Celery("celery_tasks", broker=f"sqs://any:any@{endpoint}//", backend=f"file://{results}")
app.conf.update(
    broker_transport_options={
        "is_secure": False,
        "region": "us-east-1",
        "queue_name_prefix": "celery-",
        "visibility_timeout": 5,
        "wait_time_seconds": 20,
        "polling_interval": 0.1,
    },
    broker_connection_retry_on_startup=True,
    worker_enable_remote_control=False,
    task_acks_late=True,
)


@app.task(name="add")
def add(first, second):
    return first + second


@app.task(name="again", bind=True, max_retries=3)
def again(self):
    if self.request.retries < 2:
        raise self.retry(countdown=1)
    return self.request.retries


@app.task(name="killed")
def killed(mark):
    """Takes its worker away the first time it runs; the message comes again when its lease is over."""
    if not os.path.exists(mark):
        open(mark, "w").close()
        os._exit(1)
    return "done"


def drive(mark):
    started = time.time()
    many = [add.delay(each, each) for each in range(30)]
    later = add.apply_async(("it was ", "time"), countdown=2)
    retried = again.delay()
    other = add.apply_async(("ü <&> \u2028", "日本"), queue="other.queue")
    told = {
        "sums": [each.get(timeout=60) for each in many],
        "later": later.get(timeout=60),
        "waited": time.time() - started >= 2,
        "retries": retried.get(timeout=60),
        "other": other.get(timeout=60),
        "chain": (add.s(1, 1) | add.s(3)).delay().get(timeout=60),
        "killed": killed.delay(mark).get(timeout=60),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    drive(sys.argv[1])
