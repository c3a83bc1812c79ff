package io.simplecache.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A body of ten bytes per second at least, once ten seconds are over; time is the test's. */
class OriginRateTest extends EmbeddedConnection {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  OriginRateTest() {
    super(
        Configs.of(
            settings -> settings.minRate(10),
            /* headTimeout= */ Duration.ofSeconds(60),
            /* idleTimeout= */ Duration.ofSeconds(10),
            /* ports...= */ 1));
  }

  private void chunk(int bytes) {
    receive(Integer.toHexString(bytes) + "\r\n" + "a".repeat(bytes) + "\r\n");
  }

  @Test
  void body_drips_isCutOff() {
    receive(HEAD);
    for (int second = 1; second <= 11; second++) {
      pass(1);
      chunk(1);
      assertTrue(channel.isOpen(), "after " + second + " s: the grace, and as many as that");
    }
    pass(1);
    chunk(1);
    assertFalse(channel.isOpen());
  }

  @Test
  void body_fastEnough_isWaitedForHoweverLongItTakes() {
    receive(HEAD);
    for (int i = 0; i < 1000; i++) {
      pass(9);
      chunk(90);
    }
    assertTrue(channel.isOpen());
  }

  @Test
  void body_weDoNotRead_isNotSlow() {
    receive(HEAD);
    pass(5);
    chunk(1);
    connection.setReading(false);
    pass(1000);
    connection.setReading(true);
    chunk(1);
    assertTrue(channel.isOpen());
    pass(5);
    chunk(1);
    assertTrue(channel.isOpen());
    pass(1);
    chunk(1);
    assertFalse(channel.isOpen());
  }

  @Test
  void body_slowButAtItsEnd_isComplete() {
    receive(HEAD);
    for (int i = 0; i < 4; i++) {
      pass(9);
      receive(i < 3 ? "" : "0\r\n\r\n");
      connection.setReading(true);
    }
    assertEquals(connection, pool.take());
  }

  @Test
  void body_ofTheNextResponse_startsAnew() {
    receive(HEAD + "0\r\n\r\n");
    pass(9);
    connection.setReading(true);
    assertEquals(connection, pool.take());
    send();
    pass(50);
    receive(HEAD);
    pass(9);
    chunk(1);
    assertTrue(channel.isOpen());
  }
}
