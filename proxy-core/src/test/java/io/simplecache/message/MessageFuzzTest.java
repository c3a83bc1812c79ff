package io.simplecache.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.testing.FuzzedFields;

/** Any bytes as dates, lists and fields: nothing throws, and what is understood is kept. */
class MessageFuzzTest {
  private static final long YEAR_10000_MILLIS = 253_402_300_800_000L;

  @FuzzTest
  void httpDates(byte[] input) {
    long millis = HttpDates.parseMillis(FuzzedFields.value(input));
    if (millis >= 0 && millis < YEAR_10000_MILLIS) {
      assertEquals(millis, HttpDates.parseMillis(HttpDates.format(millis)));
    }
  }

  @FuzzTest
  void fieldLists(byte[] input) {
    String value = FuzzedFields.value(input);
    for (String member : FieldLists.membersOf(value)) {
      assertFalse(member.isEmpty(), "an empty member");
      assertTrue(value.contains(member), member);
      FieldLists.parametersOf(member);
    }
    FieldLists.members(FuzzedFields.of("A", input), "a");
  }

  @FuzzTest
  void storedFields(byte[] input) {
    HttpHeaders fields = FuzzedFields.of(input);
    StoredFields stored = StoredFields.copyOf(fields);
    assertEquals(fields.entries().toString(), stored.entries().toString());
    for (String name : fields.names()) {
      assertEquals(fields.getAll(name), stored.getAll(name));
      assertTrue(stored.contains(name), name);
    }
    assertEquals(fields.size(), stored.size());
  }
}
