import time


def lambda_handler(event, context):
    """Takes as long as the event says."""
    ms = event.get("ms", 0)
    if ms > 0:
        time.sleep(ms / 1000)
    return {}
