/*
 * Adds up the numbers that a queue brings, and prints the sum. A message that is no number is reported, and comes again
 * alone. Whoever invokes it with other events gets them back. It speaks the Runtime API by itself, and needs no library.
 *
 *     make -C examples/c && millrace deploy examples/c --queue numbers
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define INVOCATION "/2018-06-01/runtime/invocation/"
#define MOST_HEADERS 65536

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* One connection for each request: the answer ends where its length says. */
static FILE *ask(const char *method, const char *path, const char *body) {
  char host[256];
  snprintf(host, sizeof host, "%s", getenv("AWS_LAMBDA_RUNTIME_API"));
  char *port = strchr(host, ':');
  *port++ = 0;
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *address;
  if (getaddrinfo(host, port, &hints, &address) != 0) fail(host);
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, address->ai_addr, address->ai_addrlen) != 0) fail("connect");
  freeaddrinfo(address);
  FILE *stream = fdopen(connection, "r+");
  fprintf(stream, "%s " INVOCATION "%s HTTP/1.1\r\nHost: runtime\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
          method, path, strlen(body), body);
  fflush(stream);
  return stream;
}

/* Waits for the next event; the caller frees it. */
static char *next(char *id, size_t id_size) {
  FILE *answer = ask("GET", "next", "");
  static char line[MOST_HEADERS];
  size_t length = 0;
  while (fgets(line, sizeof line, answer) != NULL && strcmp(line, "\r\n") != 0) {
    char *value = strchr(line, ':');
    if (value == NULL) continue;
    *value++ = 0;
    value += strspn(value, " ");
    value[strcspn(value, "\r\n")] = 0;
    if (strcasecmp(line, "content-length") == 0) length = strtoul(value, NULL, 10);
    if (strcasecmp(line, "lambda-runtime-aws-request-id") == 0) snprintf(id, id_size, "%s", value);
  }
  char *event = calloc(length + 1, 1);
  if (event == NULL || fread(event, 1, length, answer) != length) fail("event");
  fclose(answer);
  return event;
}

static void reply(const char *id, const char *kind, const char *body) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", id, kind);
  FILE *answer = ask("POST", path, body);
  while (fgetc(answer) != EOF) continue;
  fclose(answer);
}

/* The text behind `"name":"`, and where to look for the next. Enough for ids and numbers; a program with more to read takes a JSON library. */
static const char *member(const char *from, const char *name, char *text, size_t size) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\":\"", name);
  const char *found = strstr(from, key);
  if (found == NULL) return NULL;
  found += strlen(key);
  snprintf(text, size, "%.*s", (int)strcspn(found, "\""), found);
  return found;
}

/* Prints the sum; answers with the messages that are no numbers. The caller frees the answer. */
static char *add_up(const char *event) {
  char id[128], body[128], *answer, *end;
  size_t size;
  long sum = 0;
  int failures = 0;
  FILE *out = open_memstream(&answer, &size);
  fputs("{\"batchItemFailures\":[", out);
  while ((event = member(event, "messageId", id, sizeof id)) != NULL) {
    event = member(event, "body", body, sizeof body);
    long number = strtol(body, &end, 10);
    if (end != body && *end == 0) sum += number;
    else fprintf(out, "%s{\"itemIdentifier\":\"%s\"}", failures++ == 0 ? "" : ",", id);
  }
  fputs("]}", out);
  fclose(out);
  printf("sum %ld, %d no numbers\n", sum, failures);
  return answer;
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (;;) {
    char id[64];
    char *event = next(id, sizeof id);
    if (strstr(event, "\"Records\":") != NULL) {
      char *answer = add_up(event);
      reply(id, "response", answer);
      free(answer);
    } else if (*event == '{') {
      reply(id, "response", event);
    } else {
      reply(id, "error", "{\"errorType\":\"NotAnObject\",\"errorMessage\":\"the event is no object\"}");
    }
    free(event);
  }
}
