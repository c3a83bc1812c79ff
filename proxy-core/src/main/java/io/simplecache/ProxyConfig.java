package io.simplecache;

import static java.util.Objects.requireNonNull;

import io.netty.handler.ssl.SslContext;
import io.simplecache.front.ClientLimits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that can be set on a {@link CachingProxy}. Unchangeable; made by {@link
 * CachingProxy#builder}.
 *
 * @param sites at least one; a request that none is for gets 421
 * @param name how the proxy calls itself in Via and Cache-Status; a token
 * @param maxMemoryBytes what stored and arriving responses may take together
 * @param maxStoredBodyBytes larger responses are relayed, not stored
 * @param maxVariants of one resource that are kept
 * @param maxRanges the most parts of one response
 * @param relayWindowBytes how much of a relayed response is kept for a slow client
 * @param maxHeadBytes of a head that the origin sends
 * @param maxIdleOriginConnections kept by each event loop
 * @param originConnectTimeout to a connection to the origin, TLS included
 * @param originHeadTimeout from the request's end to the head of the response
 * @param originIdleTimeout between two pieces of a response
 * @param originKeepAliveTimeout how long an unused connection to the origin is kept
 * @param followerTimeout how long a request waits for another's fetch before it asks alone
 * @param unstorableMemory how long it is remembered that the response to a key may not be stored
 * @param clientLimits what clients may take of the proxy, in number, size and time
 * @param originSsl what verifies an {@code https} origin; null for the JDK's trusted authorities
 * @param clock the wall clock, for ages and dates
 */
public record ProxyConfig(
    List<Site> sites,
    String name,
    long maxMemoryBytes,
    long maxStoredBodyBytes,
    int maxVariants,
    int maxRanges,
    int relayWindowBytes,
    int maxHeadBytes,
    int maxIdleOriginConnections,
    Duration originConnectTimeout,
    Duration originHeadTimeout,
    Duration originIdleTimeout,
    Duration originKeepAliveTimeout,
    Duration followerTimeout,
    Duration unstorableMemory,
    ClientLimits clientLimits,
    @Nullable SslContext originSsl,
    InstantSource clock) {
  /** Less would not hold a page and its pictures. */
  static final long MIN_MEMORY_BYTES = 1 << 20;

  /** Checks every value. */
  public ProxyConfig {
    requireNonNull(clock, "clock");
    requireNonNull(clientLimits, "clientLimits");
    sites = List.copyOf(sites);
    if (sites.isEmpty()) {
      throw new IllegalArgumentException("sites: none (expected: at least one)");
    }
    Set<String> names = new HashSet<>();
    for (Site site : sites) {
      if (!names.add(site.name())) {
        throw new IllegalArgumentException(
            "sites: two are named " + site.name() + " (expected: names of their own)");
      }
    }
    if (!name.matches("[A-Za-z][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("name: " + name + " (expected: letters, digits, . _ -)");
    }
    atLeast("maxMemory", maxMemoryBytes, MIN_MEMORY_BYTES, "bytes");
    atLeast("maxStoredBody", maxStoredBodyBytes, 0, "bytes");
    atLeast("maxVariants", maxVariants, 1, "variants");
    atLeast("maxRanges", maxRanges, 1, "ranges");
    atLeast("relayWindow", relayWindowBytes, 4096, "bytes");
    atLeast("maxHead", maxHeadBytes, 1024, "bytes");
    atLeast("maxIdleOriginConnections", maxIdleOriginConnections, 0, "connections");
    positive("originConnectTimeout", originConnectTimeout);
    positive("originHeadTimeout", originHeadTimeout);
    positive("originIdleTimeout", originIdleTimeout);
    positive("originKeepAliveTimeout", originKeepAliveTimeout);
    positive("followerTimeout", followerTimeout);
    positive("unstorableMemory", unstorableMemory);
  }

  private static void atLeast(String name, long value, long least, String unit) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: >= " + least + " " + unit + ")");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  /** Returns these settings with those of {@code running} that cannot be changed meanwhile. */
  ProxyConfig withFixedOf(ProxyConfig running) {
    return new ProxyConfig(
        sites,
        running.name,
        running.maxMemoryBytes,
        running.maxStoredBodyBytes,
        running.maxVariants,
        maxRanges,
        running.relayWindowBytes,
        maxHeadBytes,
        maxIdleOriginConnections,
        originConnectTimeout,
        originHeadTimeout,
        originIdleTimeout,
        originKeepAliveTimeout,
        followerTimeout,
        running.unstorableMemory,
        clientLimits,
        originSsl,
        running.clock);
  }

  /** Returns the names of the settings that differ and cannot be changed while a proxy runs. */
  List<String> fixedThatDiffer(ProxyConfig running) {
    Map<String, Boolean> differs = new LinkedHashMap<>();
    differs.put("name", !name.equals(running.name));
    differs.put("maxMemory", maxMemoryBytes != running.maxMemoryBytes);
    differs.put("maxStoredBody", maxStoredBodyBytes != running.maxStoredBodyBytes);
    differs.put("maxVariants", maxVariants != running.maxVariants);
    differs.put("relayWindow", relayWindowBytes != running.relayWindowBytes);
    differs.put("unstorableMemory", !unstorableMemory.equals(running.unstorableMemory));
    return differs.keySet().stream().filter(differs::get).toList();
  }
}
