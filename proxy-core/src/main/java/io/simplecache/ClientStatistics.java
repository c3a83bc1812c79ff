package io.simplecache;

/**
 * What clients have been refused since the proxy was made.
 *
 * @param connections open at this moment, those that are being refused included
 * @param refusedConnections one too many, in all or from one address; worry when it grows: the
 *     limit is too low, or somebody floods
 * @param refusedRequests answered with 400, 408, 413, 414, 417, 431, 501 or 505 by the front door;
 *     some come from every scanner
 * @param slowClients connections closed because a head, a body or the taking of a response took too
 *     long
 */
public record ClientStatistics(
    int connections, long refusedConnections, long refusedRequests, long slowClients) {}
