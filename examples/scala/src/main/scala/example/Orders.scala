package example

import com.amazonaws.services.lambda.runtime.{Context, RequestHandler}
import com.amazonaws.services.lambda.runtime.events.{SQSBatchResponse, SQSEvent}
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure

import java.util
import scala.jdk.CollectionConverters.*

/** Handles orders from a queue. One that is no whole number stays there alone; its batch is not held back. */
class Orders extends RequestHandler[SQSEvent, SQSBatchResponse]:
  override def handleRequest(event: SQSEvent, context: Context): SQSBatchResponse =
    val (good, bad) = event.getRecords.asScala.toList.partition(_.getBody.toIntOption.isDefined)
    good.foreach(message => println(s"order ${message.getBody}"))
    SQSBatchResponse(bad.map(message => BatchItemFailure(message.getMessageId)).asJava)

class NobodyThere(message: String) extends RuntimeException(message)

class Greeting:
  def greet(guest: util.Map[String, String]): util.Map[String, String] =
    val name = Option(guest.get("name")).getOrElse(throw NobodyThere("nobody there"))
    println(s"greeting $name")
    util.Map.of("name", s"Hello, $name!")
