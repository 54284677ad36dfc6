package example;

import java.util.Map;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Sends a message to the queue that the event names, with the AWS SDK as it comes. */
public class Forwarder {
  private final SqsClient sqs = SqsClient.builder().httpClient(UrlConnectionHttpClient.create()).build();

  public Map<String, String> forward(Map<String, String> event) {
    String url = sqs.getQueueUrl(request -> request.queueName(event.get("queue"))).queueUrl();
    String id = sqs.sendMessage(request -> request.queueUrl(url).messageBody(event.get("text"))).messageId();
    return Map.of("messageId", id);
  }
}
