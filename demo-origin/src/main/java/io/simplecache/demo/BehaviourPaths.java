package io.simplecache.demo;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One path per caching behaviour, all below {@value #PREFIX}.
 *
 * <table>
 *   <caption>The paths</caption>
 *   <tr><th>Path</th><th>What is special about the answer</th></tr>
 *   <tr><td>{@code max-age/{seconds}}</td><td>{@code Cache-Control: max-age}</td></tr>
 *   <tr><td>{@code s-maxage/{seconds}}</td><td>fresh for shared caches only: {@code s-maxage=n, max-age=0}</td></tr>
 *   <tr><td>{@code expires/{seconds}}</td><td>{@code Expires}, no Cache-Control</td></tr>
 *   <tr><td>{@code no-store}, {@code private}, {@code no-cache}</td><td>that directive</td></tr>
 *   <tr><td>{@code etag}</td><td>{@code ETag} only; answers 304</td></tr>
 *   <tr><td>{@code last-modified}</td><td>{@code Last-Modified} only; answers 304</td></tr>
 *   <tr><td>{@code vary/{field-name}}</td><td>{@code Vary}; the text says the field's value</td></tr>
 *   <tr><td>{@code set-cookie}</td><td>{@code Set-Cookie}</td></tr>
 *   <tr><td>{@code status/{code}}</td><td>that status, 200 to 599</td></tr>
 *   <tr><td>{@code no-store/{bytes}}</td><td>that size, {@code no-store}</td></tr>
 *   <tr><td>{@code delay/{millis}}</td><td>waits before the head</td></tr>
 *   <tr><td>{@code slow/{bytes}/{bytesPerSecond}}</td><td>comes slowly</td></tr>
 *   <tr><td>{@code size/{bytes}}</td><td>that size, up to 1g</td></tr>
 *   <tr><td>{@code chunked/{bytes}}</td><td>does not tell its size</td></tr>
 *   <tr><td>{@code tags/{a,b,c}}</td><td>{@code Surrogate-Key: a b c}, {@code Cache-Tag: a,b,c}</td></tr>
 *   <tr><td>{@code swr/{maxage}/{swr}}</td><td>{@code stale-while-revalidate}</td></tr>
 *   <tr><td>{@code sie/{maxage}/{sie}}</td><td>{@code stale-if-error}</td></tr>
 *   <tr><td>{@code broken/early-close}</td><td>closes in the middle of the body</td></tr>
 *   <tr><td>{@code broken/bad-chunk}</td><td>a chunk whose size is no number</td></tr>
 *   <tr><td>{@code broken/reset}</td><td>resets the connection instead of answering</td></tr>
 *   <tr><td>{@code broken/garbage}</td><td>bytes that are not HTTP</td></tr>
 *   <tr><td>{@code echo}</td><td>any method; says what arrived; no-store</td></tr>
 * </table>
 *
 * <p>Where the table says nothing else, answers are fresh for 60 seconds. With the query parameter
 * {@code shared} they are so for shared caches only ({@code s-maxage=60, max-age=0}), which lets a
 * browser show what the shared cache does; with {@code delay=300} the head waits as many
 * milliseconds. The field {@code Demo-Answer} numbers the answers of each path. Byte counts may end
 * in k, m or g.
 *
 * <p>Thread: any; keeps nothing but the time it was made.
 */
final class BehaviourPaths {
  static final String PREFIX = "/demo/";

  /** The paths as they are listed on the site's page. */
  static final List<String> PATTERNS =
      List.of(
          "max-age/{seconds}",
          "s-maxage/{seconds}",
          "expires/{seconds}",
          "no-store",
          "no-store/{bytes}",
          "private",
          "no-cache",
          "etag",
          "last-modified",
          "vary/{field-name}",
          "set-cookie",
          "status/{code}",
          "delay/{millis}",
          "slow/{bytes}/{bytesPerSecond}",
          "size/{bytes}",
          "chunked/{bytes}",
          "tags/{a,b,c}",
          "swr/{maxage}/{swr}",
          "sie/{maxage}/{sie}",
          "broken/early-close",
          "broken/bad-chunk",
          "broken/reset",
          "broken/garbage",
          "echo");

  private static final String ANSWER_NUMBER = "Demo-Answer";
  private static final long DEFAULT_SECONDS = 60;
  private static final long MAX_SECONDS = Integer.MAX_VALUE;
  private static final long MAX_DELAY_MILLIS = 600_000;
  private static final long MAX_BYTES = 1L << 30;
  private static final int MAX_NAME_LENGTH = 256;

  private final InstantSource clock;
  private final Instant started;

  BehaviourPaths(InstantSource clock) {
    this.clock = clock;
    this.started = HttpDates.wholeSeconds(clock.instant());
  }

  /** A part of the path that is not what it should be; the message becomes the answer. */
  private static final class BadPathException extends Exception {
    BadPathException(String message) {
      super(
          message,
          /* cause= */ null,
          /* enableSuppression= */ false,
          /* writableStackTrace= */ false);
    }
  }

  /** One request on its way through the table. */
  private record Call(OriginRequest request, List<String> parts, long number) {
    String name() {
      return parts.get(0);
    }

    /** Whether it is the one path that takes any method. */
    boolean isEcho() {
      return name().equals("echo") && parts.size() == 1;
    }

    String argument(int index) {
      return parts.get(index);
    }
  }

  /**
   * Returns the answer to a request for a path below {@value #PREFIX}.
   *
   * @param number which answer of this path it will be
   */
  Answer answer(OriginRequest request, long number) {
    List<String> parts = List.of(request.path().substring(PREFIX.length()).split("/", -1));
    Call call = new Call(request, parts, number);
    if (!call.isEcho() && !request.isRetrieval()) {
      return Answer.methodNotAllowed("GET, HEAD");
    }
    try {
      Answer answer = choose(call);
      return answer instanceof Answer.Response response ? finish(call, response) : answer;
    } catch (BadPathException e) {
      return Answer.text(HttpResponseStatus.BAD_REQUEST, "400: " + e.getMessage() + "\n");
    }
  }

  private Answer choose(Call call) throws BadPathException {
    return switch (call.parts().size()) {
      case 1 -> chooseByName(call);
      case 2 -> chooseWithOneArgument(call);
      case 3 -> chooseWithTwoArguments(call);
      default -> Answer.notFound();
    };
  }

  private Answer chooseByName(Call call) {
    return switch (call.name()) {
      case "no-store", "no-cache" -> plain(call, call.name());
      case "private" ->
          plain(call, "private, max-age=" + (isForShared(call) ? 0 : DEFAULT_SECONDS));
      case "etag" -> validated(call, "\"the-same-for-ever\"", null);
      case "last-modified" -> validated(call, null, started);
      case "set-cookie" ->
          fresh(call)
              .with(HttpHeaderNames.SET_COOKIE, "visitor=" + call.number() + "; Path=/demo/");
      case "echo" -> echo(call.request());
      default -> Answer.notFound();
    };
  }

  private Answer chooseWithOneArgument(Call call) throws BadPathException {
    String argument = call.argument(1);
    return switch (call.name()) {
      case "max-age" -> plain(call, lifetime(call, number("seconds", argument, 0, MAX_SECONDS)));
      case "s-maxage" ->
          plain(call, "s-maxage=" + number("seconds", argument, 0, MAX_SECONDS) + ", max-age=0");
      case "expires" -> expires(call, number("seconds", argument, 0, MAX_SECONDS));
      case "vary" -> vary(call, name("field-name", argument));
      case "status" -> status(call, (int) number("code", argument, 200, 599));
      case "delay" -> fresh(call).delayedBy(number("millis", argument, 0, MAX_DELAY_MILLIS));
      case "size" -> stream(call, GeneratedBody.ofSize(bytes(argument)));
      case "no-store" ->
          stream(call, GeneratedBody.ofSize(bytes(argument)))
              .with(HttpHeaderNames.CACHE_CONTROL, "no-store");
      case "chunked" -> stream(call, GeneratedBody.ofUnknownSize(bytes(argument)));
      case "tags" -> tags(call, argument);
      case "broken" -> broken(argument);
      default -> Answer.notFound();
    };
  }

  private Answer chooseWithTwoArguments(Call call) throws BadPathException {
    String first = call.argument(1);
    String second = call.argument(2);
    return switch (call.name()) {
      case "slow" -> stream(call, GeneratedBody.slow(bytes(first), Math.max(1, bytes(second))));
      case "swr" -> staleAllowed(call, first, "stale-while-revalidate", second);
      case "sie" -> staleAllowed(call, first, "stale-if-error", second);
      default -> Answer.notFound();
    };
  }

  private Answer finish(Call call, Answer.Response response) throws BadPathException {
    response.with(ANSWER_NUMBER, call.number());
    String delay = call.request().parameter("delay");
    return delay == null
        ? response
        : response.delayedBy(number("delay", delay, 0, MAX_DELAY_MILLIS));
  }

  private Answer.Response plain(Call call, String cacheControl) {
    return small(call, "").with(HttpHeaderNames.CACHE_CONTROL, cacheControl);
  }

  private Answer.Response fresh(Call call) {
    return plain(call, lifetime(call, DEFAULT_SECONDS));
  }

  /** The text of a small answer shows whether it is new. */
  private Answer.Response small(Call call, String more) {
    return Answer.text(
        HttpResponseStatus.OK,
        "%s\nanswer number %d\n%s\n%s"
            .formatted(call.request().path(), call.number(), clock.instant(), more));
  }

  private static String lifetime(Call call, long seconds) {
    return isForShared(call) ? "s-maxage=" + seconds + ", max-age=0" : "max-age=" + seconds;
  }

  private static boolean isForShared(Call call) {
    return call.request().parameter("shared") != null;
  }

  /** The text must not change while its validator stays the same. */
  private Answer.Response validated(
      Call call, @Nullable String entityTag, @Nullable Instant lastModified) {
    byte[] text =
        (call.request().path() + "\nThis text stays the same; the field Demo-Answer counts.\n")
            .getBytes(StandardCharsets.UTF_8);
    Representation representation =
        new Representation(
            "text/plain; charset=utf-8",
            entityTag,
            lastModified,
            text.length,
            /* cacheControl= */ null);
    try {
      return representation.answer(
          call.request(),
          clock.instant(),
          (offset, length) -> BodySource.of(text, (int) offset, (int) length));
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
  }

  /** Date is set here, as the lifetime is the difference of the two (RFC 9111 §4.2.1). */
  private Answer.Response expires(Call call, long seconds) {
    Instant now = clock.instant();
    return small(call, "")
        .with(HttpHeaderNames.DATE, HttpDates.format(now))
        .with(HttpHeaderNames.EXPIRES, HttpDates.format(now.plusSeconds(seconds)));
  }

  private Answer.Response vary(Call call, String fieldName) {
    String value = String.join(", ", call.request().headers().getAll(fieldName));
    return small(call, fieldName + ": " + value + "\n")
        .with(HttpHeaderNames.CACHE_CONTROL, lifetime(call, DEFAULT_SECONDS))
        .with(HttpHeaderNames.VARY, fieldName);
  }

  private Answer.Response status(Call call, int code) {
    HttpResponseStatus status = HttpResponseStatus.valueOf(code);
    boolean withoutContent = code == 204 || code == 205 || code == 304;
    Answer.Response text = fresh(call);
    Answer.Response response =
        new Answer.Response(
            status, text.headers(), withoutContent ? BodySource.of(new byte[0]) : text.body());
    if (withoutContent) {
      response.headers().remove(HttpHeaderNames.CONTENT_TYPE);
    }
    switch (code) {
      case 301, 302, 303, 307, 308 ->
          response.with(HttpHeaderNames.LOCATION, PREFIX + "max-age/" + DEFAULT_SECONDS);
      case 401 -> response.with(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"demo\"");
      case 405 -> response.with(HttpHeaderNames.ALLOW, "GET, HEAD");
      default -> {}
    }
    return response;
  }

  private static Answer.Response stream(Call call, BodySource body) {
    HttpHeaders headers =
        new DefaultHttpHeaders()
            .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
            .set(HttpHeaderNames.CACHE_CONTROL, lifetime(call, DEFAULT_SECONDS));
    return new Answer.Response(HttpResponseStatus.OK, headers, body);
  }

  private Answer.Response tags(Call call, String list) throws BadPathException {
    for (String tag : list.split(",", -1)) {
      name("tag", tag);
    }
    return fresh(call).with("Surrogate-Key", list.replace(',', ' ')).with("Cache-Tag", list);
  }

  private Answer.Response staleAllowed(Call call, String maxAge, String directive, String stale)
      throws BadPathException {
    long freshSeconds = number("maxage", maxAge, 0, MAX_SECONDS);
    long staleSeconds = number(directive, stale, 0, MAX_SECONDS);
    return plain(call, lifetime(call, freshSeconds) + ", " + directive + "=" + staleSeconds);
  }

  private static Answer echo(OriginRequest request) {
    StringBuilder text = new StringBuilder();
    text.append(request.method().name()).append(' ').append(request.target()).append('\n');
    for (Map.Entry<String, String> field : request.headers()) {
      text.append(field.getKey()).append(": ").append(field.getValue()).append('\n');
    }
    text.append('\n').append(request.bodyBytes()).append(" bytes of body\n");
    return Answer.text(HttpResponseStatus.OK, text.toString())
        .with(HttpHeaderNames.CACHE_CONTROL, "no-store");
  }

  private static Answer broken(String how) {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: max-age="
            + DEFAULT_SECONDS
            + "\r\n";
    return switch (how) {
      case "early-close" ->
          new Answer.Broken(
              head + "Content-Length: 1000\r\n\r\n" + "only a part of it\n", /* reset= */ false);
      case "bad-chunk" ->
          new Answer.Broken(
              head
                  + "Transfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\nnot-a-size\r\nsecond\n\r\n0\r\n\r\n",
              /* reset= */ false);
      case "reset" -> new Answer.Broken("", /* reset= */ true);
      case "garbage" -> new Answer.Broken("This is not HTTP, is it?\r\n\r\n", /* reset= */ false);
      default -> Answer.notFound();
    };
  }

  private static long number(String what, String digits, long min, long max)
      throws BadPathException {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= 12
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (isNumber) {
      long number = Long.parseLong(digits);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new BadPathException("%s: expected a number from %d to %d".formatted(what, min, max));
  }

  private static long bytes(String text) throws BadPathException {
    String lower = text.toLowerCase(Locale.ROOT);
    int shift = lower.endsWith("k") ? 10 : lower.endsWith("m") ? 20 : lower.endsWith("g") ? 30 : 0;
    String digits = shift == 0 ? lower : lower.substring(0, lower.length() - 1);
    return number("bytes", digits, 0, MAX_BYTES >> shift) << shift;
  }

  /**
   * Lets through what is safe in any field: a token (RFC 9110 §5.6.2) without its rarer characters.
   */
  private static String name(String what, String text) throws BadPathException {
    boolean allowed =
        !text.isEmpty()
            && text.length() <= MAX_NAME_LENGTH
            && text.chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_'
                            || c == '.');
    if (!allowed) {
      throw new BadPathException(
          what + ": expected up to " + MAX_NAME_LENGTH + " letters, digits, '-', '_' or '.'");
    }
    return text;
  }
}
