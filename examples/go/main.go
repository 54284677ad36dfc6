// Answers an invocation with a greeting, and prints one for each message of a queue. A message that is no JSON is
// reported, and comes again alone.
//
//	millrace deploy examples/go --queue greetings
package main

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

type guest struct {
	Name string `json:"name"`
}

// event is whom to greet, or messages that each say so.
type event struct {
	guest
	events.SQSEvent
}

type greeting struct {
	Greeting string `json:"greeting"`
}

func main() {
	lambda.Start(handle)
}

func handle(told event) (any, error) {
	if told.Records == nil {
		return greeting{told.hello()}, nil
	}
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, message := range told.Records {
		var who guest
		if err := json.Unmarshal([]byte(message.Body), &who); err != nil {
			fmt.Println(message.MessageId, err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
			continue
		}
		fmt.Println(who.hello())
	}
	return answer, nil
}

func (g guest) hello() string {
	if g.Name == "" {
		return "Hello, world!"
	}
	return "Hello, " + g.Name + "!"
}
