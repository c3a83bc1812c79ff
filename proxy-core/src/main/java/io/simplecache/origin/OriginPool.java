package io.simplecache.origin;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The idle connections of one event loop, which is the only thread that touches them. */
final class OriginPool {
  private final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
  private final int maxIdle;
  private boolean retired;

  OriginPool(OriginConfig config) {
    this.maxIdle = config.maxIdleConnections();
  }

  /** Takes the connection that was used last, or null. */
  @Nullable OriginConnection take() {
    return idle.pollLast();
  }

  /** Keeps a connection for later; false if there are enough. */
  boolean offer(OriginConnection connection) {
    return !retired && idle.size() < maxIdle && idle.offerLast(connection);
  }

  void remove(OriginConnection connection) {
    idle.remove(connection);
  }

  /** Closes what is idle, and keeps nothing from here on. */
  void retire() {
    retired = true;
    // A connection that is closed takes itself out.
    List.copyOf(idle).forEach(OriginConnection::abandon);
  }
}
