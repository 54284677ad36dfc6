// Takes as long as the event says.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

type event struct {
	Ms int `json:"ms"`
}

func main() {
	lambda.Start(func(asked event) (struct{}, error) {
		time.Sleep(time.Duration(asked.Ms) * time.Millisecond)
		return struct{}{}, nil
	})
}
