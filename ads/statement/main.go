// The function `statement`: writes out the day of one advertiser from its figures.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type event struct {
	Records []struct {
		MessageID string `json:"messageId"`
		Body      string `json:"body"`
	} `json:"Records"`
}

type itemFailure struct {
	ItemIdentifier string `json:"itemIdentifier"`
}

type batchResponse struct {
	BatchItemFailures []itemFailure `json:"batchItemFailures"`
}

func main() {
	sender := newSender(os.Getenv)
	if err := serve(os.Getenv("AWS_LAMBDA_RUNTIME_API"), func(payload []byte) (any, error) {
		return handle(payload, sender.send)
	}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// handle writes the statements of one batch; messages whose figures do not add up are reported as failed. An error
// means that the queue took nothing: the whole batch comes again.
func handle(payload []byte, send func(queue string, bodies []string) error) (any, error) {
	var batch event
	if err := json.Unmarshal(payload, &batch); err != nil {
		return nil, err
	}
	answer := batchResponse{BatchItemFailures: []itemFailure{}}
	var bodies []string
	for _, record := range batch.Records {
		body, err := statementOf(record.Body)
		if err != nil {
			fmt.Printf("Message %s gives no statement: %v\n", record.MessageID, err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, itemFailure{record.MessageID})
			continue
		}
		bodies = append(bodies, body)
	}
	for _, body := range bodies {
		if err := send("reports", []string{body}); err != nil {
			return nil, err
		}
	}
	return answer, nil
}
