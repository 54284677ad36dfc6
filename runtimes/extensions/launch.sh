#!/bin/sh
# usage: launch.sh WORDS FOLDER COMMAND...
# Starts every program in FOLDER as an extension, waits until the file WORDS/go says that all have registered, and then runs
# the command. What ends by itself is told on the error output, in lines that begin with a zero byte, and the others go on:
# the platform decides. Lines that extensions print are marked in the same way. Asked to end by SIGTERM, it asks the
# command, or kills it if there is a file WORDS/kill, and leaves the extensions their time.
words=$1 folder=$2
shift 2
ending=
command=

stop() {
  ending=yes
  [ -n "$command" ] || return
  if [ -e "$words/kill" ]; then kill -KILL "$command" 2>/dev/null; else kill -TERM "$command" 2>/dev/null; fi
}
trap stop TERM

for program in "$folder"/*; do
  [ -f "$program" ] && [ -x "$program" ] || continue
  {
    {
      env -u AWS_EXECUTION_ENV -u AWS_LAMBDA_LOG_GROUP_NAME -u AWS_LAMBDA_LOG_STREAM_NAME \
        -u AWS_XRAY_CONTEXT_MISSING -u AWS_XRAY_DAEMON_ADDRESS -u LAMBDA_RUNTIME_DIR -u LAMBDA_TASK_ROOT \
        -u _AWS_XRAY_DAEMON_ADDRESS -u _AWS_XRAY_DAEMON_PORT -u _HANDLER -u MILLRACE_SOCKET "$program" 3>&-
      printf '\000lost extension %s %s\n' $? "${program##*/}" >&3
    } 2>&1 | sed -u 's/^/\x00by /' 3>&-
  } 3>&2 &
done

while [ ! -e "$words/go" ] && [ -z "$ending" ]; do sleep 0.01; done

status=0
if [ -z "$ending" ]; then
  "$@" &
  command=$!
  while :; do
    wait "$command" 2>/dev/null
    status=$?
    kill -0 "$command" 2>/dev/null || break
  done
  command=
  [ -n "$ending" ] || printf '\000lost runtime %s\n' "$status" >&2
fi
until wait 2>/dev/null; do :; done
exit "$status"
