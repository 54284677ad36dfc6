// Functions in Go as people write them; the name of the handler says which one it is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing/iotest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-lambda-go/lambdaurl"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
	"github.com/go-chi/chi/v5"
)

func main() {
	switch os.Getenv("_HANDLER") {
	case "charge":
		lambda.Start(charge)
	case "answer":
		lambda.Start(answer)
	case "send":
		lambda.Start(send)
	case "url":
		lambdaurl.Start(http.HandlerFunc(page))
	case "broken":
		lambda.Start(broken)
	case "chi":
		lambda.Start(httpadapter.NewV2(router()).ProxyWithContext)
	default:
		fmt.Fprintln(os.Stderr, "no such handler")
		os.Exit(3)
	}
}

// charge reports the records that are no orders.
func charge(_ context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	var failed []events.SQSBatchItemFailure
	for _, record := range batch.Records {
		var order struct{ Amount int }
		if err := json.Unmarshal([]byte(record.Body), &order); err != nil {
			failed = append(failed, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
			continue
		}
		fmt.Println("charged", order.Amount)
	}
	return events.SQSEventResponse{BatchItemFailures: failed}, nil
}

type noBudget struct{ of string }

func (e noBudget) Error() string { return "no budget: " + e.of }

// answer does what the event says.
func answer(ctx context.Context, event struct{ Do string }) (map[string]any, error) {
	switch event.Do {
	case "fail":
		return nil, noBudget{"Ada"}
	case "wrap":
		return nil, fmt.Errorf("outer: %w", errors.New("inner"))
	case "panic":
		var nobody *noBudget
		return nil, errors.New(nobody.of)
	case "exit":
		os.Exit(7)
	}
	fmt.Println("by print")
	fmt.Fprintln(os.Stderr, "to stderr")
	fmt.Print("without an end")
	told, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return map[string]any{
		"function": lambdacontext.FunctionName,
		"version":  lambdacontext.FunctionVersion,
		"memory":   lambdacontext.MemoryLimitInMB,
		"arn":      told.InvokedFunctionArn,
		"request":  len(told.AwsRequestID),
		"deadline": deadline.IsZero(),
	}, nil
}

// send puts a message into the queue that the event names.
func send(ctx context.Context, event struct{ URL string }) (string, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", err
	}
	sent, err := sqs.NewFromConfig(settings).SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl:    aws.String(event.URL),
		MessageBody: aws.String("from inside"),
	})
	if err != nil {
		return "", err
	}
	return *sent.MessageId, nil
}

// page answers in pieces, each at once.
func page(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(http.StatusCreated)
	for _, piece := range []string{r.Method + " ", r.URL.Path + " ", string(body)} {
		fmt.Fprint(w, piece)
	}
}

// broken answers with something that cannot be read to its end.
func broken() (io.Reader, error) {
	return io.MultiReader(strings.NewReader("begun"), iotest.ErrReader(noBudget{"Grace"})), nil
}

func router() http.Handler {
	routes := chi.NewRouter()
	routes.Post("/{place}", func(w http.ResponseWriter, r *http.Request) {
		var guest struct{ Name string }
		if err := json.NewDecoder(r.Body).Decode(&guest); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "Hello %s in %s, %s", guest.Name, chi.URLParam(r, "place"), r.URL.Query().Get("loud"))
	})
	return routes
}
