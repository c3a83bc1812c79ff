package io.simplecache.body;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One loop is writer and reader here. */
class SharedBodyTest {
  private static final int WINDOW = 100;
  private static final int ALL = Integer.MAX_VALUE;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final EventLoop loop = channel.eventLoop();
  private final MemoryBudget budget = new MemoryBudget(16 << 20, /* directArenas= */ 1);
  private final FakeWriter writer = new FakeWriter();

  private static final class FakeWriter implements SharedBody.Writer {
    private int drained;
    private int abandoned;

    @Override
    public void onDrained() {
      drained++;
    }

    @Override
    public void onAbandoned() {
      abandoned++;
    }
  }

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
    assertEquals(0, budget.arrivingBytes(), "arriving");
    assertEquals(0, budget.segmentBytes(), "segments");
    assertEquals(0, budget.relayedBytes(), "relayed");
  }

  private SharedBody retaining(long expectedBytes) {
    return SharedBody.retaining(budget, expectedBytes, WINDOW, loop, writer);
  }

  private SharedBody passingOn() {
    return SharedBody.passingOn(budget, WINDOW, loop, writer);
  }

  private static ByteBuf bytes(String text) {
    ByteBuf bytes = Unpooled.directBuffer(text.length() + 2);
    // An offset, as what comes out of a decoder has.
    bytes.writeZero(2).skipBytes(2);
    bytes.writeBytes(text.getBytes(US_ASCII));
    return bytes;
  }

  private static void append(SharedBody body, String text) {
    assertTrue(body.append(bytes(text)));
    body.signal();
  }

  private static void complete(SharedBody body) {
    body.complete();
    body.signal();
  }

  private BodyReader reader(SharedBody body) {
    return body.newReader(loop, () -> {});
  }

  private static String readAll(BodyReader reader) {
    StringBuilder text = new StringBuilder();
    for (String piece = read(reader, ALL); piece != null; piece = read(reader, ALL)) {
      text.append(piece);
    }
    return text.toString();
  }

  private static @Nullable String read(BodyReader reader, int maxBytes) {
    ByteBuf bytes = reader.read(maxBytes);
    if (bytes == null) {
      return null;
    }
    String text = bytes.toString(US_ASCII);
    bytes.release();
    return text;
  }

  @Nested
  class Retaining {
    @Test
    void read_growingBody_followsAndEnds() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      assertNull(reader.read(ALL));
      append(body, "abc");
      assertTrue(reader.isReadable());
      assertEquals("ab", read(reader, 2));
      assertEquals("c", read(reader, ALL));
      assertFalse(reader.atEnd());
      append(body, "def");
      assertEquals("def", readAll(reader));
      complete(body);
      assertTrue(reader.atEnd());
      assertFalse(reader.failed());
      reader.close();
      body.release();
    }

    @Test
    void newReader_lateOrOfACompleteBody_startsAtTheFirstByte() {
      SharedBody body = retaining(-1);
      append(body, "abc");
      BodyReader late = reader(body);
      append(body, "def");
      complete(body);
      BodyReader afterwards = reader(body);
      assertEquals("abcdef", readAll(late));
      assertEquals("abcdef", readAll(afterwards));
      late.close();
      afterwards.close();
      body.release();
    }

    @Test
    void whole_inOnePiece_isAllOfIt() {
      SharedBody body = retaining(6);
      BodyReader early = reader(body);
      append(body, "abc");
      append(body, "def");
      complete(body);
      ByteBuf whole = body.whole();
      assertNotNull(whole);
      assertEquals("abcdef", whole.toString(US_ASCII));
      whole.release();
      assertEquals("abcdef", readAll(early));
      early.close();
      body.release();
    }

    @Test
    void whole_inSeveralPieces_isNull() {
      SharedBody body = retaining(-1);
      append(body, "a".repeat(100));
      append(body, "b".repeat(10_000));
      complete(body);
      assertNull(body.whole());
      BodyReader reader = reader(body);
      assertEquals(10_100, readAll(reader).length());
      reader.close();
      body.release();
    }

    @Test
    void read_moreThanTheLast_keepsWhatWasRead() {
      SharedBody body = retaining(3);
      append(body, "abc");
      complete(body);
      BodyReader reader = reader(body);
      ByteBuf read = reader.read(ALL);
      reader.close();
      body.release();
      assertEquals("abc", read == null ? null : read.toString(US_ASCII));
      assertTrue(read != null && read.release());
    }

    @ParameterizedTest
    @CsvSource({
      "0, 0",
      "1, 16",
      "1024, 1024",
      "65535, 65536",
      "65536, 65536",
      "65537, 65552",
      "300000, 303104"
    })
    void retainedBytes_knownLength_isWhatTheAllocatorTakes(int length, int expected) {
      SharedBody body = retaining(length);
      for (int left = length; left > 0; left -= Math.min(left, 8192)) {
        append(body, "x".repeat(Math.min(left, 8192)));
      }
      complete(body);
      assertEquals(expected, body.retainedBytes());
      assertEquals(expected, budget.arrivingBytes());
      assertEquals(expected, budget.segmentBytes());
      BodyReader reader = reader(body);
      assertEquals(length, readAll(reader).length());
      assertTrue(reader.atEnd());
      reader.close();
      body.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 8192, 40_000, 65_536, 65_537, 200_000})
    void retainedBytes_unknownLength_isWhatIsReservedAndNotMuchMoreThanTwiceTheLength(int piece) {
      SharedBody body = retaining(-1);
      int length = 0;
      for (int i = 0; i < 7; i++) {
        append(body, "x".repeat(piece));
        length += piece;
        assertEquals(budget.arrivingBytes(), body.retainedBytes());
      }
      complete(body);
      assertTrue(body.retainedBytes() <= 2.5 * length, body.retainedBytes() + " of " + length);
      body.release();
    }

    @ParameterizedTest
    @CsvSource({"2, abcdef", "10, abcdef"})
    void append_otherThanTheExpectedLength_keepsWhatCame(int expectedBytes, String text) {
      SharedBody body = retaining(expectedBytes);
      append(body, text);
      complete(body);
      BodyReader reader = reader(body);
      assertEquals(text, readAll(reader));
      reader.close();
      body.release();
    }

    @Test
    void append_emptyBuffer_isTakenAndChangesNothing() {
      SharedBody body = retaining(-1);
      ByteBuf empty = Unpooled.directBuffer(1);
      assertTrue(body.append(empty));
      assertEquals(0, empty.refCnt());
      assertEquals(0, body.retainedBytes());
      body.release();
    }

    @Test
    void append_noMemory_isRefusedAndTheBytesStayTheCallers() {
      SharedBody body = retaining(-1);
      assertTrue(budget.reserve(8 << 20));
      ByteBuf refused = bytes("abc");
      assertFalse(body.append(refused));
      assertEquals(1, refused.refCnt());
      assertEquals(3, refused.readableBytes());
      assertEquals(0, body.availableBytes());
      body.stopRetaining();
      assertTrue(body.append(refused));
      budget.unreserve(8 << 20);
    }

    @Test
    void pause_howeverSlowTheReader_isNotAskedFor() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      append(body, "x".repeat(WINDOW * 10));
      assertFalse(body.pause());
      reader.close();
      body.release();
    }

    @Test
    void settle_completeBody_isNoLongerArriving() {
      SharedBody body = retaining(3);
      append(body, "abc");
      complete(body);
      body.settle();
      assertEquals(0, budget.arrivingBytes());
      assertEquals(16, body.retainedBytes());
      body.release();
    }

    @Test
    void tryRetain_lastReferenceReleased_fails() {
      SharedBody body = retaining(3);
      append(body, "abc");
      complete(body);
      assertTrue(body.tryRetain());
      body.release();
      body.release();
      assertFalse(body.tryRetain());
    }
  }

  @Nested
  class PassingOn {
    @Test
    void append_noReader_isDropped() {
      SharedBody body = passingOn();
      ByteBuf dropped = bytes("abc");
      assertTrue(body.append(dropped));
      assertEquals(0, dropped.refCnt());
    }

    @Test
    void read_oneReader_releasesWhatIsBehind() {
      SharedBody body = passingOn();
      BodyReader reader = reader(body);
      ByteBuf one = bytes("abc");
      ByteBuf two = bytes("def");
      body.append(one);
      body.append(two);
      assertEquals("abc", read(reader, 3));
      assertEquals("d", read(reader, 1));
      assertEquals(0, one.refCnt());
      assertEquals(1, two.refCnt());
      reader.close();
      assertEquals(0, two.refCnt());
    }

    @Test
    void skip_acrossSegments_releasesWhatIsBehind() {
      SharedBody body = passingOn();
      BodyReader reader = reader(body);
      append(body, "abc");
      append(body, "def");
      assertEquals(4, reader.skip(4));
      assertEquals("ef", readAll(reader));
      assertEquals(0, reader.skip(1));
      reader.close();
    }

    @Test
    void readers_several_eachGetAll() {
      SharedBody body = passingOn();
      BodyReader one = reader(body);
      BodyReader two = reader(body);
      append(body, "abc");
      assertEquals("abc", readAll(one));
      append(body, "def");
      complete(body);
      assertEquals("def", readAll(one));
      assertEquals("abcdef", readAll(two));
      one.close();
      two.close();
    }

    @Test
    void pause_windowFull_thenDrainedAtHalf() {
      SharedBody body = passingOn();
      BodyReader reader = reader(body);
      append(body, "x".repeat(WINDOW));
      assertFalse(body.pause());
      append(body, "x");
      assertTrue(body.pause());
      assertEquals(50, reader.skip(50));
      assertEquals(0, writer.drained);
      assertEquals(1, reader.skip(1));
      assertEquals(1, writer.drained);
      assertEquals(10, reader.skip(10));
      assertEquals(1, writer.drained);
      reader.close();
    }

    @Test
    void pause_slowReaderLeaves_goesOnForTheOthers() {
      SharedBody body = passingOn();
      BodyReader slow = reader(body);
      BodyReader fast = reader(body);
      append(body, "x".repeat(WINDOW * 2));
      assertTrue(body.pause());
      assertEquals(WINDOW * 2, fast.skip(ALL));
      assertEquals(0, writer.drained);
      slow.close();
      assertEquals(1, writer.drained);
      assertEquals(0, writer.abandoned);
      fast.close();
    }

    @Test
    void pause_noReaders_isNotAskedFor() {
      SharedBody body = passingOn();
      append(body, "x".repeat(WINDOW * 2));
      assertFalse(body.pause());
    }
  }

  @Nested
  class Transition {
    @Test
    void stopRetaining_readersAtDifferentPositions_allGetAll() {
      SharedBody body = retaining(-1);
      BodyReader atStart = reader(body);
      BodyReader inside = reader(body);
      BodyReader atEnd = reader(body);
      append(body, "abc");
      append(body, "defgh");
      assertEquals("ab", read(inside, 2));
      assertEquals("abcdefgh", readAll(atEnd));
      body.stopRetaining();
      assertFalse(body.isRetaining());
      assertTrue(body.append(bytes("ijk")));
      assertTrue(body.append(bytes("lm")));
      complete(body);
      assertEquals("ijklm", readAll(atEnd));
      assertEquals("cdefghijklm", readAll(inside));
      assertEquals("abcdefghijklm", readAll(atStart));
      atStart.close();
      inside.close();
      atEnd.close();
    }

    @Test
    void stopRetaining_allReadersBeyondWhatIsRetained_releasesIt() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      append(body, "abc");
      body.stopRetaining();
      append(body, "def");
      assertEquals("abc", read(reader, 3));
      assertEquals(16, budget.arrivingBytes());
      assertEquals("d", read(reader, 1));
      assertEquals(0, budget.arrivingBytes());
      assertEquals(0, budget.segmentBytes());
      reader.close();
    }

    @Test
    void stopRetaining_partlyFilledSegment_readerStepsOverTheRest() {
      SharedBody body = retaining(1000);
      BodyReader reader = reader(body);
      append(body, "abc");
      body.stopRetaining();
      append(body, "def");
      assertEquals("abc", read(reader, ALL));
      assertEquals("def", read(reader, ALL));
      reader.close();
    }

    @Test
    void stopRetaining_nothingCameYet_passesOn() {
      SharedBody body = retaining(1000);
      BodyReader reader = reader(body);
      body.stopRetaining();
      append(body, "abc");
      assertEquals("abc", readAll(reader));
      reader.close();
    }

    @Test
    void stopRetaining_noReaders_releasesAtOnce() {
      SharedBody body = retaining(-1);
      append(body, "abc");
      body.stopRetaining();
      assertEquals(0, budget.segmentBytes());
      assertFalse(body.tryRetain());
    }

    @Test
    void close_amongRetainedSegments_releasesBothKinds() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      append(body, "abc");
      body.stopRetaining();
      ByteBuf passedOn = bytes("def");
      body.append(passedOn);
      assertEquals("a", read(reader, 1));
      reader.close();
      assertEquals(0, passedOn.refCnt());
    }

    @Test
    void pause_afterTheTransition_countsWhatIsUnreadOfBothKinds() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      append(body, "x".repeat(WINDOW));
      assertFalse(body.pause());
      body.stopRetaining();
      append(body, "y");
      assertTrue(body.pause());
      assertEquals(WINDOW + 1, reader.skip(ALL));
      assertEquals(1, writer.drained);
      reader.close();
    }
  }

  @Nested
  class Ending {
    @Test
    void close_lastReaderOfAGrowingBody_isAbandonment() {
      SharedBody body = retaining(-1);
      BodyReader one = reader(body);
      BodyReader two = reader(body);
      one.close();
      assertEquals(0, writer.abandoned);
      two.close();
      assertEquals(1, writer.abandoned);
      assertEquals(0, body.readers());
      body.release();
    }

    @Test
    void close_readerOfACompleteBody_isNoAbandonment() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      append(body, "abc");
      complete(body);
      reader.close();
      assertEquals(0, writer.abandoned);
      body.release();
    }

    @Test
    void close_betweenCompleteAndSignal_isNoAbandonment() {
      SharedBody body = passingOn();
      List<String> woken = new ArrayList<>();
      BodyReader reader = body.newReader(loop, () -> woken.add("woken"));
      body.append(bytes("abc"));
      body.complete();
      reader.close();
      body.signal();
      assertEquals(0, writer.abandoned);
      assertEquals(List.of(), woken);
    }

    @Test
    void close_twice_isOnce() {
      SharedBody body = passingOn();
      BodyReader reader = reader(body);
      BodyReader other = reader(body);
      ByteBuf bytes = bytes("abc");
      body.append(bytes);
      reader.close();
      reader.close();
      assertEquals(1, bytes.refCnt());
      other.close();
    }

    @Test
    void fail_readerInTheMiddle_isCutOff() {
      SharedBody body = retaining(-1);
      BodyReader reader = reader(body);
      append(body, "abc");
      assertEquals("a", read(reader, 1));
      body.fail();
      body.stopRetaining();
      body.signal();
      assertTrue(reader.failed());
      assertFalse(reader.atEnd());
      assertEquals("bc", readAll(reader));
      assertFalse(reader.atEnd());
      reader.close();
    }

    @Test
    void complete_emptyBody_isAtEndAtOnce() {
      SharedBody body = passingOn();
      List<Boolean> atEnd = new ArrayList<>();
      List<BodyReader> readers = new ArrayList<>();
      readers.add(body.newReader(loop, () -> atEnd.add(readers.get(0).atEnd())));
      complete(body);
      assertEquals(List.of(true), atEnd);
      readers.get(0).close();
    }

    @Test
    void signal_readerClosesWhenWoken_othersAreWokenToo() {
      SharedBody body = passingOn();
      List<String> woken = new ArrayList<>();
      List<BodyReader> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int number = i;
        readers.add(
            body.newReader(
                loop,
                () -> {
                  woken.add("reader " + number);
                  readers.get(number).close();
                }));
      }
      append(body, "abc");
      assertEquals(List.of("reader 2", "reader 1", "reader 0"), woken);
      assertEquals(1, writer.abandoned);
    }

    @Test
    void signal_readerClosesAnother_thatOneIsNotWoken() {
      SharedBody body = passingOn();
      List<String> firstWoken = new ArrayList<>();
      List<BodyReader> readers = new ArrayList<>();
      readers.add(body.newReader(loop, () -> firstWoken.add("woken")));
      readers.add(body.newReader(loop, () -> readers.get(0).close()));
      append(body, "abc");
      assertEquals(List.of(), firstWoken);
      readers.get(1).close();
    }
  }

  @Test
  void relay_unreadByOneOfTwo_isCountedOnce() {
    SharedBody body = passingOn();
    BodyReader slow = body.newReader(loop, () -> {});
    BodyReader quick = body.newReader(loop, () -> {});
    append(body, "abcd");
    append(body, "efg");
    assertEquals(7 + 2 * SharedBody.PIECE_BYTES, budget.relayedBytes());
    ByteBuf read = quick.read(ALL);
    while (read != null) {
      read.release();
      read = quick.read(ALL);
    }
    assertEquals(7 + 2 * SharedBody.PIECE_BYTES, budget.relayedBytes());
    quick.close();
    assertEquals(7 + 2 * SharedBody.PIECE_BYTES, budget.relayedBytes());
    slow.close();
    assertEquals(0, budget.relayedBytes());
    body.fail();
    body.signal();
  }

  /** A chunk may have one byte: what it takes is far more. */
  @Test
  void relay_ofTinyPieces_pausesForWhatTheyTake() {
    SharedBody body = passingOn();
    BodyReader reader = body.newReader(loop, () -> {});
    int pieces = 0;
    do {
      append(body, "x");
      pieces++;
    } while (!body.pause());
    assertEquals(WINDOW / SharedBody.PIECE_BYTES + SharedBody.FEW_PIECES + 1, pieces);
    int read = 0;
    while (writer.drained == 0) {
      requireNonNull(reader.read(1)).release();
      read++;
    }
    assertTrue(read < pieces, read + " of " + pieces + " read");
    reader.close();
    body.fail();
    body.signal();
  }

  /** A body made of parts that overlap is itself a part of a larger one (RFC 9111 §3.4). */
  @Test
  void append_bodyOfOverlappingParts_hasEachByteOnce() {
    SharedBody first = completeBody("0123456789");
    SharedBody second = completeBody("56789abcde");
    SharedBody third = completeBody("cdefg");
    SharedBody two = retaining(/* expectedBytes= */ 15);
    assertTrue(two.append(first, 0, 10));
    assertTrue(two.append(second, 5, 10));
    complete(two);
    SharedBody three = retaining(/* expectedBytes= */ 17);
    assertTrue(three.append(two, 0, 15));
    assertTrue(three.append(third, 3, 5));
    complete(three);
    SharedBody middle = retaining(/* expectedBytes= */ 9);
    assertTrue(middle.append(three, 7, 16));
    complete(middle);

    assertEquals("0123456789abcde", contentOf(two));
    assertEquals("0123456789abcdefg", contentOf(three));
    assertEquals("789abcdef", contentOf(middle));
    List.of(first, second, third, two, three, middle).forEach(SharedBody::release);
  }

  private String contentOf(SharedBody body) {
    BodyReader reader = reader(body);
    String content = readAll(reader);
    reader.close();
    return content;
  }

  private SharedBody completeBody(String text) {
    SharedBody body = retaining(text.length());
    append(body, text);
    complete(body);
    return body;
  }

  /** Forbidden outcome: what is stored keeps the fetch that brought it, and all that that knows. */
  @Test
  void complete_forgetsItsWriter() throws Exception {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    FakeWriter forgotten = new FakeWriter();
    PhantomReference<Object> reference = new PhantomReference<>(forgotten, queue);
    SharedBody body = SharedBody.retaining(budget, /* expectedBytes= */ 3, WINDOW, loop, forgotten);
    forgotten = null;
    append(body, "abc");
    body.complete();
    body.signal();
    System.gc();
    assertSame(reference, queue.remove(10_000));
    body.release();
  }

  /** Forbidden outcome: a relay that never ends fills the heap with what everyone has taken. */
  @Test
  void passedOn_byAllReaders_isForgotten() throws Exception {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    SharedBody body = retaining(/* expectedBytes= */ -1);
    BodyReader reader = reader(body);
    append(body, "kept");
    body.stopRetaining();
    PhantomReference<Object> reference = appendAndRead(body, reader, queue);
    append(body, "x");
    assertEquals("x", readAll(reader));
    System.gc();
    assertSame(reference, queue.remove(10_000));
    body.fail();
    body.signal();
    reader.close();
  }

  private static PhantomReference<Object> appendAndRead(
      SharedBody body, BodyReader reader, ReferenceQueue<Object> queue) {
    ByteBuf taken = bytes("taken");
    assertTrue(body.append(taken));
    body.signal();
    assertEquals("kepttaken", readAll(reader));
    return new PhantomReference<>(taken, queue);
  }
}
