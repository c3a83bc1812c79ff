package io.simplecache.policy;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.message.HttpDates;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Heads for tables. Field lines are separated by {@code ~}; {@code {T}}, {@code {T+60}} and {@code
 * {T-60}} are dates around {@link #T}.
 */
final class Heads {
  /** Tue, 14 Nov 2023 22:13:20 GMT, where all tables start. */
  static final long T = 1_700_000_000_000L;

  private static final Pattern DATE = Pattern.compile("\\{T([+-]\\d+)?}");

  private Heads() {}

  static HttpHeaders fields(@Nullable String lines) {
    HttpHeaders fields =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    if (lines == null) {
      return fields;
    }
    for (String line : withDates(lines).split("~", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.add(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  static String withDates(String text) {
    return DATE.matcher(text).replaceAll(match -> date(match.group(1)));
  }

  private static String date(@Nullable String offset) {
    long seconds = offset == null ? 0 : Long.parseLong(offset);
    return HttpDates.format(T + seconds * 1000);
  }

  static RequestHead request(String method, @Nullable String lines) {
    return request(method, "/a", lines);
  }

  static RequestHead request(String method, String target, @Nullable String lines) {
    return new RequestHead(HttpMethod.valueOf(method), "http", "example", target, fields(lines));
  }

  static RequestHead get(@Nullable String lines) {
    return request("GET", lines);
  }

  static ResponseHead response(int status, @Nullable String lines) {
    return new ResponseHead(HttpResponseStatus.valueOf(status), fields(lines));
  }

  /** A 200, which names its Date unless it says otherwise itself. */
  static ResponseHead ok(@Nullable String lines) {
    ResponseHead head = response(200, lines);
    if (!head.fields().contains("date")) {
      head.fields().set("Date", HttpDates.format(T));
    }
    return head;
  }

  /** Terms of a response that was asked for and received at {@link #T}. */
  static ReuseTerms terms(ResponseHead response, CacheRules rules) {
    return ReuseTerms.of(response, T, T, rules);
  }

  static ReuseTerms terms(@Nullable String lines) {
    return terms(ok(lines), CacheRules.DEFAULTS);
  }

  static RequestDirectives asks(@Nullable String cacheControl) {
    return RequestDirectives.of(
        fields(cacheControl == null ? null : "Cache-Control: " + cacheControl));
  }

  /** All fields, sorted, in one line: {@code a: 1 ~ b: 2}. */
  static String text(HttpHeaders fields) {
    TreeSet<String> lines = new TreeSet<>();
    fields.forEach(entry -> lines.add(entry.getKey() + ": " + entry.getValue()));
    return String.join(" ~ ", lines);
  }
}
