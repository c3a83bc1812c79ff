package io.simplecache.front;

import io.simplecache.transport.Seldom;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The clients' connections of a proxy: how many there may be, and all of them for the time when it
 * closes. It is asked when one opens and closes, never for a request. Any thread.
 */
public final class ConnectionRegistry {
  /** What becomes of a new connection. */
  enum Admission {
    ADMITTED,
    /** One too many: it is told so. */
    REFUSED,
    /** Too many are being told already: it is closed. */
    DROPPED
  }

  /** More are not answered when they are refused: a flood costs no more than so many sockets. */
  private static final int MAX_REFUSING = 256;

  /** Where there is no address there is no limit for it. */
  private static final Object UNKNOWN = "unknown";

  private volatile ClientLimits limits;
  private final Set<CachingHandler> open = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<Object, Integer> perAddress = new ConcurrentHashMap<>();
  private final AtomicInteger admitted = new AtomicInteger();
  private final AtomicInteger refusing = new AtomicInteger();
  private final LongAdder refusedConnections = new LongAdder();
  private final LongAdder refusedRequests = new LongAdder();
  private final LongAdder slowClients = new LongAdder();
  private final Seldom shortages = new Seldom();
  private volatile boolean draining;
  private volatile boolean closed;

  /** Creates a registry without connections. */
  public ConnectionRegistry(ClientLimits limits) {
    this.limits = limits;
  }

  /** Has other limits hold for connections that open from here on. */
  public void setLimits(ClientLimits newLimits) {
    limits = newLimits;
  }

  /** Notes a connection; it is to be {@link #closed} once unless it is dropped. */
  Admission opened(CachingHandler handler, @Nullable SocketAddress remote) {
    Admission admission = admit(remote);
    if (admission != Admission.ADMITTED) {
      refusedConnections.increment();
    }
    if (admission != Admission.DROPPED) {
      open.add(handler);
    }
    return admission;
  }

  private Admission admit(@Nullable SocketAddress remote) {
    if (isMore(admitted.incrementAndGet(), limits.maxConnections())) {
      admitted.decrementAndGet();
      return refuse();
    }
    Object network = networkOf(remote);
    if (isMore(perAddress.merge(network, 1, Integer::sum), limits.maxConnectionsPerAddress())
        && network != UNKNOWN) {
      forget(network);
      admitted.decrementAndGet();
      return refuse();
    }
    return Admission.ADMITTED;
  }

  private static boolean isMore(int count, int limit) {
    return limit > 0 && count > limit;
  }

  private Admission refuse() {
    if (refusing.incrementAndGet() <= MAX_REFUSING) {
      return Admission.REFUSED;
    }
    refusing.decrementAndGet();
    return Admission.DROPPED;
  }

  private void forget(Object network) {
    perAddress.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
  }

  /** Returns what counts as one client: whoever has an IPv6 address has 2^64 of them. */
  private static Object networkOf(@Nullable SocketAddress remote) {
    InetAddress address = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
    if (address instanceof Inet6Address six) {
      return ByteBuffer.wrap(six.getAddress()).getLong();
    }
    return address == null ? UNKNOWN : address;
  }

  /** Forgets a connection; more than once is once. */
  void closed(CachingHandler handler, Admission admission, @Nullable SocketAddress remote) {
    if (!open.remove(handler)) {
      return;
    }
    if (admission == Admission.REFUSED) {
      refusing.decrementAndGet();
      return;
    }
    admitted.decrementAndGet();
    forget(networkOf(remote));
  }

  void requestRefused() {
    refusedRequests.increment();
  }

  void clientTooSlow() {
    slowClients.increment();
  }

  /** When memory is short, it is so for many at a time. */
  Seldom shortages() {
    return shortages;
  }

  boolean isDraining() {
    return draining;
  }

  /** Returns whether connections are closed as they open. */
  boolean isClosed() {
    return closed;
  }

  /** Returns the number of open connections. */
  public int size() {
    return open.size();
  }

  /** Returns how many connections were refused because there were too many. */
  public long refusedConnections() {
    return refusedConnections.sum();
  }

  /** Returns how many requests were refused because they are none, or too large. */
  public long refusedRequests() {
    return refusedRequests.sum();
  }

  /** Returns how many connections were closed because the client sent or took too slowly. */
  public long slowClients() {
    return slowClients.sum();
  }

  /** Idle connections are closed soon; the others when they have answered what they are at. */
  public void drain() {
    draining = true;
    open.forEach(handler -> handler.loop().execute(handler::drain));
  }

  /** Closes all connections. */
  public void closeNow() {
    draining = true;
    closed = true;
    open.forEach(handler -> handler.loop().execute(handler::closeNow));
  }
}
