package io.simplecache.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredFieldsTest {
  private static final List<String> NAMES =
      List.of("A", "a", "Ab", "aB", "Cache-Control", "cache-control", "X-Y_z!#$%&'*+.^`|~", "9");

  /** Tab, space, visible and obs-text. */
  private static final String VALUE_CHARS = "\t !:,;=\"az09\u0080\u00e4\u00ff";

  private static HttpHeaders random(Random random) {
    HttpHeaders fields = new DefaultHttpHeaders();
    for (int n = random.nextInt(8); n > 0; n--) {
      StringBuilder value = new StringBuilder();
      for (int i = random.nextInt(10); i > 0; i--) {
        value.append(VALUE_CHARS.charAt(random.nextInt(VALUE_CHARS.length())));
      }
      fields.add(NAMES.get(random.nextInt(NAMES.size())), value.toString().trim());
    }
    return fields;
  }

  private static String text(HttpHeaders fields) {
    StringBuilder text = new StringBuilder();
    Iterator<Map.Entry<CharSequence, CharSequence>> i = fields.iteratorCharSequence();
    while (i.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = i.next();
      text.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void copyOf_randomFields_saysWhatTheOriginalSays(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      HttpHeaders original = random(random);
      StoredFields stored = StoredFields.copyOf(original);
      assertEquals(text(original), text(stored));
      assertEquals(original.entries().toString(), stored.entries().toString());
      assertEquals(original.size(), stored.size());
      assertEquals(original.isEmpty(), stored.isEmpty());
      assertEquals(new ArrayList<>(original.names()), new ArrayList<>(stored.names()));
      for (String name : NAMES) {
        String queried = random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
        assertEquals(original.get(queried), stored.get(queried));
        assertEquals(original.getAll(queried), stored.getAll(queried));
        assertEquals(original.contains(queried), stored.contains(queried));
        assertEquals(original.get(queried), stored.get(AsciiString.of(queried)));
      }
    }
  }

  @Test
  void writeTo_fields_isTheWireForm() {
    StoredFields stored =
        StoredFields.copyOf(new DefaultHttpHeaders().add("A", "b").add("c", "").add("A", "\u00e4"));
    ByteBuf out = Unpooled.buffer();
    stored.writeTo(out);
    assertEquals("A: b\r\nc: \r\nA: \u00e4\r\n", out.toString(ISO_8859_1));
    assertEquals(out.readableBytes(), stored.sizeBytes());
    out.release();
  }

  @Test
  void without_names_keepsTheOthersInOrder() {
    StoredFields stored =
        StoredFields.copyOf(
            new DefaultHttpHeaders().add("A", "b").add("c", "").add("a", "d").add("E", "f"));
    assertEquals(
        List.of("c: ", "E: f"),
        stored.without(StoredFields.Names.of(List.of("A", "x"))).entries().stream()
            .map(field -> field.getKey() + ": " + field.getValue())
            .toList());
    assertEquals(4, stored.without(StoredFields.Names.of(List.of())).size());
    assertTrue(stored.without(StoredFields.Names.of(List.of("a", "c", "e"))).isEmpty());
    assertEquals(4, stored.size(), "the original stays");
  }

  @Test
  void copyOf_storedFields_isTheSame() {
    StoredFields stored = StoredFields.copyOf(new DefaultHttpHeaders().add("a", "b"));
    assertSame(stored, StoredFields.copyOf(stored));
  }

  @Test
  void copyOf_originalChangedLater_staysAsItWas() {
    HttpHeaders original = new DefaultHttpHeaders().add("a", "b");
    StoredFields stored = StoredFields.copyOf(original);
    original.set("a", "c");
    assertEquals("b", stored.get("a"));
  }

  @Test
  void numbersAndDates_goodOrBad_areReadOrNull() {
    StoredFields stored =
        StoredFields.copyOf(
            new DefaultHttpHeaders()
                .add("number", "42")
                .add("date", "Thu, 01 Jan 1970 00:00:01 GMT")
                .add("bad", "x"));
    assertEquals(42, stored.getInt("number"));
    assertEquals((short) 42, stored.getShort("number"));
    assertEquals(1000L, stored.getTimeMillis("date"));
    assertNull(stored.getInt("bad"));
    assertNull(stored.getTimeMillis("bad"));
    assertEquals(7, stored.getInt("missing", 7));
    assertEquals(7L, stored.getTimeMillis("bad", 7L));
  }

  @Test
  void change_anyWay_isRefused() {
    StoredFields stored = StoredFields.copyOf(new DefaultHttpHeaders().add("a", "b"));
    List<Consumer<HttpHeaders>> changes =
        List.of(
            fields -> fields.add("a", "c"),
            fields -> fields.add("a", List.of("c")),
            fields -> fields.set("a", "c"),
            fields -> fields.set("a", List.of("c")),
            fields -> fields.setInt("a", 1),
            fields -> fields.addInt("a", 1),
            fields -> fields.remove("a"),
            HttpHeaders::clear);
    for (Consumer<HttpHeaders> change : changes) {
      assertThrows(UnsupportedOperationException.class, () -> change.accept(stored));
    }
    assertEquals("b", stored.get("a"));
  }

  @Test
  void copyOf_noFields_isEmpty() {
    StoredFields stored = StoredFields.copyOf(new DefaultHttpHeaders());
    assertTrue(stored.isEmpty());
    assertEquals(0, stored.sizeBytes());
    assertNull(stored.get("a"));
  }
}
