package io.simplecache.proxy;

import static java.time.ZoneOffset.UTC;

import io.simplecache.proxy.RawClient.Response;
import io.simplecache.proxy.RuleCase.Ask;
import io.simplecache.proxy.RuleCase.Pause;
import io.simplecache.proxy.RuleCase.Step;
import io.simplecache.proxy.ScriptedOrigin.Connection;
import io.simplecache.proxy.ScriptedOrigin.Request;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs one case. What the words of a step mean:
 *
 * <p><b>Request</b>: {@code METHOD /suffix}, {@code Name: value}, {@code "content"}.
 *
 * <p><b>Reply</b>: a status, or {@code close} for none; {@code Name: value}; {@code -Date} and
 * {@code -Content-Length}, which are there otherwise; {@code "content"}, by default {@code b} and
 * the number of the step; {@code chunked}; {@code 1.0}, the version; {@code trailer Name: value};
 * {@code close} afterwards; {@code ^103 Name: value}, before it; {@code delay 5}, seconds pass
 * first.
 *
 * <p><b>Expectation</b>: {@code hit}, the origin is not asked, {@code asked}, it is once, {@code
 * asked 2}, {@code asked+}, at least once; a status and {@code "content"}, by default those that
 * the origin said last; {@code Name: value} with the values of several lines joined by {@code " +
 * "}, {@code Name: ~part}, {@code Name: *} for present, {@code -Name}; {@code >} before one of
 * these: of the last request that the origin saw; {@code fwd=…}, {@code ttl=…}, {@code stored}, …
 * in Cache-Status, {@code !stored} not; {@code trailer Name: value}; {@code ^103 Name: value};
 * {@code broken}, cut off.
 *
 * <p>Everywhere {@code {date+60}} is a date that many seconds from now, {@code rfc850} and {@code
 * asctime} likewise, {@code {base}} the case's own path and {@code {name}} the same without its
 * slash, {@code \t} a tab.
 */
final class RuleRun {
  private static final Pattern DATE = Pattern.compile("\\{(date|rfc850|asctime)((?:[+-]\\d+)?)\\}");
  private static final DateTimeFormatter RFC850 =
      DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ENGLISH);
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);
  private static final Pattern STATUS = Pattern.compile("\\d{3}");
  private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)");
  private static final Pattern CACHE_STATUS =
      Pattern.compile("!?(stored|collapsed|(?:fwd|fwd-status|ttl|detail)=.*)");

  /** Beyond this the proxy goes round in circles. */
  private static final int MAX_ASKED = 8;

  private final RuleCase rules;
  private final RuleBench bench;
  private final String base;
  private final Map<String, Known> knownByTarget = new HashMap<>();
  private final StringBuilder transcript = new StringBuilder();
  private final List<Request> seen = new CopyOnWriteArrayList<>();
  private volatile List<List<String>> replies = List.of();
  private int step;

  /** What the origin said last. */
  private record Known(int status, String content) {}

  private RuleRun(RuleCase rules, RuleBench bench) {
    this.rules = rules;
    this.bench = bench;
    this.base = "/t" + rules.number();
  }

  /** Runs it and returns what was seen on both sides, for comparison. */
  static String run(RuleCase rules, RuleBench bench) throws Exception {
    RuleRun run = new RuleRun(rules, bench);
    for (Step step : rules.steps()) {
      if (step instanceof Pause pause) {
        bench.clock().advanceSeconds(pause.seconds());
      } else if (step instanceof Ask ask) {
        run.ask(ask);
      }
    }
    return run.transcript.toString();
  }

  // ---- the request

  private void ask(Ask ask) throws Exception {
    step++;
    seen.clear();
    replies = ask.replies();
    String[] line = ask.request().get(0).split(" ", -1);
    String method = line[0];
    String target = base + (line.length > 1 ? line[1] : "");
    bench.origin().on(target, this::reply);
    String content = "";
    List<String> fields = new ArrayList<>();
    for (String word : ask.request().subList(1, ask.request().size())) {
      if (word.startsWith("\"")) {
        content = unquoted(word);
      } else {
        fields.add(resolved(word));
      }
    }
    if (!content.isEmpty()) {
      fields.add("Content-Length: " + content.length());
    }
    String text = RawClient.request(method, target, fields.toArray(new String[0])) + content;
    RuleBench.Answer answer;
    try {
      answer = bench.ask(rules.settings(), method, text);
    } catch (IOException e) {
      throw new AssertionError(where(ask) + e, e);
    }
    bench.proxy(rules.settings()).awaitSettled();
    note(ask, answer);
    check(ask, method, target, answer);
  }

  private String where(Ask ask) {
    return rules.title() + "\n  in step " + step + ": " + ask.text() + "\n  ";
  }

  private void note(Ask ask, RuleBench.Answer answer) {
    Response response = answer.response();
    boolean parts = response.head().fields().hasMember("Content-Type", "multipart/byteranges");
    transcript
        .append(ask.text())
        .append("\n  ")
        .append(response.status())
        .append(' ')
        .append(response.head().fields().all("Cache-Status"))
        .append(response.head().fields().all("Age"))
        .append(parts ? "" : response.text().replaceAll("simple-cache-[0-9a-f]+", "boundary"))
        .append(response.trailers())
        .append("\n  ")
        .append(seen.stream().map(Request::line).distinct().toList())
        .append('\n');
  }

  // ---- the origin

  private void reply(Request request, Connection connection) throws IOException {
    seen.add(request);
    int number = seen.size();
    if (number > MAX_ASKED) {
      connection.close();
      return;
    }
    List<String> reply =
        replies.isEmpty() ? List.of("200") : replies.get(Math.min(number, replies.size()) - 1);
    new Writer(reply, request.method().equals("HEAD")).send(connection);
  }

  /** One reply of the origin's. */
  private final class Writer {
    private final List<String> reply;
    private final boolean toHead;
    private final List<String> fields = new ArrayList<>();
    private final List<String> trailers = new ArrayList<>();
    private final StringBuilder before = new StringBuilder();
    private String version = "1.1";
    private boolean chunked;
    private boolean close;
    private boolean date = true;
    private boolean length = true;

    Writer(List<String> reply, boolean toHead) {
      this.reply = reply;
      this.toHead = toHead;
    }

    void send(Connection connection) throws IOException {
      String status = reply.get(0);
      if (status.equals("close")) {
        connection.close();
        return;
      }
      reply.subList(1, reply.size()).forEach(this::word);
      String content = contentOf(reply);
      boolean empty = hasNoContent(status);
      if (date) {
        fields.add("Date: " + bench.clock().httpDate());
      }
      if (chunked) {
        fields.add("Transfer-Encoding: chunked");
      } else if (length && !empty) {
        fields.add("Content-Length: " + content.length());
      }
      StringBuilder text =
          before.append("HTTP/").append(version).append(' ').append(status).append(" Said\r\n");
      fields.forEach(field -> text.append(field).append("\r\n"));
      text.append("\r\n");
      if (!toHead && !empty) {
        text.append(chunked ? chunks(content) : content);
      }
      connection.send(text.toString());
      if (close || (!length && !chunked && !empty)) {
        connection.close();
      }
    }

    private String chunks(String content) {
      StringBuilder text = new StringBuilder();
      if (!content.isEmpty()) {
        text.append(Integer.toHexString(content.length())).append("\r\n").append(content);
        text.append("\r\n");
      }
      if (!close) {
        text.append("0\r\n");
        trailers.forEach(field -> text.append(field).append("\r\n"));
        text.append("\r\n");
      }
      return text.toString();
    }

    private void word(String word) {
      String text = resolved(word);
      if (text.equals("chunked")) {
        chunked = true;
      } else if (text.equals("1.0")) {
        version = text;
      } else if (text.equals("close")) {
        close = true;
      } else if (text.equals("-Date")) {
        date = false;
      } else if (text.equals("-Content-Length")) {
        length = false;
      } else if (text.startsWith("delay ")) {
        bench.clock().advanceSeconds(Long.parseLong(text.substring(6)));
      } else if (text.startsWith("trailer ")) {
        trailers.add(text.substring(8));
      } else if (text.startsWith("^")) {
        before.append("HTTP/1.1 ").append(text, 1, 4).append(" Wait\r\n");
        before.append(text.length() > 5 ? text.substring(5) + "\r\n\r\n" : "\r\n");
      } else if (!text.startsWith("\"")) {
        String name = text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT);
        date &= !name.equals("date");
        length &= !name.equals("content-length");
        fields.add(text);
        if (name.equals("content-length") && !hasNoContent(reply.get(0))) {
          close = true;
        }
      }
    }
  }

  private static boolean hasNoContent(String status) {
    return status.equals("204") || status.equals("304");
  }

  private String contentOf(List<String> reply) {
    for (String word : reply) {
      if (word.startsWith("\"")) {
        return unquoted(word);
      }
    }
    // RFC 9110 §15.3.6: a 205 has none.
    return reply.get(0).equals("205") ? "" : "b" + step;
  }

  // ---- what is expected

  private void check(Ask ask, String method, String target, RuleBench.Answer answer) {
    Response response = answer.response();
    Known before = knownByTarget.get(target);
    Known now = before;
    if (!seen.isEmpty()) {
      List<List<String>> given = ask.replies();
      List<String> reply =
          given.isEmpty() ? List.of("200") : given.get(Math.min(seen.size(), given.size()) - 1);
      String status = reply.get(0);
      if (STATUS.matcher(status).matches() && !status.equals("304")) {
        now = new Known(Integer.parseInt(status), hasNoContent(status) ? "" : contentOf(reply));
        if (method.equals("GET")) {
          knownByTarget.put(target, now);
        }
      }
    }
    boolean saysCount = false;
    String status = now == null ? "" : String.valueOf(now.status());
    String content = now == null || method.equals("HEAD") ? "" : now.content();
    boolean contentMatters = now != null;
    boolean complete = true;
    for (String word : ask.expected()) {
      if (STATUS.matcher(word).matches()) {
        contentMatters &= word.equals(status);
        status = word;
      }
      saysCount |= word.equals("hit") || word.startsWith("asked");
      complete &= !word.equals("broken");
    }
    for (String word : ask.expected()) {
      if (word.startsWith("\"")) {
        content = unquoted(word);
        contentMatters = true;
      }
    }
    String seenText = describe(answer);
    String where = where(ask);
    if (!saysCount) {
      expect(where + "asked", ask.replies().isEmpty() ? 0 : 1, seen.size(), seenText);
    }
    for (String word : ask.expected()) {
      checkWord(where + word, word, answer, seenText);
    }
    expect(where + "status", status, String.valueOf(response.status()), seenText);
    expect(where + "complete", complete, response.isComplete(), seenText);
    if (contentMatters) {
      expect(where + "content", content, response.text(), seenText);
    }
  }

  private void checkWord(String where, String word, RuleBench.Answer answer, String seenText) {
    Response response = answer.response();
    String text = resolved(word);
    if (text.equals("hit")) {
      expect(where, 0, seen.size(), seenText);
      expect(where, true, lastCacheStatus(response).contains("; hit"), seenText);
    } else if (text.equals("asked")) {
      expect(where, 1, seen.size(), seenText);
    } else if (text.equals("asked+")) {
      expect(where, true, !seen.isEmpty() && seen.size() <= MAX_ASKED, seenText);
    } else if (text.startsWith("asked ")) {
      expect(where, Integer.parseInt(text.substring(6)), seen.size(), seenText);
    } else if (CACHE_STATUS.matcher(text).matches()) {
      boolean not = text.startsWith("!");
      String parameter = "; " + (not ? text.substring(1) : text) + ";";
      boolean there = (lastCacheStatus(response) + ";").contains(parameter);
      expect(where, !not, there, seenText);
    } else if (text.startsWith("^")) {
      boolean there = false;
      for (RawClient.Head head : answer.informational()) {
        boolean same = String.valueOf(head.status()).equals(text.substring(1, 4));
        there |= same && (text.length() < 5 || matches(text.substring(5), head.fields()));
      }
      expect(where, true, there, seenText);
    } else if (text.equals("-1xx")) {
      expect(where, 0, answer.informational().size(), seenText);
    } else if (text.startsWith("trailer ")) {
      expect(where, true, matches(text.substring(8), response.trailers()), seenText);
    } else if (text.startsWith(">")) {
      expect(where + " (asked)", false, seen.isEmpty(), seenText);
      Request last = seen.get(seen.size() - 1);
      boolean same =
          text.startsWith(">METHOD ")
              ? last.method().equals(text.substring(8))
              : text.startsWith(">\"")
                  ? last.text().equals(unquoted(text.substring(1)))
                  : matches(text.substring(1), last.fields());
      expect(where, true, same, seenText);
    } else if (text.startsWith("-") || FIELD.matcher(text).matches()) {
      expect(where, true, matches(text, response.head().fields()), seenText);
    } else if (!isOther(text)) {
      throw new AssertionError(where + ": not a word that is known");
    }
  }

  private static boolean isOther(String text) {
    return text.equals("broken") || text.startsWith("\"") || STATUS.matcher(text).matches();
  }

  private static boolean matches(String word, Fields fields) {
    if (word.startsWith("-")) {
      return !fields.contains(word.substring(1));
    }
    Matcher field = FIELD.matcher(word);
    if (!field.matches()) {
      throw new AssertionError("no field: " + word);
    }
    String value = field.group(2).strip();
    List<String> lines = fields.all(field.group(1));
    String joined = String.join(" + ", lines);
    if (value.equals("*")) {
      return !lines.isEmpty();
    }
    return value.startsWith("~")
        ? joined.contains(value.substring(1))
        : !lines.isEmpty() && joined.equals(value);
  }

  private static String lastCacheStatus(Response response) {
    List<String> lines = response.head().fields().all("Cache-Status");
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  private String describe(RuleBench.Answer answer) {
    return "client: "
        + answer.informational()
        + answer.response()
        + "\n  origin: "
        + seen.stream().map(Request::toString).toList();
  }

  private static void expect(
      String what, @Nullable Object expected, @Nullable Object actual, String seenText) {
    if (!String.valueOf(expected).equals(String.valueOf(actual))) {
      throw new AssertionError(
          what + "\n  expected: " + expected + "\n  was: " + actual + "\n  " + seenText);
    }
  }

  // ---- words

  private static String unquoted(String word) {
    return word.substring(1, word.length() - 1);
  }

  private String resolved(String word) {
    if (word.indexOf('{') < 0 && word.indexOf('\\') < 0) {
      return word;
    }
    String text =
        word.replace("{base}", base).replace("{name}", base.substring(1)).replace("\\t", "\t");
    return DATE.matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(date(found.group(1), found.group(2))));
  }

  private String date(String form, String offset) {
    Duration fromNow = Duration.ofSeconds(offset.isEmpty() ? 0 : Long.parseLong(offset));
    if (form.equals("date")) {
      return bench.clock().httpDate(fromNow);
    }
    var time = bench.clock().instant().plus(fromNow).atOffset(UTC);
    return form.equals("rfc850") ? RFC850.format(time) : ASCTIME.format(time);
  }
}
