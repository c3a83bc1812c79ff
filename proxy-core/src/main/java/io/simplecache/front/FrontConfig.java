package io.simplecache.front;

import java.time.Duration;

/**
 * How patient the front door is.
 *
 * @param keepAliveTimeout how long a connection may wait for its next request
 * @param headTimeout how long the first byte of a request may be ahead of the end of its head
 * @param bodyTimeout how long the request's body may pause
 * @param writeTimeout how long a client may take nothing of what is there for it
 */
public record FrontConfig(
    Duration keepAliveTimeout, Duration headTimeout, Duration bodyTimeout, Duration writeTimeout) {}
