// Speaks to SQS through aws-sdk-go-v2: a line {"action", "input"} in, a line {"output"} or {"error"} out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
)

type request struct {
	Action string
	Input  any
}

// Names of the cases that the SDK spells otherwise.
var renamed = map[string]map[string]string{
	"ListDeadLetterSourceQueues": {"QueueUrls": "queueUrls"},
}

func main() {
	client := sqs.New(sqs.Options{
		BaseEndpoint: aws.String(os.Args[1]),
		Region:       "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
		RetryMaxAttempts: 1,
	})
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		answer, err := json.Marshal(call(client, line))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(answer))
	}
}

// Every action is a method of the client: (context, *ActionInput, ...options) -> (*ActionOutput, error).
func call(client *sqs.Client, line []byte) map[string]any {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		panic(err)
	}
	method := reflect.ValueOf(client).MethodByName(asked.Action)
	if !method.IsValid() {
		panic("the SDK has no " + asked.Action)
	}
	input := reflect.New(method.Type().In(1).Elem())
	members, _ := json.Marshal(toBase64(asked.Input))
	if err := json.Unmarshal(members, input.Interface()); err != nil {
		panic(err)
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), input})
	if err, _ := results[1].Interface().(error); err != nil {
		return map[string]any{"error": errorOf(err)}
	}
	written, _ := json.Marshal(results[0].Interface())
	var output map[string]any
	_ = json.Unmarshal(written, &output)
	delete(output, "ResultMetadata")
	for from, to := range renamed[asked.Action] {
		output[to] = output[from]
		delete(output, from)
	}
	return map[string]any{"output": present(output)}
}

func errorOf(err error) map[string]any {
	var told smithy.APIError
	if !errors.As(err, &told) {
		panic(err)
	}
	answer := map[string]any{"code": told.ErrorCode(), "message": told.ErrorMessage()}
	var response *http.ResponseError
	if errors.As(err, &response) {
		answer["status"] = response.HTTPStatusCode()
	}
	return answer
}

// {"$bytes": BASE64} as encoding/json wants it.
func toBase64(value any) any {
	switch value := value.(type) {
	case map[string]any:
		if bytes, ok := value["$bytes"]; ok {
			return bytes
		}
		for name, member := range value {
			value[name] = toBase64(member)
		}
	case []any:
		for at, member := range value {
			value[at] = toBase64(member)
		}
	}
	return value
}

// What is nil or empty was not in the answer; bytes are marked as such.
func present(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if text, ok := member.(string); ok && name == "BinaryValue" {
				value[name] = map[string]any{"$bytes": text}
			} else if member == nil {
				delete(value, name)
			} else {
				value[name] = present(member)
			}
		}
	case []any:
		for at, member := range value {
			value[at] = present(member)
		}
	}
	return value
}
