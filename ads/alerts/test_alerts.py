import json
import os
import unittest
from unittest import mock

import alerts
from judge import alerts_of


def figures(**change):
    return {
        "schema": 1,
        "type": "campaign-figures",
        "campaignId": 7,
        "advertiserId": 2,
        "at": "2026-01-31T12:34:56.789Z",
        "stopped": False,
        "limitMicros": 100_000_000,
        "spentMicros": 1,
        "hour": {"billed": 40, "invalid:bot": 9},
        "usual": {"hours": 10, "clicks": 400, "invalid": 80},
        **change,
    }


class Judgement(unittest.TestCase):
    def test_nothing_is_said_of_what_is_usual(self):
        self.assertEqual(alerts_of(figures()), [])
        self.assertEqual(alerts_of(figures(spentMicros=79_999_999)), [])
        self.assertEqual(alerts_of(figures(limitMicros=0, spentMicros=0)), [])

    def test_a_budget_nearly_spent_is_told_once_a_mark_and_a_limit(self):
        first, again = (alerts_of(figures(spentMicros=spent))[0] for spent in (80_000_000, 94_999_999))
        self.assertEqual(first["alertId"], again["alertId"])
        self.assertEqual(first["kind"], "budget")
        self.assertEqual(first["says"], "More than 80 % of the budget is spent: 20.00 of 100.00 are left.")
        self.assertEqual(first["raisedAtMs"], 1769862896789)
        nearly = alerts_of(figures(spentMicros=95_000_000))[0]
        refilled = alerts_of(figures(spentMicros=95_000_000, limitMicros=110_000_000))[0]
        self.assertEqual(len({first["alertId"], nearly["alertId"], refilled["alertId"]}), 3)

    def test_many_more_clicks_than_usual_are_told_once_an_hour(self):
        many = {"billed": 110, "invalid:bot": 11}
        (one,) = alerts_of(figures(hour=many))
        self.assertEqual((one["kind"], one["says"]), ("unusual-clicks", "121 clicks in this hour; 40 are usual."))
        (later,) = alerts_of(figures(hour=many, at="2026-01-31T12:59:59.000Z"))
        (next_hour,) = alerts_of(figures(hour=many, at="2026-01-31T13:00:00.000Z"))
        self.assertEqual(later["alertId"], one["alertId"])
        self.assertNotEqual(next_hour["alertId"], one["alertId"])
        self.assertEqual(alerts_of(figures(hour={"billed": 49}, usual={"hours": 10, "clicks": 10, "invalid": 0})), [])

    def test_unusually_many_invalid_clicks_are_told_with_their_main_reason(self):
        hour = {"billed": 50, "invalid:bot": 10, "invalid:data-centre": 41}
        (one,) = alerts_of(figures(hour=hour))
        self.assertEqual(one["says"], "50 % of 101 clicks in this hour are invalid, most of them: data-centre.")
        usual_there = {"hours": 10, "clicks": 400, "invalid": 120}
        self.assertEqual(alerts_of(figures(hour=hour, usual=usual_there)), [])

    def test_without_a_usual_only_very_many_invalid_clicks_are_told(self):
        new = {"hours": 0, "clicks": 0, "invalid": 0}
        self.assertEqual(alerts_of(figures(hour={"billed": 400, "invalid:bot": 500}, usual=new)), [])
        self.assertEqual(len(alerts_of(figures(hour={"billed": 300, "invalid:bot": 500}, usual=new))), 1)


class Handler(unittest.TestCase):
    def test_a_batch_is_judged_and_what_is_no_figures_is_reported(self):
        spent = [figures(campaignId=n, spentMicros=99_000_000) for n in range(1, 12)]
        bodies = [json.dumps(body) for body in (*spent, {}, [1], figures(type="x"), figures(hour=None))] + ["{"]
        records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
        with mock.patch.object(alerts, "sender") as sender:
            answer = alerts.handler({"Records": records}, None)
        failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
        self.assertEqual(failed, ["11", "12", "13", "14", "15"])
        sizes = [(call.args[0], len(call.args[1])) for call in sender.send.call_args_list]
        self.assertEqual(sizes, [("reports", 10), ("reports", 1)])


if __name__ == "__main__":
    os.environ.setdefault("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    unittest.main()
