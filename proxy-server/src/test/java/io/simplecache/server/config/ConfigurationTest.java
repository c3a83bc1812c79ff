package io.simplecache.server.config;

import static io.simplecache.server.config.SettingsBench.flags;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.simplecache.ProxyConfig;
import io.simplecache.Site;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  private final Path directory;

  ConfigurationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("cache.yaml"), yaml);
  }

  private Configuration read(String yaml) throws IOException {
    return SettingsBench.read(file(yaml));
  }

  private static String refusal(Values flags, Map<String, String> environment) {
    return String.valueOf(
        assertThrows(BadSetting.class, () -> Configuration.read(flags, environment)).getMessage());
  }

  @Test
  void flag_beforeEnvironment_beforeFile_beforeDefault() throws IOException {
    String file = file("port: 1\nhost: file\nmax-ranges: 3\n").toString();
    Map<String, String> environment =
        Map.of("SIMPLE_CACHE_PORT", "2", "SIMPLE_CACHE_HOST", "env", "SIMPLE_CACHE_CONFIG", file);

    Values values = Configuration.read(flags("--port=4"), environment).values();

    assertEquals(4, values.get(Settings.PORT));
    assertEquals("env", values.get(Settings.HOST));
    assertEquals(3, values.get(Settings.MAX_RANGES));
    assertEquals(Duration.ofSeconds(75), values.get(Settings.KEEP_ALIVE));
  }

  @Test
  void switch_offByFlag_isOff() {
    Map<String, String> environment = Map.of("SIMPLE_CACHE_SORT_QUERY", "true");

    assertEquals(true, Configuration.read(flags(), environment).values().get(Settings.SORT_QUERY));
    assertEquals(
        false,
        Configuration.read(flags("--no-sort-query"), environment)
            .values()
            .get(Settings.SORT_QUERY));
  }

  @Test
  void switch_whoseNameBeginsWithNo_isOffByItsValue() {
    Map<String, String> on = Map.of("SIMPLE_CACHE_NO_VARY_SEARCH", "true");

    assertEquals(
        false,
        Configuration.read(flags("--no-vary-search=false"), on)
            .values()
            .get(Settings.NO_VARY_SEARCH));
    assertEquals(
        true,
        Configuration.read(flags("--no-vary-search"), Map.of())
            .values()
            .get(Settings.NO_VARY_SEARCH));
  }

  @Test
  void severalValues_inTheEnvironment_areSeparatedByCommas() {
    Values values =
        Configuration.read(flags(), Map.of("SIMPLE_CACHE_ORIGIN", "http://a, http://b")).values();

    assertEquals(
        List.of(URI.create("http://a"), URI.create("http://b")), values.get(Settings.ORIGIN));
  }

  @Test
  void sites_haveTheirOwnSettings_elseThoseOfAll() throws IOException {
    ProxyConfig config =
        ProxySettings.builder(
                read(
                    """
                    stale-if-error: 5m
                    bypass: /all/*
                    origin: http://rest
                    default-lifetime: {404: 10s, "/api/*:404": 1s}
                    sites:
                      - name: shop
                        hosts: [shop.example.org, "*.shop.example.org"]
                        origin: [http://a:81, http://b:82]
                        bypass: []
                        force-lifetime: {"/static/*": 1h}
                      - path-prefix: /api
                        sort-query: true
                    """))
            .buildConfig();

    Site shop = config.sites().get(0);
    assertEquals("shop", shop.name());
    assertEquals(Set.of("shop.example.org", "*.shop.example.org"), shop.hosts());
    assertEquals(List.of(URI.create("http://a:81"), URI.create("http://b:82")), shop.origins());
    assertEquals(300, shop.rules().rules().staleOnServerErrorSeconds());
    assertEquals(3600, shop.rules().rulesFor("/static/x").forcedLifetimeSeconds());
    assertEquals(Map.of(404, 1L), shop.rules().rulesFor("/api/x").defaultLifetimeSecondsByStatus());
    assertEquals(false, shop.keys().sortParameters());
    Site api = config.sites().get(1);
    assertEquals("site2", api.name());
    assertEquals("/api", api.pathPrefix());
    assertEquals(List.of(URI.create("http://rest")), api.origins());
    assertEquals(true, api.rules().paths().get(0).bypass());
    assertEquals(true, api.keys().sortParameters());
    assertEquals(2, config.sites().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          prot: 1                     | cache.yaml:1:1: prot: no such setting (did you mean port?)
          port: 99999                 | cache.yaml:1:7: port: 99999 (expected: 0 to 65535)
          port: [1]                   | cache.yaml:1:7: port: a list (expected: 0 to 65535)
          port:                       | cache.yaml:1:6: port: nothing (expected: 0 to 65535)
          port: 1\\nport: 2           | cache.yaml:2:1: port: is there twice
          memory: {}                  | cache.yaml:1:9: memory: a mapping (expected: a size
          sort-query: yes             | cache.yaml:1:13: sort-query: yes (expected: true or false)
          bypass: [/a, b]             | cache.yaml:1:14: bypass: b (expected: a path with / or * first)
          - port                      | cache.yaml:1:1: a list (expected: settings, each as name: value)
          "bypass: [/a"               | while parsing a flow sequence: expected ',' or ']', but got <stream end> (expected: YAML)
          port: 1\\norigin\\nhost: x   | while scanning a simple key: could not find expected ':' (expected: YAML)
          origin: []                  | cache.yaml:1:1: origin: none (expected: at least one main server)
          "sites: [{hosts: x, origin: []}]" | cache.yaml:1:20: origin: none (expected: at least one main server)
          config: x                   | cache.yaml:1:1: config: not here (expected: as a flag
          hosts: x                    | cache.yaml:1:1: hosts: not here (expected: in a site)
          port: 1\\n---\\nport: 2     | one more document (expected: one)
          port: &a 1\\ndemo-port: *a  | cache.yaml:2:12: demo-port: an alias
          sites: []                   | cache.yaml:1:1: sites: none (expected: at least one site)
          sites: 5                    | cache.yaml:1:8: 5 (expected: a list of sites)
          "sites: [{hosts: a}]\\nsites: [{hosts: b}]" | cache.yaml:2:1: sites: is there twice
          "sites: [{port: 1}]"        | cache.yaml:1:10: port: not here (expected: outside of sites)
          "sites: [{hots: a}]"        | cache.yaml:1:10: hots: no such setting (did you mean hosts?)
          "sites: [{hosts: 'a:80'}]"  | hosts: a:80 (expected: a host name without port
          "sites: [{path-prefix: x}]" | path-prefix: x (expected: a path that begins with /)
          "sites: [{name: a, hosts: x}, {name: a}]" | cache.yaml:1:30: sites: two are named a
          "sites: [{hosts: x}, {hosts: X}]" | x/ is for site1 already
          demo: true\\norigin: http://a | cache.yaml:2:1: origin: not together with --demo
          origin-ca: /nowhere.pem     | cache.yaml:1:1: origin-ca: /nowhere.pem (expected: a readable PEM
          "admin-port: 1\\nadmin-host: 0.0.0.0" | cache.yaml:2:1: admin-host: 0.0.0.0 (expected: a loopback
          admin-token: short          | cache.yaml:1:1: admin-token: too short (expected: 16
          origin-max-back-off: 500ms  | cache.yaml:1:1: origin-max-back-off: 500ms (expected: not less than --origin-min-back-off, which is 1s)
          health-path: up             | cache.yaml:1:14: health-path: up (expected: a path that begins with /)
          purge-allow: 10.0.0.0/33    | purge-allow: 10.0.0.0/33 (expected: an IP address
          purge-allow: 10.0.0.1/+8    | purge-allow: 10.0.0.1/+8 (expected: an IP address
          """)
  void file_thatCannotBeFollowed_isNamedWithLineAndColumn(String yaml, String message)
      throws IOException {
    String text = yaml.replace("\\n", "\n") + "\n";

    String refusal = refusal(flags("--config=" + file(text)), Map.of());

    assertTrue(refusal.contains(message), refusal);
    assertEquals(1, refusal.lines().count(), refusal);
  }

  @Test
  void file_thatIsNotThere_isSaid() {
    assertEquals(
        "--config: /nowhere.yaml (expected: a file that is there)",
        refusal(flags("--config=/nowhere.yaml"), Map.of()));
  }

  /** Who writes a file anew in its place leaves it empty for a moment. */
  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "{}\n"})
  void file_thatSetsNothing_isRefused(String yaml) throws IOException {
    Path file = file(yaml);

    assertEquals(
        "--config: " + file + ": sets nothing (expected: settings, each as name: value)",
        refusal(flags("--config=" + file), Map.of()));
  }

  @Test
  void file_ofNoName_isRefused() {
    BadSetting refusal = assertThrows(BadSetting.class, () -> flags("--config="));

    assertEquals("--config: nothing (expected: a path)", refusal.getMessage());
  }

  @Test
  void file_thatIsNotUtf8_isSaid() throws IOException {
    Path file = directory.resolve("cache.yaml");
    Files.write(file, "port: 1 # caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

    assertEquals(
        "--config: " + file + ": not UTF-8 (expected: a file of UTF-8 text)",
        refusal(flags("--config=" + file), Map.of()));
  }

  @Test
  void variable_thatIsNotKnown_isRefused() {
    assertEquals(
        "SIMPLE_CACHE_PROT: no such setting (did you mean SIMPLE_CACHE_PORT?)",
        refusal(flags(), Map.of("SIMPLE_CACHE_PROT", "1", "PATH", "x")));
    assertEquals(
        "SIMPLE_CACHE_PORT: x (expected: 0 to 65535)",
        refusal(flags(), Map.of("SIMPLE_CACHE_PORT", "x")));
  }

  @Test
  void token_isReadFromItsFile_andNeverShown() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");

    assertEquals(
        "0123456789abcdef",
        Configuration.read(flags("--admin-token-file=" + token), Map.of())
            .adminToken()
            .orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "secret, too short",
        "||, empty",
        "0123456789abcd ef, character 15 cannot be sent",
        "0123456789abcdéf, character 15 cannot be sent"
      })
  void token_thatCannotBe_isRefusedWithoutShowingIt(String token, String defect)
      throws IOException {
    String expected = defect + " (expected: 16 characters or more, of A-Z a-z 0-9 - . _ ~ + / =)";
    Path file = Files.writeString(directory.resolve("token"), token + "\n");

    assertEquals("--admin-token: " + expected, refusal(flags("--admin-token=" + token), Map.of()));
    assertEquals(
        "--admin-token-file: " + file + ": " + expected,
        refusal(flags("--admin-token-file=" + file), Map.of()));
  }

  @Test
  void token_ofAnEmptyFile_isRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("token"), "");

    String refusal = refusal(flags("--admin-token-file=" + file), Map.of());

    assertTrue(refusal.startsWith("--admin-token-file: " + file + ": empty"), refusal);
  }

  @Test
  void restart_isNeededForAllOfTheAccessLog() throws IOException {
    Configuration running = read("access-log: false\n");
    Configuration next =
        read(
            """
            access-log: true
            access-log-format: json
            access-log-file: access.log
            access-log-size: 1MiB
            access-log-keep: 3
            access-log-sample: 1/10
            """);

    assertEquals(
        List.of(
            "access-log",
            "access-log-format",
            "access-log-file",
            "access-log-size",
            "access-log-keep",
            "access-log-sample"),
        next.needingRestart(running));
  }

  @Test
  void restart_isNamed_andKeepsTheValue() throws IOException {
    Configuration running = read("port: 1\nkeep-alive: 5s\n");
    Configuration next = read("port: 2\nkeep-alive: 6s\nthreads: 0\n");

    assertEquals(List.of("port"), next.needingRestart(running));
    Values kept = next.keepingFixedOf(running).values();
    assertEquals(1, kept.get(Settings.PORT));
    assertEquals(Duration.ofSeconds(6), kept.get(Settings.KEEP_ALIVE));
  }

  /** The listener stays where it is, so it must not stay there without a token. */
  @Test
  void reload_thatWouldOpenTheAdminListenerToAll_isRefused() throws IOException {
    Configuration running =
        read("admin-port: 1\nadmin-host: 0.0.0.0\nadmin-token: 0123456789abcdef\n");
    Configuration next = read("admin-port: 1\n");

    BadSetting refusal = assertThrows(BadSetting.class, () -> next.keepingFixedOf(running));

    assertEquals(
        "cache.yaml:2:1: admin-host: 0.0.0.0 (expected: a loopback address, or --admin-token-file"
            + " with it)",
        refusal.getMessage());
  }

  @Test
  void schema_namesEverySettingOfTheFile() throws IOException {
    JsonNode properties = new JsonMapper().readTree(Manual.schema()).get("properties");
    JsonNode site = properties.get("sites").get("items").get("properties");
    for (Setting<?> setting : Settings.ALL) {
      assertEquals(setting.isForProgramInFile(), properties.has(setting.name()), setting.name());
      assertEquals(setting.isForSite(), site.has(setting.name()), setting.name());
    }
  }
}
