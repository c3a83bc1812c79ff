package io.simplecache.origin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one event loop has of the origins: its connections, and whose turn it is. */
final class LoopOrigins {
  private final List<Origin> origins;
  private final List<OriginPool> pools;
  private int turn = -1;

  LoopOrigins(List<Origin> origins, OriginConfig config) {
    this.origins = origins;
    this.pools = origins.stream().map(origin -> new OriginPool(config)).toList();
  }

  /**
   * Chooses the origin with the least to do, in turn if several have; one that is left alone is
   * skipped.
   *
   * @param except which is not chosen, because it just failed; it is no new turn then
   * @return null if there is none
   */
  @Nullable OriginChoice choose(long nowNanos, @Nullable Origin except) {
    int first = except == null ? nextTurn() : origins.indexOf(except) + 1;
    for (int i = 0; i < origins.size(); i++) {
      int best = leastBusy(first, nowNanos, except);
      if (best < 0) {
        return null;
      }
      Breaker.Pass pass = origins.get(best).breaker().tryPass(nowNanos);
      if (pass != Breaker.Pass.REFUSED) {
        return new OriginChoice(origins.get(best), pools.get(best), pass == Breaker.Pass.PROBE);
      }
      // Another loop was first to probe it.
    }
    return null;
  }

  /** Keeps no connection from here on; on the loop. */
  void retire() {
    pools.forEach(OriginPool::retire);
  }

  private int nextTurn() {
    turn = (turn + 1) % origins.size();
    return turn;
  }

  private int leastBusy(int first, long nowNanos, @Nullable Origin except) {
    int best = -1;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < origins.size(); i++) {
      int index = (first + i) % origins.size();
      Origin origin = origins.get(index);
      int load = origin.limit().outstanding() + origin.limit().queued();
      if (origin != except && load < least && origin.isPassable(nowNanos)) {
        best = index;
        least = load;
      }
    }
    return best;
  }
}
