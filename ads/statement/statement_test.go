package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

const request = `{"schema":1,"type":"statement-request","advertiserId":3,"advertiser":"Harbour Books","currency":"USD",
"day":"2026-01-31","final":true,"chargedMicros":1370000,"creditedMicros":250000,
"lines":[
 {"campaign":"Sea","publisher":"Tide","verdict":"billed","reason":"","clicks":4,"amountMicros":1000000},
 {"campaign":"Sea","publisher":"Tide","verdict":"billed","reason":"","adjustment":true,"clicks":1,"amountMicros":250000},
 {"campaign":"Land","publisher":"Byte","verdict":"billed","reason":"","clicks":1,"amountMicros":120000},
 {"campaign":"Sea","publisher":"Tide","verdict":"invalid","reason":"bot","clicks":9,"amountMicros":0},
 {"campaign":"Land","publisher":"Tide","verdict":"invalid","reason":"bot","clicks":1,"amountMicros":0},
 {"campaign":"Sea","publisher":"Tide","verdict":"free","reason":"unfunded","clicks":2,"amountMicros":0}],
"credits":[{"campaign":"Sea","reason":"bot","clicks":1,"amountMicros":250000}]}`

const want = `Statement for Harbour Books, 2026-01-31 (UTC)
final: the books of this day are closed
Amounts in USD

Charged                                                  clicks             amount
  Land at Byte                                                1               0.12
  Sea at Tide                                                 4               1.00
  Sea at Tide (adjustment: clicks of closed days)             1               0.25
Charged in all                                                6               1.37

Not charged
  invalid: bot                                               10                   
  free: unfunded                                              2                   

Credits for clicks of earlier days
  Sea: bot                                                    1              -0.25

To pay for this day                                                           1.12
`

func TestAStatementIsWrittenFromItsFigures(t *testing.T) {
	body, err := statementOf(request)
	if err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Body != want {
		t.Errorf("got\n%s\nwant\n%s", got.Body, want)
	}
	got.Body = ""
	if (got != report{1, "statement", 3, "2026-01-31", true, "", 1370000, 250000}) {
		t.Errorf("%+v", got)
	}
}

func TestNoStatementIsWrittenThatDoesNotAddUp(t *testing.T) {
	for _, change := range []string{
		strings.Replace(request, `"chargedMicros":1370000`, `"chargedMicros":1370001`, 1),
		strings.Replace(request, `"creditedMicros":250000`, `"creditedMicros":0`, 1),
		strings.Replace(request, "2026-01-31", "2026-02-31", 1),
		strings.Replace(request, "statement-request", "other", 1),
		"{", "[]", `{"schema":1}`,
	} {
		if body, err := statementOf(change); err == nil {
			t.Errorf("%s gave %s", change, body)
		}
	}
}

func TestMoneyIsNeverRounded(t *testing.T) {
	for micros, want := range map[int64]string{
		0: "0.00", 10_000: "0.01", 1: "0.000001", -250_000: "-0.25", 123_456_789: "123.456789", 5_000_000: "5.00",
	} {
		if got := money(micros); got != want {
			t.Errorf("%d gave %s, not %s", micros, got, want)
		}
	}
}

func TestABatchIsAnsweredMessageByMessage(t *testing.T) {
	payload, _ := json.Marshal(map[string]any{"Records": []map[string]string{
		{"messageId": "a", "body": request}, {"messageId": "b", "body": "{}"}, {"messageId": "c", "body": request},
	}})
	sent := 0
	answer, err := handle(payload, func(queue string, bodies []string) error {
		sent += len(bodies)
		return nil
	})
	said, _ := json.Marshal(answer)
	if err != nil || sent != 2 || string(said) != `{"batchItemFailures":[{"itemIdentifier":"b"}]}` {
		t.Errorf("%s %v %d", said, err, sent)
	}
	if _, err := handle(payload, func(string, []string) error { return errors.New("away") }); err == nil {
		t.Error("a queue that takes nothing went unnoticed")
	}
}
