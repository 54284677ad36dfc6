import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.retry.RetryPolicy;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.utils.builder.Buildable;

/** Speaks to SQS through the AWS SDK for Java 2: a line {"action", "input"} in, a line {"output"} or {"error"} out. */
public final class SqsLines {
  private static final String MODEL = "software.amazon.awssdk.services.sqs.model.";

  public static void main(String[] arguments) throws Exception {
    var credentials = AwsBasicCredentials.create("test", "test");
    var client = SqsClient.builder()
        .endpointOverride(URI.create(arguments[0]))
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(settings -> settings.retryPolicy(RetryPolicy.none()))
        .build();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var writer = JsonWriter.create();
      write(writer, call(client, JsonNode.parser().parse(line).asObject()));
      out.println(new String(writer.getBytes(), StandardCharsets.UTF_8));
    }
  }

  private static Map<String, Object> call(SqsClient client, Map<String, JsonNode> asked) throws Exception {
    var action = asked.get("action").asString();
    var type = Class.forName(MODEL + action + "Request");
    var builder = (SdkPojo) type.getMethod("builder").invoke(null);
    fill(builder, asked.get("input"));
    var request = ((Buildable) builder).build();
    var method = client.getClass().getMethod(action.substring(0, 1).toLowerCase() + action.substring(1), type);
    method.setAccessible(true);
    try {
      return Map.of("output", members((SdkPojo) method.invoke(client, request)));
    } catch (java.lang.reflect.InvocationTargetException thrown) {
      if (!(thrown.getCause() instanceof SqsException told)) throw thrown;
      var details = told.awsErrorDetails();
      var error = Map.of("code", details.errorCode(), "message", details.errorMessage(), "status", told.statusCode());
      return Map.of("error", error);
    }
  }

  private static void fill(SdkPojo builder, JsonNode input) {
    for (SdkField<?> field : builder.sdkFields()) {
      var value = input.asObject().get(field.memberName());
      if (value != null) field.set(builder, valueOf(field, value));
    }
  }

  private static Object valueOf(SdkField<?> field, JsonNode value) {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.STRING) return value.asString();
    if (type == MarshallingType.INTEGER) return Integer.valueOf(value.asNumber());
    if (type == MarshallingType.LONG) return Long.valueOf(value.asNumber());
    if (type == MarshallingType.SDK_BYTES) {
      var base64 = value.asObject().get("$bytes").asString();
      return SdkBytes.fromByteArray(java.util.Base64.getDecoder().decode(base64));
    }
    if (type == MarshallingType.LIST) {
      var element = field.getTrait(ListTrait.class).memberFieldInfo();
      var list = new ArrayList<Object>();
      for (var item : value.asArray()) list.add(valueOf(element, item));
      return list;
    }
    if (type == MarshallingType.MAP) {
      var element = field.getTrait(MapTrait.class).valueFieldInfo();
      var map = new LinkedHashMap<String, Object>();
      value.asObject().forEach((name, item) -> map.put(name, valueOf(element, item)));
      return map;
    }
    var inner = field.constructor().get();
    fill(inner, value);
    return ((Buildable) inner).build();
  }

  private static Map<String, Object> members(SdkPojo pojo) {
    var members = new LinkedHashMap<String, Object>();
    for (SdkField<?> field : pojo.sdkFields()) {
      var value = plain(field.getValueOrDefault(pojo));
      if (value != null) members.put(field.memberName(), value);
    }
    return members;
  }

  /** What the SDK made up for an absent list or map is empty, and was not in the answer. */
  private static Object plain(Object value) {
    if (value instanceof SdkBytes bytes) {
      return Map.of("$bytes", java.util.Base64.getEncoder().encodeToString(bytes.asByteArray()));
    }
    if (value instanceof SdkPojo pojo) return members(pojo);
    if (value instanceof List<?> list) return list.isEmpty() ? null : list.stream().map(SqsLines::plain).toList();
    if (!(value instanceof Map<?, ?> map)) return value;
    if (map.isEmpty()) return null;
    var members = new LinkedHashMap<String, Object>();
    map.forEach((name, item) -> members.put(String.valueOf(name), plain(item)));
    return members;
  }

  private static void write(JsonWriter writer, Object value) {
    if (value instanceof Map<?, ?> map) {
      writer.writeStartObject();
      map.forEach((name, item) -> {
        writer.writeFieldName(String.valueOf(name));
        write(writer, item);
      });
      writer.writeEndObject();
    } else if (value instanceof List<?> list) {
      writer.writeStartArray();
      list.forEach(item -> write(writer, item));
      writer.writeEndArray();
    } else if (value instanceof Integer number) writer.writeValue(number);
    else if (value instanceof Long number) writer.writeValue(number);
    else if (value instanceof Boolean flag) writer.writeValue(flag);
    else writer.writeValue(String.valueOf(value));
  }
}
