package io.simplecache;

import io.simplecache.observe.ExchangeRecord;

/** Told what happened to each request, when its response has gone out or failed to. */
@FunctionalInterface
public interface ProxyListener {
  /**
   * A request is over. Called on the event loop of the client's connection: must not block, and
   * must not change the record.
   */
  void onExchange(ExchangeRecord record);
}
