package io.simplecache.benchmarks.parts;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.body.MemoryBudget;
import io.simplecache.body.SharedBody;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.ReuseTerms;
import io.simplecache.store.StoredResponse;
import java.nio.charset.StandardCharsets;

/** What the benchmarks have in common: a request such as browsers send, and its stored response. */
final class Sample {
  static final long NOW_MILLIS = 1_700_000_000_000L;
  static final String AUTHORITY = "www.example.com";
  static final int BODY_BYTES = 1024;

  /** A request on the wire, with the fields of a browser. */
  static final String REQUEST =
      String.join(
          "\r\n",
          "GET /articles/42?page=7 HTTP/1.1",
          "Host: www.example.com",
          "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
          "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
          "Accept-Language: en-US,en;q=0.5",
          "Accept-Encoding: gzip, deflate, br",
          "Cookie: theme=dark",
          "Connection: keep-alive",
          "",
          "");

  private static final SharedBody.Writer NOBODY =
      new SharedBody.Writer() {
        @Override
        public void onDrained() {}

        @Override
        public void onAbandoned() {}
      };

  private Sample() {}

  /**
   * Returns a request on the wire.
   *
   * @param client {@code browser}, or {@code wrk}, which sends no field but Host
   */
  static byte[] requestBytes(String client, String target) {
    String fromWrk = "GET /articles/42?page=7 HTTP/1.1\r\nHost: " + AUTHORITY + "\r\n\r\n";
    return (client.equals("browser") ? REQUEST : fromWrk)
        .replace("/articles/42?page=7", target)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static RequestHead request(String target) {
    HttpHeaders fields =
        new DefaultHttpHeaders()
            .add("Host", AUTHORITY)
            .add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101")
            .add("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
            .add("Accept-Language", "en-US,en;q=0.5")
            .add("Accept-Encoding", "gzip, deflate, br");
    return new RequestHead(HttpMethod.GET, "http", AUTHORITY, target, fields);
  }

  static ResponseHead response() {
    HttpHeaders fields =
        new DefaultHttpHeaders()
            .add("Date", "Tue, 14 Nov 2023 22:13:20 GMT")
            .add("Content-Type", "text/html; charset=utf-8")
            .add("Cache-Control", "public, max-age=3600")
            .add("ETag", "\"400-655-1a\"")
            .add("Last-Modified", "Tue, 14 Nov 2023 20:00:00 GMT");
    return new ResponseHead(HttpResponseStatus.OK, fields);
  }

  static ReuseTerms terms() {
    return ReuseTerms.of(response(), NOW_MILLIS, NOW_MILLIS, CacheRules.DEFAULTS);
  }

  /** Returns a growing body of which the caller holds the first reference. */
  static SharedBody growingBody(MemoryBudget budget, long expectedBytes, EventLoop loop) {
    return SharedBody.retaining(budget, expectedBytes, /* windowBytes= */ 128 * 1024, loop, NOBODY);
  }

  /** Returns a stored response of {@value #BODY_BYTES} bytes, to be given to a store. */
  static StoredResponse stored(CacheKey key, MemoryBudget budget, EventLoop loop) {
    SharedBody body = growingBody(budget, BODY_BYTES, loop);
    body.append(Unpooled.wrappedBuffer(new byte[BODY_BYTES]));
    body.complete();
    body.settle();
    return new StoredResponse(key, VariantKey.NONE, response(), terms(), body, /* moment= */ 0);
  }
}
