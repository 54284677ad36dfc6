package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// serve asks the Runtime API for events one after the other and answers each, as AWS documents it for custom
// runtimes. It returns only when the API cannot be reached.
func serve(api string, handle func(payload []byte) (any, error)) error {
	base := "http://" + api + "/2018-06-01/runtime/invocation/"
	// Events may be long in coming: no time-out.
	client := &http.Client{}
	for {
		next, err := client.Get(base + "next")
		if err != nil {
			return err
		}
		payload, err := io.ReadAll(next.Body)
		next.Body.Close()
		if err != nil {
			return err
		}
		id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		where, answer := "/response", any(nil)
		if answer, err = handle(payload); err != nil {
			where, answer = "/error", map[string]string{"errorType": "StatementFailed", "errorMessage": err.Error()}
		}
		body, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		done, err := client.Post(base+id+where, "application/json", bytes.NewReader(body))
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, done.Body)
		done.Body.Close()
		if done.StatusCode >= 300 {
			fmt.Printf("The Runtime API answered %s\n", done.Status)
		}
	}
}
