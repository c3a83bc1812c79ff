package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
@ExtendWith(LeakGuard.class)
class ExplainCommandTest {
  private static final String TOKEN = "a-token-of-some-length";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new ExplainCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void explain_printsTheAnswer(@TempDir Path dir) throws Exception {
    Path tokenFile = Files.writeString(dir.resolve("token"), TOKEN + "\n");
    try (Servers servers = new Servers(TOKEN)) {
      String url = servers.url("/demo/max-age/60");

      int code =
          run(
              url,
              "--header=Accept-Encoding: gzip",
              "--admin=http://localhost:" + servers.admin.port() + "/",
              "--token-file=" + tokenFile);

      assertEquals("", err.toString());
      assertEquals(0, code);
      assertTrue(out.toString().startsWith("MISS  " + url + "\n"), out.toString());
    }
  }

  @Test
  void explain_thatIsRefused_isOneLine() throws Exception {
    try (Servers servers = new Servers(TOKEN)) {
      assertEquals(1, run("http://h/", "--admin=http://localhost:" + servers.admin.port()));
      assertEquals("simple-cache: a token is needed (Authorization: Bearer …)\n", err.toString());
    }
  }

  @Test
  void explain_ofNobody_isOneLine() {
    assertEquals(1, run("http://h/", "--admin=http://localhost:1"));

    assertEquals(1, err.toString().lines().count(), err.toString());
    assertEquals(
        "simple-cache: http://localhost:1 cannot be asked: nothing listens there"
            + " (expected: a server that was started with --admin-port 1)\n",
        err.toString());
  }

  @Test
  void explain_withBadFlags_isBadUsage() {
    assertEquals(2, run());
    assertEquals(2, run("http://h/", "--admin=nowhere"));
    assertEquals(2, run("http://h/", "--token-file=/nowhere"));
  }

  @Test
  void explain_withATokenThatCannotBeSent_doesNotShowIt(@TempDir Path dir) throws Exception {
    Path tokenFile = Files.writeString(dir.resolve("token"), "a-token-of-some-\u00e9length");

    assertEquals(2, run("http://h/", "--token-file=" + tokenFile));

    assertTrue(err.toString().contains("character 17 cannot be sent"), err.toString());
    assertFalse(err.toString().contains("a-token"), err.toString());
  }

  @Test
  void text_tellsTheNumbers_andNothingUnprintable() throws Exception {
    String text =
        ExplanationText.of(
            new ObjectMapper()
                .readTree(
                    """
                    {"key": "http://h/x", "outcome": "hit", "status": 200, "reason": "fresh",
                     "rfc": "RFC 9111 §4.2", "steps": ["It is stored.", "It is fresh."],
                     "originRequest": {}, "departure": null, "variants": [{
                       "varyingFields": ["accept-encoding"], "storedValues": ["gzip"],
                       "requestValues": [null], "matches": true, "selected": true, "status": 200,
                       "freshnessLifetimeSeconds": 3600, "lifetimeSource": "max-age",
                       "apparentAgeSeconds": 2, "residentSeconds": 10, "currentAgeSeconds": 12,
                       "fresh": true, "bodyBytes": 1234, "weightBytes": 1500, "tags": [],
                       "fields": {"x": ["a\\u001b[2J"]}}]}
                    """));

    assertEquals(
        """
        HIT 200  http://h/x
        because of: fresh (RFC 9111 §4.2)

          1. It is stored.
          2. It is fresh.

        Stored response 1 (the one that is used): status 200, fresh, fits the request
          age       12 s: 2 s when it came, 10 s since
          lifetime  3,600 s (max-age)
          size      1,234 bytes, 1,500 of memory
          vary      accept-encoding: stored 'gzip', asked none
          its fields:
            x: a?[2J
        """,
        text);
    assertFalse(text.contains("\u001b"));
  }
}
