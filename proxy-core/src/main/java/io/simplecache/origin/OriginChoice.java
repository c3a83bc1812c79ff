package io.simplecache.origin;

/**
 * Who is asked, and over whose connections.
 *
 * @param origin the one
 * @param pool what the current event loop has of connections to it
 * @param probe whether the request finds out if the origin is back
 */
record OriginChoice(Origin origin, OriginPool pool, boolean probe) {}
