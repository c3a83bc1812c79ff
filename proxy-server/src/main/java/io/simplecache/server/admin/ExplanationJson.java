package io.simplecache.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.simplecache.observe.Explanation;
import io.simplecache.policy.Reason;

/** An explanation as JSON, with the section of the RFC by which the rule decides. */
final class ExplanationJson {
  private ExplanationJson() {}

  static ObjectNode of(Explanation explanation) {
    ObjectNode json = Json.tree(explanation);
    Reason reason = explanation.reason();
    json.put("rfc", reason == null ? null : reason.section());
    return json;
  }
}
