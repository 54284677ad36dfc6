"""The walk of one message by boto3 alone: queue, function, mapping, message, dead letter. Prints one JSON object."""

import io
import json
import sys
import zipfile

import boto3

settings = dict(
    endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
)
sqs = boto3.client("sqs", **settings)
functions = boto3.client("lambda", **settings)


def zipped(source):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("index.mjs", source)
    return buffer.getvalue()


dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
work = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "3", "RedrivePolicy": policy})["QueueUrl"]
source = sqs.get_queue_attributes(QueueUrl=work, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

handler = "export const handler = async (event) => { console.log('seen'); if (event.Records) throw new Error('no'); return 1; };"
functions.create_function(
    FunctionName="walk",
    Role="arn:aws:iam::000000000000:role/any",
    Runtime="nodejs22.x",
    Handler="index.handler",
    Code={"ZipFile": zipped(handler)},
)
functions.get_waiter("function_active_v2").wait(FunctionName="walk", WaiterConfig={"Delay": 1})
functions.update_function_configuration(FunctionName="walk", MemorySize=256)
functions.get_waiter("function_updated_v2").wait(FunctionName="walk", WaiterConfig={"Delay": 1})
answer = functions.invoke(FunctionName="walk", LogType="Tail", Payload=b"{}")
functions.create_event_source_mapping(FunctionName="walk", EventSourceArn=source, BatchSize=10)
sqs.send_message(QueueUrl=work, MessageBody="one click")
received = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=20)
print(
    json.dumps(
        {
            "answer": json.loads(answer["Payload"].read()),
            "log": answer["LogResult"],
            "memory": functions.get_function(FunctionName="walk")["Configuration"]["MemorySize"],
            "dead": [message["Body"] for message in received.get("Messages", [])],
        }
    )
)
