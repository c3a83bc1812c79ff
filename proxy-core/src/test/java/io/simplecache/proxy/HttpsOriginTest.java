package io.simplecache.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.simplecache.proxy.RawClient.Response;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An origin behind TLS, whose certificate must be valid for its name. */
class HttpsOriginTest {
  private static @Nullable X509Bundle authority;

  @RegisterExtension final Loopback loopback = new Loopback();

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority =
        certificate("CN=Authority of this test").setIsCertificateAuthority(true).buildSelfSigned();
  }

  private static X509Bundle authority() {
    assert authority != null;
    return authority;
  }

  private static CertificateBuilder certificate(String subject) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .subject(subject)
        .notBefore(now.minus(Duration.ofDays(1)))
        .notAfter(now.plus(Duration.ofDays(1)));
  }

  private ScriptedOrigin origin(CertificateBuilder certificate) throws Exception {
    X509Bundle bundle = certificate.addExtendedKeyUsageServerAuth().buildIssuedBy(authority());
    KeyManager[] keys = bundle.toKeyManagerFactory().getKeyManagers();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, null, null);
    ScriptedOrigin origin =
        loopback.closedAfterwards(
            new ScriptedOrigin(loopback.clock(), context.getServerSocketFactory()));
    return origin.ok("/page", "hello", "Cache-Control: max-age=60");
  }

  private static SslContext trustingTheAuthority() throws Exception {
    return SslContextBuilder.forClient()
        .trustManager(authority().getCertificate())
        .endpointIdentificationAlgorithm("HTTPS")
        .build();
  }

  private void startFor(ScriptedOrigin origin, @Nullable SslContext ssl) throws Exception {
    loopback.start(
        builder -> {
          builder.origin("https://127.0.0.1:" + origin.port());
          return ssl == null ? builder : builder.originSsl(ssl);
        });
  }

  @Test
  void validCertificate_isAsked() throws Exception {
    ScriptedOrigin origin = origin(certificate("CN=origin").addSanIpAddress("127.0.0.1"));
    startFor(origin, trustingTheAuthority());
    RawClient client = loopback.client();

    Response miss = client.get("/page");
    Response hit = client.get("/page");

    assertEquals("hello", miss.text());
    assertEquals("simple-cache; hit; ttl=60", hit.cacheStatus());
    assertEquals(1, origin.requests().size());
  }

  @Test
  void connection_isKeptAndUsedAgain() throws Exception {
    ScriptedOrigin origin = origin(certificate("CN=origin").addSanIpAddress("127.0.0.1"));
    startFor(origin, trustingTheAuthority());
    RawClient client = loopback.client();

    for (int i = 1; i <= 3; i++) {
      assertEquals("hello", client.get("/page", "Cache-Control: no-cache").text());
    }
    assertEquals(3, origin.requests().size());
    assertEquals(1, origin.accepted());
  }

  @Test
  @DisplayName("RFC 9110 §4.3.4: a certificate for another name is 502")
  void wrongName_is502() throws Exception {
    ScriptedOrigin origin = origin(certificate("CN=origin").addSanDnsName("other.example"));
    startFor(origin, trustingTheAuthority());

    assertIsTlsError(origin, loopback.client().get("/page"));
  }

  @Test
  @DisplayName("RFC 9110 §4.3.4: a certificate of an unknown authority is 502")
  void untrustedAuthority_is502() throws Exception {
    ScriptedOrigin origin = origin(certificate("CN=origin").addSanIpAddress("127.0.0.1"));
    startFor(origin, /* ssl= */ null);

    assertIsTlsError(origin, loopback.client().get("/page"));
  }

  @Test
  void expiredCertificate_is502() throws Exception {
    ScriptedOrigin origin =
        origin(
            certificate("CN=origin")
                .addSanIpAddress("127.0.0.1")
                .notAfter(Instant.now().minus(Duration.ofHours(1))));
    startFor(origin, trustingTheAuthority());

    assertIsTlsError(origin, loopback.client().get("/page"));
  }

  @Test
  void originWithoutTls_is502() throws Exception {
    ScriptedOrigin plain = loopback.closedAfterwards(new ScriptedOrigin(loopback.clock()));
    startFor(plain, trustingTheAuthority());

    assertEquals(502, loopback.client().get("/page").status());
    assertTrue(plain.requests().isEmpty());
  }

  private static void assertIsTlsError(ScriptedOrigin origin, Response response) {
    assertEquals(502, response.status());
    String proxyStatus = String.valueOf(response.field("Proxy-Status"));
    assertTrue(proxyStatus.startsWith("simple-cache; error=tls_"), proxyStatus);
    assertTrue(origin.requests().isEmpty());
  }
}
