package io.simplecache.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.simplecache.proxy.RuleCase.Ask;
import io.simplecache.proxy.RuleCase.Pause;
import io.simplecache.proxy.RuleCase.Step;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the cases of a table. A block of lines is a case, or one for each of its rows:
 *
 * <pre>
 * # a comment
 * == RFC 9111 §5.2.2.1 | MUST | what must be so
 * with: no-vary-search                      which proxy, a {@link RuleSettings}
 * known: why it fails at present            all rows; a single row ends with !! and the reason
 * :: directive || outcome                   names of columns,
 * -- max-age=60 || hit                      a case for each row
 * GET -> 200 | Cache-Control: {directive}   a request and what the origin says to it
 * +30                                       seconds pass
 * GET /b | Accept: x -> 304 => {outcome} | Age: 0   … and what is expected; goes on
 *   | X: y                                  on a line that is indented
 * </pre>
 */
final class RuleTable {
  private static final Pattern BAR = Pattern.compile("\\s+\\|(?:\\s+|$)");
  private static final Pattern COLUMN = Pattern.compile("\\s+\\|\\|(?:\\s+|$)");

  private final String name;
  private final List<RuleCase> cases;
  private String title = "";
  private RuleSettings settings = RuleSettings.DEFAULTS;
  private @Nullable String known;
  private List<String> columns = List.of();
  private final List<String> rows = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();

  private RuleTable(String name, List<RuleCase> cases) {
    this.name = name;
    this.cases = cases;
  }

  /** Adds the cases of the table {@code rules/<name>.txt} to {@code cases}. */
  static void read(String name, List<RuleCase> cases) throws IOException {
    RuleTable table = new RuleTable(name, cases);
    try (InputStream in = RuleTable.class.getResourceAsStream("rules/" + name + ".txt")) {
      if (in == null) {
        throw new AssertionError("no table " + name);
      }
      new String(in.readAllBytes(), UTF_8).lines().forEach(table::line);
    }
    table.endBlock();
  }

  private void line(String line) {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    if (line.startsWith(" ")) {
      int last = steps.size() - 1;
      steps.set(last, steps.get(last) + " " + line.strip());
    } else if (line.startsWith("== ")) {
      endBlock();
      title = line.substring(3).strip();
    } else if (line.startsWith("with: ")) {
      settings = RuleSettings.of(line.substring(6).strip());
    } else if (line.startsWith("known: ")) {
      known = line.substring(7).strip();
    } else if (line.startsWith(":: ")) {
      columns = List.of(COLUMN.split(line.substring(3).strip(), -1));
    } else if (line.startsWith("-- ")) {
      rows.add(line.substring(2));
    } else {
      steps.add(line.strip());
    }
  }

  private void endBlock() {
    if (!title.isEmpty()) {
      if (rows.isEmpty()) {
        add("", known);
      }
      for (String row : rows) {
        int mark = row.indexOf(" !! ");
        String values = mark < 0 ? row : row.substring(0, mark);
        add(values.stripTrailing(), mark < 0 ? known : row.substring(mark + 4).strip());
      }
    }
    title = "";
    settings = RuleSettings.DEFAULTS;
    known = null;
    columns = List.of();
    rows.clear();
    steps.clear();
  }

  private void add(String row, @Nullable String whyKnown) {
    Map<String, String> values = new LinkedHashMap<>();
    if (!columns.isEmpty()) {
      String[] cells = COLUMN.split(row, -1);
      if (cells.length != columns.size()) {
        throw new AssertionError(name + ": " + cells.length + " cells in: " + row);
      }
      for (int i = 0; i < cells.length; i++) {
        values.put(columns.get(i), cells[i].strip());
      }
    }
    List<Step> parsed = steps.stream().map(step -> step(filled(step, values))).toList();
    String full = name + ": " + title + (row.isEmpty() ? "" : " [" + row.strip() + "]");
    cases.add(new RuleCase(cases.size(), full, settings, parsed, whyKnown));
  }

  private static String filled(String step, Map<String, String> values) {
    String text = step;
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("{" + value.getKey() + "}", value.getValue());
    }
    return text;
  }

  private static Step step(String text) {
    if (text.startsWith("+")) {
      return new Pause(Long.parseLong(text.substring(1)));
    }
    String[] sides = text.split(" => ", -1);
    String[] messages = sides[0].split(" -> ", -1);
    List<List<String>> replies = new ArrayList<>();
    for (int i = 1; i < messages.length; i++) {
      replies.add(words(messages[i]));
    }
    List<String> expected = sides.length == 1 ? List.of() : words(sides[1]);
    return new Ask(text, words(messages[0]), List.copyOf(replies), expected);
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : BAR.split(text.strip(), -1)) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    return List.copyOf(words);
  }
}
