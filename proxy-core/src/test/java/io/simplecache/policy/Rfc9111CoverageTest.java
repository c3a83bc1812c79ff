package io.simplecache.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table {@code rfc9111-coverage.tsv}: for every paragraph of RFC 9111 §3 to §5 with a BCP 14
 * word a test, or why there is none. The build fails when a test that the table names is gone.
 */
class Rfc9111CoverageTest {
  private static final String TABLE = "/rfc9111-coverage.tsv";
  private static final Set<String> FORCES =
      Set.of("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY");

  /** The sections with a BCP 14 word. */
  private static final List<String> SECTIONS =
      List.of(
          "3",
          "3.1",
          "3.2",
          "3.3",
          "3.4",
          "3.5",
          "4",
          "4.1",
          "4.2",
          "4.2.2",
          "4.2.3",
          "4.2.4",
          "4.3.1",
          "4.3.2",
          "4.3.3",
          "4.3.4",
          "4.3.5",
          "4.4",
          "5.1",
          "5.2",
          "5.2.1",
          "5.2.1.1",
          "5.2.1.2",
          "5.2.1.3",
          "5.2.1.5",
          "5.2.1.7",
          "5.2.2",
          "5.2.2.1",
          "5.2.2.2",
          "5.2.2.3",
          "5.2.2.4",
          "5.2.2.5",
          "5.2.2.6",
          "5.2.2.7",
          "5.2.2.8",
          "5.2.2.9",
          "5.2.2.10",
          "5.2.3",
          "5.2.4",
          "5.3");

  /** One line of the table. */
  record Row(String section, String force, String what, String test) {
    boolean isTested() {
      return !test.startsWith("-");
    }
  }

  static Stream<Row> rows() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Rfc9111CoverageTest.class.getResourceAsStream(TABLE)),
                StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Rfc9111CoverageTest::row)
          .toList()
          .stream();
    }
  }

  private static Row row(String line) {
    List<String> columns = Arrays.asList(line.split("\t", -1));
    assertEquals(4, columns.size(), line);
    return new Row(columns.get(0), columns.get(1), columns.get(2), columns.get(3));
  }

  static Stream<Row> testedRows() throws IOException {
    return rows().filter(Row::isTested);
  }

  @ParameterizedTest
  @MethodSource("rows")
  @DisplayName("every line has a section, a force, a sentence, and a test or a reason")
  void line(Row row) {
    assertTrue(row.section().matches("[345](\\.\\d+)*"), row.section());
    assertTrue(FORCES.contains(row.force()), row.force());
    assertFalse(row.what().isBlank());
    assertTrue(row.isTested() || row.test().length() > 10, row.test());
  }

  @ParameterizedTest
  @MethodSource("testedRows")
  @DisplayName("every test named exists, is a test and names a section")
  void namedTest(Row row) throws ClassNotFoundException {
    String[] path = row.test().split("\\.", -1);
    assertEquals(3, path.length, row.test());
    Class<?> tests = Class.forName("io.simplecache.policy." + path[0] + "$" + path[1]);
    Method test =
        Arrays.stream(tests.getDeclaredMethods())
            .filter(method -> method.getName().equals(path[2]))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no such test: " + row.test()));
    assertTrue(
        test.isAnnotationPresent(Test.class) || test.isAnnotationPresent(ParameterizedTest.class));
    DisplayName name = Objects.requireNonNull(test.getAnnotation(DisplayName.class));
    assertTrue(name.value().contains("§"), name.value());
  }

  @Test
  @DisplayName("no section with a BCP 14 word is missing")
  void sections() throws IOException {
    Set<String> missing = new LinkedHashSet<>(SECTIONS);
    rows().map(Row::section).forEach(missing::remove);
    assertEquals(Set.of(), missing);
  }

  @Test
  @DisplayName("the table of sections and their tests is written beside the test reports")
  void report() throws IOException {
    Map<String, Integer> cases = casesOverSockets();
    StringBuilder report = new StringBuilder("| RFC 9111 | | What | Test |\n|---|---|---|---|\n");
    rows()
        .forEach(
            row ->
                report.append(
                    "| §%s | %s | %s | %s |\n"
                        .formatted(row.section(), row.force(), row.what(), row.test())));
    report.append("\n| Over sockets | Groups of cases |\n|---|--:|\n");
    cases.forEach((section, count) -> report.append("| %s | %d |\n".formatted(section, count)));
    Path target = Files.createDirectories(Path.of("target"));
    Files.writeString(target.resolve("rfc9111-coverage.md"), report);

    assertTrue(cases.getOrDefault("RFC 9111 §4.2.1", 0) > 0, cases.toString());
  }

  /** Counts the headings of the rule tables, {@code == RFC 9111 §4.1 | MUST | …}, by section. */
  private static Map<String, Integer> casesOverSockets() throws IOException {
    Map<String, Integer> cases = new TreeMap<>();
    Path tables = Path.of("src/test/resources/io/simplecache/proxy/rules");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(tables, "*.txt")) {
      for (Path file : files) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("== ")) {
            cases.merge(line.substring(3).split(" \\| ", -1)[0], 1, Integer::sum);
          }
        }
      }
    }
    return cases;
  }
}
