package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of caching over sockets: the cases of the tables in {@code rules}, each from the text
 * of an RFC, run in three ways that must not make a difference. A case that is known to fail is
 * skipped with the reason that its table gives, and fails once it passes.
 */
class RuleTableTest {
  private static final List<String> TABLES =
      List.of(
          "fields",
          "statuses",
          "cache-control",
          "expires-date",
          "age",
          "vary",
          "authorization-cookies",
          "conditions",
          "not-modified",
          "head",
          "invalidation",
          "stale",
          "ranges",
          "messages",
          "request-directives",
          "targeted",
          "groups-search",
          "operator");

  /** What was seen of each case in the way that came first. */
  private static final Map<Integer, String> TRANSCRIPTS = new HashMap<>();

  private static @Nullable RuleBench oneConnection;
  private static @Nullable RuleBench freshConnections;
  private static @Nullable RuleBench fourLoops;

  @BeforeAll
  static void start() throws IOException {
    oneConnection = new RuleBench(/* loops= */ 1, /* connections= */ 1);
    freshConnections = new RuleBench(/* loops= */ 2, /* connections= */ 0);
    fourLoops = new RuleBench(/* loops= */ 4, /* connections= */ 4);
  }

  @AfterAll
  static void stop() throws IOException {
    TRANSCRIPTS.clear();
    close(oneConnection);
    close(freshConnections);
    close(fourLoops);
  }

  private static void close(@Nullable RuleBench bench) throws IOException {
    if (bench != null) {
      bench.close();
    }
  }

  static List<RuleCase> cases() throws IOException {
    List<RuleCase> cases = new ArrayList<>();
    for (String table : TABLES) {
      RuleTable.read(table, cases);
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void oneLoop_oneConnection(RuleCase rules) throws Exception {
    run(rules, oneConnection);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void twoLoops_freshConnections(RuleCase rules) throws Exception {
    run(rules, freshConnections);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void fourLoops_fourConnections(RuleCase rules) throws Exception {
    run(rules, fourLoops);
  }

  private static void run(RuleCase rules, @Nullable RuleBench bench) throws Exception {
    assert bench != null;
    String known = rules.known();
    String transcript;
    try {
      transcript = RuleRun.run(rules, bench);
    } catch (AssertionError e) {
      if (known == null) {
        throw e;
      }
      abort(known);
      return;
    }
    if (known != null) {
      fail(rules + " passes: it is not to be marked any more with: " + known);
    }
    String before = TRANSCRIPTS.putIfAbsent(rules.number(), transcript);
    if (before != null) {
      assertEquals(before, transcript, rules.title());
    }
  }
}
