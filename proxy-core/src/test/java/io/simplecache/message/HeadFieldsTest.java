package io.simplecache.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadFieldsTest {
  private static final List<CharSequence> NAMES =
      List.of("Ab", "aB", AsciiString.of("AB"), "ac", HttpHeaderNames.HOST, "host", "x-long-name");

  @SuppressWarnings("JavaUtilDate") // Netty's fields take them.
  private static void change(HttpHeaders fields, Random random, int change) {
    CharSequence name = NAMES.get(random.nextInt(NAMES.size()));
    String value = String.valueOf(random.nextInt(3));
    switch (change) {
      case 0 -> fields.set(name, value);
      case 1 -> fields.set(name, List.of(value, "again"));
      case 2 -> fields.remove(name);
      case 3 -> fields.remove(name.toString());
      case 4 -> fields.setInt(name, 5);
      case 5 -> fields.addInt(name, 6);
      case 6 -> fields.add(name, List.of(value, 7, new Date(0)));
      case 7 -> fields.set(name.toString(), (Object) value);
      case 8 -> fields.add(new DefaultHttpHeaders().add("y", "z").add(name, value));
      case 9 -> fields.set(new DefaultHttpHeaders().add(name, value));
      case 10 -> fields.clear();
      default -> fields.add(name, value);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void changes_atRandom_areThoseOfNettysFields(long seed) {
    Random random = new Random(seed);
    HttpHeaders model = new DefaultHttpHeaders();
    HttpHeaders fields = new HeadFields();
    for (int i = 0; i < 5_000; i++) {
      int change = random.nextInt(24);
      long same = random.nextLong();
      change(model, new Random(same), change);
      change(fields, new Random(same), change);
      assertSays(model, fields);
      if (i % 100 == 0) {
        HttpHeaders copy = i % 200 == 0 ? fields.copy() : HeadFields.copyOf(model);
        assertSays(model, copy);
        fields.add("only-there", "x");
        fields = copy;
      }
    }
  }

  private static void assertSays(HttpHeaders model, HttpHeaders fields) {
    assertEquals(model.entries().toString(), fields.entries().toString());
    assertEquals(model.size(), fields.size());
    assertEquals(model.isEmpty(), fields.isEmpty());
    // Netty gives the name of a String and that of an AsciiString apart.
    assertEquals(List.copyOf(new LinkedHashSet<>(model.names())), List.copyOf(fields.names()));
    for (CharSequence name : NAMES) {
      assertEquals(model.get(name), fields.get(name));
      assertEquals(model.getAll(name), fields.getAll(name));
      assertEquals(model.contains(name), fields.contains(name));
      assertEquals(model.contains(name, "1", true), fields.contains(name, "1", true));
      assertEquals(model.containsValue(name, "2", true), fields.containsValue(name, "2", true));
    }
  }

  @Test
  void copyOf_changedLater_theOriginalStays() {
    HttpHeaders original = new HeadFields().add("a", "b").add("c", "d");
    HttpHeaders copy = HeadFields.copyOf(original);
    copy.set("a", "x").remove("c");
    assertEquals("[a=b, c=d]", original.entries().toString());
    assertEquals("[a=x]", copy.entries().toString());
    assertEquals(0, HeadFields.copyOf(EmptyHttpHeaders.INSTANCE).size());
  }

  /** What was read from the wire was checked there; what anybody else adds is checked here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a b|c", "a:|c", "''|c", "a|b\\r\\nc: d", "a|b\\nc", "a|\\0"})
  void add_whatWouldNotBeOneField_isRefused(String name, String value) {
    String raw = value.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    HttpHeaders fields = new HeadFields();
    assertThrows(IllegalArgumentException.class, () -> fields.add(name, raw));
    assertThrows(IllegalArgumentException.class, () -> fields.set(name, raw));
    HttpHeaders foreign =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    foreign.add(name, raw);
    assertThrows(IllegalArgumentException.class, () -> HeadFields.checkedCopyOf(foreign));
    assertEquals(0, fields.size());
  }

  @Test
  void ofDecoder_isNotCheckedAgain_butAfterACopy() {
    HttpHeaders read = HeadFields.OF_DECODER.newHeaders().add("a", "b").add("c", "\0");
    assertEquals(2, read.size());
    HttpHeaders copy = HeadFields.copyOf(read);
    assertThrows(IllegalArgumentException.class, () -> copy.set("a", "\0"));
    assertEquals(0, HeadFields.OF_DECODER.newEmptyHeaders().size());
  }
}
