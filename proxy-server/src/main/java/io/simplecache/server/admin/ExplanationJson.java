package io.simplecache.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.simplecache.observe.Explanation;
import io.simplecache.policy.Reason;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** An explanation as JSON, without what a client would not want others to see. */
final class ExplanationJson {
  private static final Set<String> SECRET =
      Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "set-cookie2");
  private static final String HIDDEN = "(hidden)";

  private ExplanationJson() {}

  static ObjectNode of(Explanation explanation) {
    ObjectNode json = Json.tree(explanation);
    Reason reason = explanation.reason();
    json.put("rfc", reason == null ? null : reason.section());
    hide(json.path("originRequest"));
    for (JsonNode variant : json.path("variants")) {
      hide(variant.path("fields"));
      JsonNode varying = variant.path("varyingFields");
      for (int i = 0; i < varying.size(); i++) {
        if (SECRET.contains(varying.get(i).asText().toLowerCase(Locale.ROOT))) {
          hide(variant.path("storedValues"), i);
          hide(variant.path("requestValues"), i);
        }
      }
    }
    return json;
  }

  private static void hide(JsonNode values, int index) {
    if (values instanceof ArrayNode array && array.hasNonNull(index)) {
      array.set(index, HIDDEN);
    }
  }

  private static void hide(JsonNode fields) {
    if (fields instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        if (SECRET.contains(field.getKey().toLowerCase(Locale.ROOT))) {
          object.put(field.getKey(), HIDDEN);
        }
      }
    }
  }
}
