package io.simplecache.origin;

import java.time.Duration;
import java.util.List;

/**
 * Where the origins are and how patient we are with them.
 *
 * @param origins all of which have the same to say; at least one
 * @param settings what each of them may be asked at once, and what follows when it fails
 * @param connectTimeout to a connection, TLS included
 * @param headTimeout from the request's end to the end of the response's head
 * @param idleTimeout between two pieces of the body
 * @param keepAliveTimeout how long an unused connection is kept
 * @param maxIdleConnections to one origin, kept by each event loop
 * @param maxHeadBytes of a response's head
 */
public record OriginConfig(
    List<OriginAddress> origins,
    OriginSettings settings,
    Duration connectTimeout,
    Duration headTimeout,
    Duration idleTimeout,
    Duration keepAliveTimeout,
    int maxIdleConnections,
    int maxHeadBytes) {
  /** Copies the list. */
  public OriginConfig {
    origins = List.copyOf(origins);
    if (origins.isEmpty()) {
      throw new IllegalArgumentException("origins: none (expected: at least one)");
    }
  }
}
