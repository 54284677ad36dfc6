package bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** Takes as long as the event says. */
public class Sleep implements RequestHandler<Map<String, Integer>, Map<String, String>> {
    @Override
    public Map<String, String> handleRequest(Map<String, Integer> event, Context context) {
        try {
            Thread.sleep(event.getOrDefault("ms", 0));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return Map.of();
    }
}
