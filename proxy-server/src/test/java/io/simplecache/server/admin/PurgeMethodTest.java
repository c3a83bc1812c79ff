package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.simplecache.server.admin.Wire.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(LeakGuard.class)
class PurgeMethodTest {
  private static final String PATH = "/demo/max-age/60";

  private static Answer send(Servers servers, String method, String... fields) throws IOException {
    return Wire.send(
        servers.port(), Wire.request(method, PATH, with("Host: cache.example", fields)));
  }

  private static String[] with(String first, String... others) {
    String[] all = new String[others.length + 1];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, others.length);
    return all;
  }

  private static boolean isHit(Answer answer) {
    return String.valueOf(answer.field("cache-status")).contains("; hit");
  }

  @Test
  void purge_fromAllowedAddress_removes() throws Exception {
    try (Servers servers = new Servers(null, List.of("127.0.0.1"))) {
      send(servers, "GET");
      assertTrue(isHit(send(servers, "GET")));

      Answer purged = send(servers, "PURGE");

      assertEquals(200, purged.status());
      assertEquals("{\"soft\":false,\"responses\":1}", purged.body());
      assertTrue(!isHit(send(servers, "GET")));
    }
  }

  @Test
  void purge_fromOtherAddress_isForbidden() throws Exception {
    try (Servers servers = new Servers(null, List.of("10.0.0.0/8", "::1"))) {
      send(servers, "GET");

      Answer answer = send(servers, "PURGE");

      assertEquals(403, answer.status());
      assertEquals("application/problem+json", answer.field("content-type"));
      assertTrue(isHit(send(servers, "GET")));
    }
  }

  @Test
  void purge_amongPipelinedRequests_isAnsweredInItsTurn() throws Exception {
    try (Servers servers = new Servers(null)) {
      String get = "GET " + PATH + " HTTP/1.1\r\nHost: cache.example\r\n\r\n";
      String purge =
          "PURGE " + PATH + " HTTP/1.1\r\nHost: cache.example\r\nContent-Length: 3\r\n\r\nabc";

      String all =
          Wire.sendForAll(
              servers.port(),
              get
                  + get
                  + purge
                  + purge
                  + get
                  + get
                  + Wire.request("PURGE", PATH, "Host: cache.example"));

      assertEquals(
          "miss hit 1 0 miss hit 1",
          String.join(
              " ",
              java.util.regex.Pattern.compile("fwd=uri-miss|; hit|\"responses\":(\\d)")
                  .matcher(all)
                  .results()
                  .map(
                      found ->
                          found.group(1) != null
                              ? found.group(1)
                              : found.group().endsWith("hit") ? "hit" : "miss")
                  .toList()));
    }
  }

  /** What is served can be purged, however little it is a URI of RFC 3986. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/demo/max-age/60?a|b",
        "/demo/max-age/60?{x}^y",
        "/demo/max-age/60?\"q\"",
        "/demo/max-age/60?a[0]=1",
        "/demo/max-age/60?a\\b`c<d>",
        "/demo/max-age/60?%zz",
        "http://my_app/demo/max-age/60"
      })
  void purge_ofWhatIsServed_removes(String target) throws Exception {
    try (Servers servers = new Servers(null)) {
      String get = Wire.request("GET", target, "Host: my_app");
      Wire.send(servers.port(), get);
      assertTrue(isHit(Wire.send(servers.port(), get)), target);

      Answer purged = Wire.send(servers.port(), Wire.request("PURGE", target, "Host: my_app"));

      assertEquals("{\"soft\":false,\"responses\":1}", purged.body());
      assertTrue(!isHit(Wire.send(servers.port(), get)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "example.org:80",
        "http://user@h/",
        "ftp://h/",
        "http://h:99999/",
        "http://h:x/",
        "http:///x",
        "/x#y"
      })
  void purge_ofWhatIsNoUrl_isAProblem(String target) throws Exception {
    try (Servers servers = new Servers(null)) {
      Answer answer =
          Wire.send(servers.port(), Wire.request("PURGE", target, "Host: cache.example"));

      assertEquals(400, answer.status(), answer.head() + answer.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "10.0.0.0/8, 10.200.3.4, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "fd00::/8, fd12::1, true",
    "::1, ::1, true",
    "0.0.0.0/0, ::1, false"
  })
  void addressList_containsItsNetworks(String network, String address, boolean contained) {
    assertEquals(
        contained, AddressList.parse(List.of(network)).contains(new InetSocketAddress(address, 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "::1/129", "1.2.3.4/"})
  void addressList_refusesWhatIsNoNetwork(String text) {
    assertThrows(IllegalArgumentException.class, () -> AddressList.parse(List.of(text)));
  }
}
