package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

// sender sends messages over SQS's JSON protocol, by the variables that every environment has.
type sender struct {
	variable func(string) string
	client   *http.Client
	urls     map[string]string
}

func newSender(variable func(string) string) *sender {
	return &sender{variable, &http.Client{Timeout: 5 * time.Second}, map[string]string{}}
}

// send returns when up to ten bodies are durable in the queue.
func (s *sender) send(queue string, bodies []string) error {
	if s.urls[queue] == "" {
		var found struct{ QueueUrl string }
		if err := s.ask("GetQueueUrl", map[string]any{"QueueName": queue}, &found); err != nil {
			return err
		}
		s.urls[queue] = found.QueueUrl
	}
	entries := make([]map[string]string, len(bodies))
	for number, body := range bodies {
		entries[number] = map[string]string{"Id": fmt.Sprint(number), "MessageBody": body}
	}
	var answer struct{ Failed []json.RawMessage }
	if err := s.ask("SendMessageBatch", map[string]any{"QueueUrl": s.urls[queue], "Entries": entries}, &answer); err != nil {
		return err
	}
	if len(answer.Failed) > 0 {
		return fmt.Errorf("the queue %s refused messages: %s", queue, answer.Failed[0])
	}
	return nil
}

func (s *sender) ask(action string, parameters any, answer any) error {
	body, err := json.Marshal(parameters)
	if err != nil {
		return err
	}
	address, err := url.Parse(s.variable("AWS_ENDPOINT_URL"))
	if err != nil {
		return err
	}
	address.Path = "/"
	request, err := http.NewRequest(http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	headers := map[string]string{
		"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS." + action, "host": address.Host,
	}
	for name, value := range s.signed(headers, body, time.Now().UTC()) {
		request.Header.Set(name, value)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s was answered %s: %.300s", action, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

// signed answers the headers of a POST to / with AWS Signature Version 4; all of them are signed.
func (s *sender) signed(headers map[string]string, body []byte, now time.Time) map[string]string {
	moment := now.Format("20060102T150405Z")
	region := s.variable("AWS_REGION")
	headers["x-amz-date"] = moment
	if token := s.variable("AWS_SESSION_TOKEN"); token != "" {
		headers["x-amz-security-token"] = token
	}
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	sort.Strings(names)
	lines := []string{"POST", "/", ""}
	for _, name := range names {
		lines = append(lines, name+":"+strings.TrimSpace(headers[name]))
	}
	signedNames := strings.Join(names, ";")
	canonical := strings.Join(append(lines, "", signedNames, hash(body)), "\n")
	scope := moment[:8] + "/" + region + "/sqs/aws4_request"
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", moment, scope, hash([]byte(canonical))}, "\n")
	key := []byte("AWS4" + s.variable("AWS_SECRET_ACCESS_KEY"))
	for _, step := range []string{moment[:8], region, "sqs", "aws4_request"} {
		key = mac(key, step)
	}
	headers["authorization"] = fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		s.variable("AWS_ACCESS_KEY_ID"), scope, signedNames, hex.EncodeToString(mac(key, toSign)))
	return headers
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(text))
	return sum.Sum(nil)
}
