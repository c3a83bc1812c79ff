package io.simplecache.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A connection alone, and time in the hands of the test. */
class OriginConnectionTest extends EmbeddedConnection {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

  OriginConnectionTest() {
    super(
        Configs.of(
            UnaryOperator.identity(),
            /* headTimeout= */ Duration.ofSeconds(60),
            /* idleTimeout= */ Duration.ofSeconds(10),
            /* ports...= */ 1));
  }

  @Test
  void head_drips_hasTheTimeOfAWholeHead() {
    receive("HTTP/1.1 200 OK\r\nX-A: ");
    for (int i = 0; i < 59; i++) {
      receive("a");
      pass(1);
      assertTrue(channel.isOpen(), "after " + i + " s");
    }
    receive("a");
    pass(1);
    assertFalse(channel.isOpen());
  }

  @Test
  void informational_oneAfterTheOther_hasTheTimeOfAWholeHead() {
    for (int i = 0; i < 30; i++) {
      assertTrue(channel.isOpen(), "after " + 2 * i + " s");
      receive("HTTP/1.1 103 Early Hints\r\n\r\n");
      pass(2);
    }
    assertFalse(channel.isOpen());
  }

  @Test
  void body_drips_isWaitedFor() {
    receive(OK);
    for (int i = 0; i < 90; i++) {
      pass(9);
      receive("a");
    }
    assertTrue(channel.isOpen());
    pass(10);
    assertFalse(channel.isOpen());
  }

  @Test
  void trailers_drip_haveTheTimeOfOnePiece() {
    receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: ");
    for (int i = 0; i < 9; i++) {
      pass(1);
      receive("a");
      assertTrue(channel.isOpen(), "after " + i + " s");
    }
    pass(1);
    assertFalse(channel.isOpen());
  }

  @Test
  void body_weDoNotRead_isWaitedFor() {
    receive(OK);
    connection.setReading(false);
    pass(100);
    assertTrue(channel.isOpen());
    connection.setReading(true);
    pass(10);
    assertFalse(channel.isOpen());
  }

  @Test
  void response_inOneByteAtATime_isTheSame() {
    String whole = "HTTP/1.1 103 X\r\nA: b\r\n\r\n" + OK.replace("100", "2") + "ok";
    for (int i = 0; i < whole.length(); i++) {
      receive(whole.substring(i, i + 1));
    }
    assertTrue(channel.isOpen());
    assertEquals(connection, pool.take());
  }

  @Test
  void connection_old_isNotKept() {
    receive(OK.replace("100", "2") + "o");
    for (int i = 0; i < 40; i++) {
      connection.setReading(true);
      pass(8);
    }
    receive("k");
    assertFalse(channel.isOpen());
  }
}
