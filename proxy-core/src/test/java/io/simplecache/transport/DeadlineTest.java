package io.simplecache.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int reached;
  private final Deadline deadline = new Deadline(channel.eventLoop(), () -> reached++);

  @BeforeEach
  void freeze() {
    channel.freezeTime();
  }

  @AfterEach
  void nothingIsPending() {
    deadline.cancel();
    assertEquals(-1, channel.runScheduledPendingTasks());
    channel.finishAndReleaseAll();
  }

  private void set(long millis) {
    deadline.set(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void set_timePasses_isReachedOnce() {
    set(100);
    pass(99);
    assertEquals(0, reached);
    pass(1);
    assertEquals(1, reached);
    pass(1000);
    assertEquals(1, reached);
  }

  @Test
  void set_movedAway_isReachedLater() {
    set(100);
    pass(60);
    set(100);
    pass(60);
    assertEquals(0, reached);
    pass(40);
    assertEquals(1, reached);
  }

  @Test
  void set_movedNearer_isReachedSooner() {
    set(1000);
    set(10);
    pass(10);
    assertEquals(1, reached);
    pass(1000);
    assertEquals(1, reached);
  }

  @Test
  void clear_beforeItsTime_isNotReached() {
    set(100);
    deadline.clear();
    pass(200);
    assertEquals(0, reached);
  }

  @Test
  void set_afterClearWhileTheTimerRuns_isReachedAtTheNewTime() {
    set(100);
    pass(50);
    deadline.clear();
    set(70);
    pass(60);
    assertEquals(0, reached);
    pass(10);
    assertEquals(1, reached);
  }

  @Test
  void set_againWhenReached_isReachedAgain() {
    set(10);
    pass(10);
    set(10);
    pass(10);
    assertEquals(2, reached);
  }

  @Test
  void cancel_set_leavesNoTimer() {
    set(100);
    deadline.cancel();
    assertEquals(-1, channel.runScheduledPendingTasks());
    pass(100);
    assertEquals(0, reached);
    assertTrue(channel.isOpen());
  }
}
