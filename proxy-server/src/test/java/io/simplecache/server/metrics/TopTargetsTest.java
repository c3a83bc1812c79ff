package io.simplecache.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.observe.Result;
import io.simplecache.policy.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopTargetsTest {
  private final TopTargets top = new TopTargets();

  private void offer(String target, Result result) {
    top.offer(ProxyMetricsTest.record(target, result, Reason.FRESH));
  }

  @Test
  void whenQuiet_everythingIsCounted() {
    offer("/a", Result.HIT);
    offer("/a", Result.MISS);
    offer("/b", Result.HIT);
    top.second(3);

    assertEquals(
        List.of(new TopTargets.Top("h", "/a", 2, 1), new TopTargets.Top("h", "/b", 1, 1)),
        top.most(10));
  }

  @Test
  void hotOnes_stay_whenManyColdOnesPass() {
    for (int second = 0; second < 50; second++) {
      for (int i = 0; i < 10; i++) {
        offer("/hot", Result.HIT);
      }
      for (int i = 0; i < 100; i++) {
        offer("/cold/" + second + "/" + i, Result.MISS);
      }
      top.second(110);
    }

    TopTargets.Top first = top.most(1).get(0);
    assertEquals("/hot", first.target());
    assertEquals(500, first.requests());
    assertTrue(top.most(Integer.MAX_VALUE).size() <= TopTargets.CAPACITY);
  }

  @Test
  void whenBusy_aSampleStandsForMany() {
    top.second(512 * 64);
    for (int i = 0; i < 64 * 400; i++) {
      offer("/busy", Result.HIT);
    }
    top.second(64 * 400);

    long estimate = top.most(1).get(0).requests();
    assertTrue(estimate > 64 * 300 && estimate < 64 * 500, "" + estimate);
  }

  @Test
  void longTargets_areCut() {
    offer("/" + "x".repeat(5000), Result.HIT);
    top.second(1);

    assertTrue(top.most(1).get(0).target().length() < 600);
  }
}
