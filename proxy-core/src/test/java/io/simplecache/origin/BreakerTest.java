package io.simplecache.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.origin.Breaker.Pass;
import io.simplecache.origin.OriginStatistics.State;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final Breaker breaker =
      new Breaker(
          OriginSettings.builder()
              .failuresToOpen(3)
              .minBackOff(Duration.ofSeconds(1))
              .maxBackOff(Duration.ofSeconds(3))
              .build());

  private long nowNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(2);

  private void fail(boolean probe) {
    breaker.failed(probe, nowNanos);
  }

  private void open() {
    for (int i = 0; i < 3; i++) {
      fail(/* probe= */ false);
    }
    assertEquals(State.OPEN, breaker.state());
  }

  /** Says how long nothing passes, to the millisecond, and lets a probe pass. */
  private long millisUntilProbe() {
    long millis = 0;
    while (!breaker.isPassable(nowNanos)) {
      assertEquals(Pass.REFUSED, breaker.tryPass(nowNanos));
      nowNanos += TimeUnit.MILLISECONDS.toNanos(1);
      millis++;
    }
    assertEquals(Pass.PROBE, breaker.tryPass(nowNanos));
    return millis;
  }

  @Test
  void failures_fewerThanItTakes_letPass() {
    fail(/* probe= */ false);
    fail(/* probe= */ false);
    assertEquals(Pass.FREE, breaker.tryPass(nowNanos));
    assertEquals(State.CLOSED, breaker.state());
  }

  @Test
  void failures_withASuccessBetween_areNotInARow() {
    for (int i = 0; i < 10; i++) {
      fail(/* probe= */ false);
      fail(/* probe= */ false);
      breaker.succeeded();
    }
    assertEquals(State.CLOSED, breaker.state());
  }

  @Test
  void open_backOffOver_letsOneProbePass() {
    open();
    assertEquals(1000, millisUntilProbe());
    assertEquals(State.HALF_OPEN, breaker.state());
    assertFalse(breaker.isPassable(nowNanos));
    assertEquals(Pass.REFUSED, breaker.tryPass(nowNanos));
  }

  @Test
  void probe_fails_doublesTheBackOffUpToItsBound() {
    open();
    assertEquals(1000, millisUntilProbe());
    fail(/* probe= */ true);
    assertEquals(2000, millisUntilProbe());
    fail(/* probe= */ true);
    assertEquals(3000, millisUntilProbe());
    fail(/* probe= */ true);
    assertEquals(3000, millisUntilProbe());
  }

  @Test
  void probe_succeeds_closesAndForgetsTheBackOff() {
    open();
    millisUntilProbe();
    fail(/* probe= */ true);
    millisUntilProbe();
    breaker.succeeded();
    assertEquals(Pass.FREE, breaker.tryPass(nowNanos));
    open();
    assertEquals(1000, millisUntilProbe());
  }

  @Test
  void probe_abandoned_letsTheNextOneProbeAtOnce() {
    open();
    millisUntilProbe();
    breaker.abandoned(nowNanos);
    assertEquals(State.OPEN, breaker.state());
    assertEquals(Pass.PROBE, breaker.tryPass(nowNanos));
  }

  @Test
  void failure_ofOneThatPassedBefore_changesNothing() {
    open();
    nowNanos += TimeUnit.MILLISECONDS.toNanos(900);
    fail(/* probe= */ false);
    assertEquals(100, millisUntilProbe());
    fail(/* probe= */ false);
    assertEquals(State.HALF_OPEN, breaker.state());
  }

  @Test
  void success_ofOneThatPassedBefore_closes() {
    open();
    breaker.succeeded();
    assertEquals(State.CLOSED, breaker.state());
  }

  @Test
  void failuresToOpen_0_neverOpens() {
    Breaker never = new Breaker(OriginSettings.builder().failuresToOpen(0).build());
    for (int i = 0; i < 100_000; i++) {
      never.failed(/* probe= */ false, nowNanos);
    }
    assertTrue(never.isPassable(nowNanos));
  }
}
