package io.simplecache.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;

/** What {@code /explain} answers, written for a terminal. Pure. */
final class ExplanationText {
  private final StringBuilder text = new StringBuilder(1024);

  private ExplanationText() {}

  static String of(JsonNode explanation) {
    ExplanationText writer = new ExplanationText();
    writer.write(explanation);
    return writer.text.toString();
  }

  private void write(JsonNode explanation) {
    int status = explanation.path("status").asInt();
    line(
        "%s%s  %s",
        explanation.path("outcome").asText().toUpperCase(Locale.ROOT),
        status == 0 ? "" : " " + status,
        explanation.path("key").asText());
    if (explanation.hasNonNull("reason")) {
      line("because of: %s (%s)", explanation.path("reason").asText(), rfc(explanation));
    }
    steps(explanation.path("steps"));
    int number = 0;
    for (JsonNode variant : explanation.path("variants")) {
      variant(++number, variant);
    }
    fields("The main server would be asked with", explanation.path("originRequest"));
  }

  private static String rfc(JsonNode explanation) {
    return explanation.path("rfc").asText("no RFC");
  }

  private void steps(JsonNode steps) {
    if (steps.size() > 0) {
      line("");
    }
    int number = 0;
    for (JsonNode step : steps) {
      line("%3d. %s", ++number, step.asText());
    }
  }

  private void variant(int number, JsonNode variant) {
    line("");
    line(
        "Stored response %d%s: status %d, %s, %s",
        number,
        variant.path("selected").asBoolean() ? " (the one that is used)" : "",
        variant.path("status").asInt(),
        variant.path("fresh").asBoolean() ? "fresh" : "stale",
        variant.path("matches").asBoolean() ? "fits the request" : "does not fit the request");
    fact(
        "age",
        "%,d s: %,d s when it came, %,d s since"
            .formatted(
                variant.path("currentAgeSeconds").asLong(),
                variant.path("apparentAgeSeconds").asLong(),
                variant.path("residentSeconds").asLong()));
    fact(
        "lifetime",
        "%,d s (%s)"
            .formatted(
                variant.path("freshnessLifetimeSeconds").asLong(),
                variant.path("lifetimeSource").asText()));
    fact(
        "size",
        "%,d bytes, %,d of memory"
            .formatted(variant.path("bodyBytes").asLong(), variant.path("weightBytes").asLong()));
    JsonNode varying = variant.path("varyingFields");
    for (int i = 0; i < varying.size(); i++) {
      fact(
          "vary",
          "%s: stored %s, asked %s"
              .formatted(
                  varying.get(i).asText(),
                  value(variant.path("storedValues").path(i)),
                  value(variant.path("requestValues").path(i))));
    }
    fields("  its fields", variant.path("fields"));
  }

  private static String value(JsonNode value) {
    return value.isTextual() ? "'" + value.asText() + "'" : "none";
  }

  private void fact(String name, String value) {
    line("  %-9s %s", name, value);
  }

  private void fields(String title, JsonNode fields) {
    if (fields.size() == 0) {
      return;
    }
    if (!title.startsWith(" ")) {
      line("");
    }
    line("%s:", title);
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      for (JsonNode value : field.getValue()) {
        line("    %s: %s", field.getKey(), value.asText());
      }
    }
  }

  private void line(String form, Object... values) {
    text.append(Printable.of(String.format(Locale.ROOT, form, values))).append('\n');
  }
}
