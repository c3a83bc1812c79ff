package io.simplecache.key;

import io.simplecache.message.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What an operator wants to be different about keys. The origin is asked what the client asked, all
 * the same.
 *
 * @param ignoredParameters query parameters that do not select a response; a trailing {@code *}
 *     stands for any rest of the name
 * @param sortParameters whether the order of query parameters does not matter
 * @param addedFields request fields whose values are part of the key
 */
public record KeyRules(
    Set<String> ignoredParameters, boolean sortParameters, List<String> addedFields) {
  /** Keys are target URIs. */
  public static final KeyRules DEFAULTS = new KeyRules(Set.of(), false, List.of());

  /** Copies the collections. */
  public KeyRules {
    ignoredParameters = Set.copyOf(ignoredParameters);
    addedFields = List.copyOf(addedFields);
  }

  /** Returns the key of a request. */
  public CacheKey keyOf(RequestHead request) {
    String target = request.target();
    if (sortParameters || !ignoredParameters.isEmpty()) {
      target = normalQuery(target);
    }
    if (!addedFields.isEmpty()) {
      target = withFields(target, request);
    }
    return new CacheKey(request.scheme(), request.authority(), target);
  }

  /** Returns the key of another target, as it would be for a request like {@code request}. */
  public CacheKey keyOf(RequestHead request, String target) {
    return keyOf(
        new RequestHead(
            request.method(), request.scheme(), request.authority(), target, request.fields()));
  }

  private String normalQuery(String target) {
    int query = target.indexOf('?');
    if (query < 0) {
      return target;
    }
    List<String> kept = new ArrayList<>();
    for (String parameter : target.substring(query + 1).split("&", /* limit= */ -1)) {
      if (!isIgnored(parameter)) {
        kept.add(parameter);
      }
    }
    if (sortParameters) {
      // Two of one name stay in their order: it may say which of them counts.
      kept.sort(Comparator.comparing(KeyRules::nameOf));
    }
    String path = target.substring(0, query);
    return kept.isEmpty() ? path : path + "?" + String.join("&", kept);
  }

  private static String nameOf(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }

  /** To some origins a semicolon ends a parameter, too: what is behind it would be ignored here. */
  private boolean isIgnored(String parameter) {
    if (parameter.indexOf(';') >= 0) {
      return false;
    }
    String name = nameOf(parameter);
    for (String ignored : ignoredParameters) {
      boolean prefix = ignored.endsWith("*");
      if (prefix
          ? name.startsWith(ignored.substring(0, ignored.length() - 1))
          : name.equals(ignored)) {
        return true;
      }
    }
    return false;
  }

  /** A target has no line feed, so nothing that a client sends looks like another target's key. */
  private String withFields(String target, RequestHead request) {
    StringBuilder key = new StringBuilder(target);
    for (String name : addedFields) {
      // No line at all is another thing than one without a value.
      List<String> lines = request.fields().getAll(name);
      key.append('\n').append(name).append(lines.isEmpty() ? "" : ":" + String.join(",", lines));
    }
    return key.toString();
  }
}
