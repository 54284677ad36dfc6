package example

import com.amazonaws.services.lambda.runtime.Context
import com.amazonaws.services.lambda.runtime.RequestHandler
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure
import com.amazonaws.services.lambda.runtime.events.SQSEvent

/** Handles orders from a queue. One that is no whole number stays there alone; its batch is not held back. */
class Orders : RequestHandler<SQSEvent, SQSBatchResponse> {
    override fun handleRequest(event: SQSEvent, context: Context): SQSBatchResponse {
        val (good, bad) = event.records.partition { it.body.toIntOrNull() != null }
        good.forEach { println("order ${it.body}") }
        return SQSBatchResponse(bad.map { BatchItemFailure(it.messageId) })
    }
}

class NobodyThere(message: String) : RuntimeException(message)

class Greeting {
    fun greet(guest: Map<String, String>): Map<String, String> {
        val name = guest["name"] ?: throw NobodyThere("nobody there")
        println("greeting $name")
        return mapOf("name" to "Hello, $name!")
    }
}
