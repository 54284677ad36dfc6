#!/bin/sh
# usage: launch.sh GO FOLDER COMMAND...
# Starts every program in FOLDER as an extension, waits until the file GO says that all have registered, and then runs the
# command. Asked to end by SIGTERM, it asks the command, and leaves the extensions their time. An extension that ends
# before that ends everything.
go=$1 folder=$2
shift 2
ending=
command=

stop() {
  ending=yes
  [ -z "$command" ] || kill -TERM "$command" 2>/dev/null
}
lost() {
  [ -n "$ending" ] || exit 1
}
trap stop TERM
# Of two that have come, the lower one is handled first: that all is to end counts before the end of one.
trap lost URG

for program in "$folder"/*; do
  [ -f "$program" ] && [ -x "$program" ] || continue
  (
    env -u AWS_EXECUTION_ENV -u AWS_LAMBDA_LOG_GROUP_NAME -u AWS_LAMBDA_LOG_STREAM_NAME \
      -u AWS_XRAY_CONTEXT_MISSING -u AWS_XRAY_DAEMON_ADDRESS -u LAMBDA_RUNTIME_DIR -u LAMBDA_TASK_ROOT \
      -u _AWS_XRAY_DAEMON_ADDRESS -u _AWS_XRAY_DAEMON_PORT -u _HANDLER -u MILLRACE_SOCKET "$program"
    status=$?
    echo "Extension ${program##*/} ended with exit status $status" >&2
    kill -URG $$ 2>/dev/null
  ) &
done

while [ ! -e "$go" ]; do sleep 0.01; done

"$@" &
command=$!
while :; do
  wait "$command"
  status=$?
  kill -0 "$command" 2>/dev/null || break
done
[ -z "$ending" ] || wait
exit "$status"
