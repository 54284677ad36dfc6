package example;

import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A function in Spring's own terms: what Lambda calls is Spring's adapter for AWS. */
@SpringBootApplication
public class App {
  @Bean
  public Function<Map<String, String>, Map<String, String>> greet() {
    return guest -> {
      if (!guest.containsKey("name")) throw new IllegalArgumentException("nobody there");
      return Map.of("greeting", "Hello, " + guest.get("name") + "!");
    };
  }
}
