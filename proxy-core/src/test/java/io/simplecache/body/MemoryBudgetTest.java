package io.simplecache.body;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemoryBudgetTest {
  private static final long MIB = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(64 * MIB, /* directArenas= */ 1);
  private final List<Long> shares = new ArrayList<>();

  @Test
  void storeShare_nothingArriving_isSevenEighths() {
    assertEquals(56 * MIB, budget.storeShareBytes());
  }

  @Test
  void storeShare_arrivingWithinWhatIsSetAside_staysAsItIs() {
    budget.onStoreShare(shares::add);
    assertTrue(budget.reserve(8 * MIB));
    assertEquals(List.of(), shares);
    assertEquals(8 * MIB, budget.arrivingBytes());
  }

  @Test
  void storeShare_moreArriving_givesWayInStepsAndComesBack() {
    budget.onStoreShare(shares::add);
    assertTrue(budget.reserve(8 * MIB + 1));
    assertTrue(budget.reserve(MIB - 1));
    assertTrue(budget.reserve(1));
    budget.unreserve(9 * MIB + 1);
    assertEquals(List.of(55 * MIB, 54 * MIB, 56 * MIB), shares);
  }

  @Test
  void storeShare_listenerFailsOnce_isFollowedAgain() {
    AtomicInteger calls = new AtomicInteger();
    budget.onStoreShare(
        share -> {
          if (calls.getAndIncrement() == 0) {
            throw new IllegalStateException("once");
          }
        });
    assertThrows(IllegalStateException.class, () -> budget.reserve(20 * MIB));
    budget.unreserve(20 * MIB);
    assertEquals(56 * MIB, budget.storeShareBytes());
    assertTrue(budget.reserve(30 * MIB));
    assertEquals(34 * MIB, budget.storeShareBytes());
  }

  @Test
  void reserve_upToHalfOfTheLimit_isGranted() {
    assertTrue(budget.reserve(32 * MIB));
    assertEquals(32 * MIB, budget.storeShareBytes());
  }

  @Test
  void reserve_beyondHalfOfTheLimit_isRefusedAndChangesNothing() {
    assertTrue(budget.reserve(32 * MIB));
    assertFalse(budget.reserve(1));
    assertEquals(32 * MIB, budget.arrivingBytes());
    assertEquals(32 * MIB, budget.storeShareBytes());
  }

  @Test
  void allocate_released_leavesNothingPinned() {
    ByteBuf bytes = requireNonNull(budget.allocate(100_000));
    assertTrue(bytes.isDirect());
    assertTrue(budget.segmentBytes() >= 100_000);
    bytes.release();
    assertEquals(0, budget.segmentBytes());
  }

  @Test
  void allocate_noDirectMemory_isNull() {
    PooledByteBufAllocator exhausted =
        new PooledByteBufAllocator(/* preferDirect= */ true) {
          @Override
          protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("Cannot reserve 1048576 bytes of direct buffer memory");
          }
        };
    assertNull(new MemoryBudget(64 * MIB, exhausted).allocate(1000));
  }

  @Test
  void relay_moreThanIsSetAside_makesTheStoreGiveWayAndWindowsSmall() {
    budget.onStoreShare(shares::add);
    budget.relay((int) (8 * MIB));
    assertFalse(budget.isShortOfWindows());
    assertTrue(budget.reserve(2 * MIB));
    budget.relay(1);
    assertTrue(budget.isShortOfWindows());
    assertEquals(8 * MIB + 1, budget.relayedBytes());
    budget.relay((int) (-8 * MIB - 1));
    budget.unreserve(2 * MIB);
    assertEquals(List.of(54 * MIB, 53 * MIB, 56 * MIB), shares);
  }

  @Test
  void index_isTakenFromTheStoresShare() {
    budget.index(3 * MIB - 5);
    assertEquals(53 * MIB, budget.storeShareBytes());
    budget.index(0);
    assertEquals(56 * MIB, budget.storeShareBytes());
  }

  @Test
  void storeShare_ofASmallLimit_isNeverNegative() {
    MemoryBudget small = new MemoryBudget(MIB, /* directArenas= */ 1);
    assertTrue(small.reserve(MIB / 2));
    assertEquals(MIB / 2, small.storeShareBytes());
    small.index(2 * MIB);
    assertEquals(0, small.storeShareBytes());
  }

  /** Forbidden outcome: a share, here or at the listener, that belongs to an earlier moment. */
  @Test
  @Timeout(20)
  void storeShare_twoThreads_endsAtWhatArrives() throws Exception {
    AtomicLong told = new AtomicLong(budget.storeShareBytes());
    budget.onStoreShare(told::set);
    AtomicInteger arrived = new AtomicInteger();
    Thread other = new Thread(() -> reserveInRounds(arrived, 10 * MIB, () -> {}));
    other.start();
    Set<String> atRest = new TreeSet<>();
    reserveInRounds(
        arrived, 9 * MIB, () -> atRest.add(budget.storeShareBytes() + ", told " + told.get()));
    other.join();
    assertEquals(0, budget.arrivingBytes());
    assertEquals(Set.of(56 * MIB + ", told " + 56 * MIB), atRest, "shares with nothing arriving");
  }

  /** The two spin, so that they start and end at the same moment. */
  private void reserveInRounds(AtomicInteger arrived, long bytes, Runnable atRest) {
    for (int round = 0; round < 20_000; round++) {
      meet(arrived);
      assertTrue(budget.reserve(bytes));
      budget.unreserve(bytes);
      meet(arrived);
      atRest.run();
    }
  }

  private static void meet(AtomicInteger arrived) {
    int complete = arrived.getAndIncrement() / 2 * 2 + 2;
    while (arrived.get() < complete) {
      Thread.onSpinWait();
    }
  }
}
