package io.simplecache.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long START = Long.MAX_VALUE - 5;

  private static final Duration GRACE = Duration.ofSeconds(30);

  private static long at(long seconds) {
    return START + TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void isBelow_withinTheGrace_false() {
    Pace pace = new Pace();
    pace.run(at(0));
    assertFalse(pace.isBelow(100, GRACE, at(30)));
    assertTrue(pace.isBelow(100, GRACE, at(31)));
  }

  @Test
  void isBelow_averageReached_false() {
    Pace pace = new Pace();
    pace.run(at(0));
    pace.add(1000);
    assertFalse(pace.isBelow(100, GRACE, at(40)));
    assertTrue(pace.isBelow(100, GRACE, at(41)));
    pace.add(100);
    assertFalse(pace.isBelow(100, GRACE, at(41)));
  }

  @Test
  void isBelow_timeOfPauses_doesNotCount() {
    Pace pace = new Pace();
    pace.run(at(0));
    pace.pause(at(20));
    assertFalse(pace.isBelow(100, GRACE, at(1000)));
    pace.run(at(1000));
    assertFalse(pace.isBelow(100, GRACE, at(1010)));
    assertTrue(pace.isBelow(100, GRACE, at(1011)));
  }

  @Test
  void isBelow_noRate_false() {
    Pace pace = new Pace();
    pace.run(at(0));
    assertFalse(pace.isBelow(0, GRACE, at(1000)));
  }
}
