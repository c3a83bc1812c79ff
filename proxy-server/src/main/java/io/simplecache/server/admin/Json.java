package io.simplecache.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.simplecache.observe.Departure;
import io.simplecache.observe.Explanation;
import io.simplecache.observe.Forward;
import io.simplecache.policy.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.function.Function;

/** Records to JSON and back. Any thread. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(Reason.class, word(Reason::token))
                  .addSerializer(Forward.class, word(Forward::token))
                  .addSerializer(Explanation.Outcome.class, word(Explanation.Outcome::token))
                  .addSerializer(Departure.Cause.class, word(Departure.Cause::text)))
          .build();

  private Json() {}

  /** Writes an enum's constant as the word that is used for it everywhere. */
  private static <E extends Enum<E>> JsonSerializer<E> word(Function<E, String> word) {
    return new JsonSerializer<>() {
      @Override
      public void serialize(E constant, JsonGenerator json, SerializerProvider provider)
          throws IOException {
        json.writeString(word.apply(constant));
      }
    };
  }

  /** Returns {@code value} as UTF-8. */
  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a record as an object that can be changed. */
  static ObjectNode tree(Record value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * Returns what a client sent.
   *
   * @throws ProblemException 400 if it is no JSON
   */
  static JsonNode read(byte[] content) throws ProblemException {
    try {
      return MAPPER.readTree(content);
    } catch (JsonProcessingException e) {
      throw ProblemException.badRequest("the content is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the same document as JSON. */
  static byte[] ofYaml(byte[] yaml) {
    try {
      return MAPPER.writeValueAsBytes(YAMLMapper.builder().build().readTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
