package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** How far OPTIONS and TRACE may go (RFC 9110 §7.6.2). What is no number does not count. */
final class MaxForwards {
  private MaxForwards() {}

  /** Returns whether this request may not be forwarded. */
  static boolean isLastStop(RequestHead request) {
    Integer left = left(request);
    return left != null && left == 0;
  }

  /** Takes one from what the outgoing request says. */
  static void decrement(RequestHead request, HttpHeaders outgoing) {
    Integer left = left(request);
    if (left != null) {
      outgoing.set(HttpHeaderNames.MAX_FORWARDS, left - 1);
    }
  }

  private static @Nullable Integer left(RequestHead request) {
    boolean counted =
        request.method().equals(HttpMethod.OPTIONS) || request.method().equals(HttpMethod.TRACE);
    String value = counted ? request.fields().get(HttpHeaderNames.MAX_FORWARDS) : null;
    return value != null && value.matches("\\d{1,9}") ? Integer.valueOf(value) : null;
  }
}
