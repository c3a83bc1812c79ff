package io.simplecache.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SeldomTest {
  private final Seldom seldom = new Seldom();

  @Test
  void first_isToldAtOnce() {
    assertEquals(1, seldom.timesToTell(Long.MAX_VALUE));
  }

  @Test
  void many_areToldTogetherAfterAWhile() {
    long start = Long.MAX_VALUE - 1;
    seldom.timesToTell(start);
    for (int i = 0; i < 99; i++) {
      assertEquals(0, seldom.timesToTell(start + TimeUnit.SECONDS.toNanos(10)));
    }

    assertEquals(100, seldom.timesToTell(start + TimeUnit.SECONDS.toNanos(11)));
    assertEquals(1, seldom.timesToTell(start + TimeUnit.SECONDS.toNanos(22)));
  }
}
