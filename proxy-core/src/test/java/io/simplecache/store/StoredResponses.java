package io.simplecache.store;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.body.MemoryBudget;
import io.simplecache.body.SharedBody;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.CacheRules;
import io.simplecache.policy.ReuseTerms;
import java.util.List;

/** Makes stored responses as a flight does; on one event loop. */
final class StoredResponses {
  private static final SharedBody.Writer NOBODY =
      new SharedBody.Writer() {
        @Override
        public void onDrained() {}

        @Override
        public void onAbandoned() {}
      };

  private final MemoryBudget budget;
  private final EventLoop loop;

  StoredResponses(MemoryBudget budget, EventLoop loop) {
    this.budget = budget;
    this.loop = loop;
  }

  static CacheKey key(String target) {
    return new CacheKey("http", "example.com", target);
  }

  static VariantKey language(String value) {
    return new VariantKey(List.of("accept-language"), List.of(value));
  }

  /** Returns a growing body whose one reference is the caller's. */
  SharedBody arriving(int length) {
    SharedBody body = SharedBody.retaining(budget, length, /* windowBytes= */ 1024, loop, NOBODY);
    if (!body.append(Unpooled.wrappedBuffer(new byte[length]))) {
      throw new IllegalStateException("no memory");
    }
    return body;
  }

  /** Returns a response whose one reference is the caller's. */
  StoredResponse make(CacheKey key, VariantKey variant, int length) {
    return make(key, variant, length, Long.MAX_VALUE);
  }

  /**
   * Returns a response whose one reference is the caller's.
   *
   * @param moment when it was asked for, among the purges
   * @param fields names and values in turn
   */
  StoredResponse make(CacheKey key, VariantKey variant, int length, long moment, String... fields) {
    SharedBody body = arriving(length);
    body.complete();
    body.signal();
    body.settle();
    HttpHeaders all = new DefaultHttpHeaders().add("cache-control", "max-age=60");
    for (int i = 0; i < fields.length; i += 2) {
      all.add(fields[i], fields[i + 1]);
    }
    ResponseHead head = new ResponseHead(HttpResponseStatus.OK, all);
    return new StoredResponse(
        key, variant, head, ReuseTerms.of(head, 0, 0, CacheRules.DEFAULTS), body, moment);
  }

  /** Returns a response with that body, whose one reference is the caller's. */
  StoredResponse of(CacheKey key, SharedBody body) {
    ResponseHead head = new ResponseHead(HttpResponseStatus.OK, new DefaultHttpHeaders());
    ReuseTerms terms = ReuseTerms.of(head, 0, 0, CacheRules.DEFAULTS);
    return new StoredResponse(key, VariantKey.NONE, head, terms, body, Long.MAX_VALUE);
  }

  StoredResponse make(String target, int length) {
    return make(key(target), VariantKey.NONE, length);
  }
}
