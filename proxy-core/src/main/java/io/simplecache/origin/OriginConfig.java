package io.simplecache.origin;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the origin is and how patient we are with it.
 *
 * @param host name or address
 * @param port TCP port
 * @param ssl what verifies and encrypts; null for {@code http}
 * @param connectTimeout to a connection, TLS included
 * @param headTimeout from the request's end to the head of the response
 * @param idleTimeout between two pieces of the body
 * @param keepAliveTimeout how long an unused connection is kept
 * @param maxIdleConnections kept by each event loop
 * @param maxHeadBytes of a response's head
 * @param maxFields of a response's head
 */
public record OriginConfig(
    String host,
    int port,
    @Nullable SslContext ssl,
    Duration connectTimeout,
    Duration headTimeout,
    Duration idleTimeout,
    Duration keepAliveTimeout,
    int maxIdleConnections,
    int maxHeadBytes,
    int maxFields) {}
