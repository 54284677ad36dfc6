"""What is worth an alert. Pure: the same figures always give the same alerts, under the same ids."""

import uuid
from datetime import datetime

NAMESPACE = uuid.UUID("7f1d6a52-6f0e-4c55-9c0e-0d8a2b6c1e11")

# Fewer clicks than this in an hour say nothing.
ENOUGH_CLICKS = 50
# Hours with clicks that make something usual.
ENOUGH_HOURS = 3
TIMES_MORE = 3
# Parts of the clicks that are invalid.
MANY_INVALID = 0.3
MANY_INVALID_WITHOUT_COMPARISON = 0.6
MARKS = (95, 80)


def alerts_of(figures):
    """The alerts for the figures of one campaign. Raises ValueError or KeyError when they are none."""
    if figures["schema"] != 1 or figures["type"] != "campaign-figures":
        raise ValueError("it is something else")
    return [*_budget(figures), *_clicks(figures)]


def _budget(figures):
    limit, spent = int(figures["limitMicros"]), int(figures["spentMicros"])
    mark = next((mark for mark in MARKS if limit > 0 and spent * 100 >= limit * mark), None)
    if mark is None:
        return
    left = (limit - spent) / 1e6
    says = f"More than {mark} % of the budget is spent: {left:.2f} of {limit / 1e6:.2f} are left."
    yield _alert(figures, "budget", f"{mark} {limit}", says)


def _clicks(figures):
    hour = {verdict: int(clicks) for verdict, clicks in figures["hour"].items()}
    usual = {name: int(count) for name, count in figures["usual"].items()}
    total = sum(hour.values())
    invalid = sum(clicks for verdict, clicks in hour.items() if verdict.startswith("invalid"))
    if total < ENOUGH_CLICKS:
        return
    is_compared = usual["hours"] >= ENOUGH_HOURS and usual["clicks"] > 0
    each_hour = usual["clicks"] / usual["hours"] if is_compared else 0
    if is_compared and total > TIMES_MORE * each_hour:
        says = f"{total} clicks in this hour; {each_hour:.0f} are usual."
        yield _alert(figures, "unusual-clicks", "many", says)
    usual_share = usual["invalid"] / usual["clicks"] if is_compared else 0
    least = max(MANY_INVALID, 2 * usual_share) if is_compared else MANY_INVALID_WITHOUT_COMPARISON
    if invalid > least * total:
        reasons = sorted(((c, v.partition(":")[2]) for v, c in hour.items() if v.startswith("invalid")), reverse=True)
        says = f"{invalid * 100 // total} % of {total} clicks in this hour are invalid, most of them: {reasons[0][1]}."
        yield _alert(figures, "unusual-clicks", "invalid", says)


def _alert(figures, kind, key, says):
    """The id says what the alert is about: told again within the hour, or for the same budget, it is the same one."""
    at = datetime.fromisoformat(figures["at"].replace("Z", "+00:00"))
    campaign = int(figures["campaignId"])
    hour = "" if kind == "budget" else at.strftime("%Y-%m-%dT%H")
    return {
        "schema": 1,
        "type": "alert",
        "alertId": str(uuid.uuid5(NAMESPACE, f"{campaign} {kind} {key} {hour}")),
        "advertiserId": int(figures["advertiserId"]),
        "campaignId": campaign,
        "kind": kind,
        "says": says,
        "raisedAtMs": int(at.timestamp() * 1000),
    }
