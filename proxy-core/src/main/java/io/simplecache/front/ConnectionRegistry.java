package io.simplecache.front;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The clients' connections of a proxy, for the time when it closes. Any thread. */
public final class ConnectionRegistry {
  private final Set<CachingHandler> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  void opened(CachingHandler handler) {
    open.add(handler);
  }

  void closed(CachingHandler handler) {
    open.remove(handler);
  }

  boolean isDraining() {
    return draining;
  }

  /** Returns the number of open connections. */
  public int size() {
    return open.size();
  }

  /** Closes idle connections; the others close when they have answered what they are at. */
  public void drain() {
    draining = true;
    open.forEach(handler -> handler.loop().execute(handler::drain));
  }

  /** Closes all connections. */
  public void closeNow() {
    draining = true;
    open.forEach(handler -> handler.loop().execute(handler::closeNow));
  }
}
