package io.simplecache.fetch;

import io.netty.channel.EventLoop;
import io.simplecache.body.MemoryBudget;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.UnstorableKeys;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Starts fetches and knows the ones that may be joined.
 *
 * @see Flight
 */
public final class Fetcher {
  /** An abandoned response with no more than this left is fetched to its end, in bytes. */
  static final long WORTH_FINISHING_BYTES = 1 << 20;

  private final ResponseStore store;
  private final UnstorableKeys unstorable;
  private final MemoryBudget budget;
  private final InstantSource clock;
  private final long maxStoredBodyBytes;
  private final int windowBytes;
  private final ConcurrentHashMap<FlightKey, Flight> flights = new ConcurrentHashMap<>();

  /**
   * Creates a fetcher without flights.
   *
   * @param maxStoredBodyBytes larger responses are relayed
   * @param windowBytes how much of a relayed response is kept for a slow client
   */
  public Fetcher(
      ResponseStore store,
      UnstorableKeys unstorable,
      MemoryBudget budget,
      InstantSource clock,
      long maxStoredBodyBytes,
      int windowBytes) {
    this.store = store;
    this.unstorable = unstorable;
    this.budget = budget;
    this.clock = clock;
    this.maxStoredBodyBytes = maxStoredBodyBytes;
    this.windowBytes = windowBytes;
  }

  /** Returns the flight for {@code key} that may be joined, or null. Any thread. */
  public @Nullable Flight find(FlightKey key) {
    return flights.get(key);
  }

  /**
   * Claims the lead for {@code key}. If the result is null the caller leads and either starts the
   * flight or gives it up; otherwise the result is the flight to join. A flight that a purge has
   * overtaken goes on for those whom it has.
   */
  public @Nullable Flight claim(FlightKey key, Flight flight) {
    Flight joined =
        flights.compute(
            key, (same, other) -> other == null || other.isOvertaken(key.key()) ? flight : other);
    return joined == flight ? null : joined;
  }

  /** Makes a flight that lives on {@code loop}; it does nothing before it is started. */
  public Flight newFlight(EventLoop loop) {
    return new Flight(this, loop);
  }

  /** Ends the collapsing for {@code key}. */
  void landed(FlightKey key, Flight flight) {
    flights.remove(key, flight);
  }

  /** Returns how many flights may be joined now. */
  public int flights() {
    return flights.size();
  }

  ResponseStore store() {
    return store;
  }

  UnstorableKeys unstorable() {
    return unstorable;
  }

  MemoryBudget budget() {
    return budget;
  }

  long nowMillis() {
    return clock.millis();
  }

  long maxStoredBodyBytes() {
    return maxStoredBodyBytes;
  }

  int windowBytes() {
    return windowBytes;
  }
}
