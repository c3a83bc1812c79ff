package io.simplecache.proxy;

import io.simplecache.CachingProxy;
import io.simplecache.proxy.RawClient.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One way to run tables: an origin, a clock, and a proxy for each of the {@link RuleSettings} that
 * is wanted, used by one case after the other.
 */
final class RuleBench implements AutoCloseable {
  private final int loops;
  private final int connections;
  private final FakeClock clock = new FakeClock();
  private final ScriptedOrigin origin;
  private final Map<RuleSettings, TestProxy> proxies = new EnumMap<>(RuleSettings.class);
  private final Map<Integer, RawClient> clients = new HashMap<>();
  private int turn;

  /**
   * Starts an origin.
   *
   * @param loops of each proxy
   * @param connections kept alive and used in turn; 0: one for each request
   */
  RuleBench(int loops, int connections) throws IOException {
    this.loops = loops;
    this.connections = connections;
    this.origin = new ScriptedOrigin(clock);
  }

  FakeClock clock() {
    return clock;
  }

  ScriptedOrigin origin() {
    return origin;
  }

  TestProxy proxy(RuleSettings settings) throws InterruptedException {
    TestProxy proxy = proxies.get(settings);
    if (proxy == null) {
      CachingProxy.Builder builder = CachingProxy.builder().origin(origin.uri()).clock(clock);
      proxy = new TestProxy(settings.applyTo(builder).build(), loops);
      proxies.put(settings, proxy);
    }
    return proxy;
  }

  /** What came back: what came before the response, and it. */
  record Answer(List<RawClient.Head> informational, Response response) {}

  Answer ask(RuleSettings settings, String method, String request) throws Exception {
    int port = proxy(settings).port();
    turn++;
    if (connections == 0) {
      try (RawClient client = new RawClient(port)) {
        return ask(client, method, request);
      }
    }
    int place = settings.hashCode() * connections + turn % connections;
    RawClient client = clients.get(place);
    if (client == null) {
      client = new RawClient(port);
    }
    clients.remove(place);
    Answer answer;
    try {
      answer = ask(client, method, request);
    } catch (IOException | AssertionError e) {
      client.close();
      throw e;
    }
    Response response = answer.response();
    if (response.isComplete() && !response.head().fields().hasMember("Connection", "close")) {
      clients.put(place, client);
    } else {
      client.close();
    }
    return answer;
  }

  private static Answer ask(RawClient client, String method, String request) throws IOException {
    client.send(request);
    List<RawClient.Head> informational = new ArrayList<>();
    RawClient.Head head = client.receiveHead();
    while (head.status() < 200) {
      informational.add(head);
      head = client.receiveHead();
    }
    return new Answer(informational, RawClient.rest(head, client.content(head, method)));
  }

  @Override
  public void close() throws IOException {
    for (RawClient client : clients.values()) {
      client.close();
    }
    proxies.values().forEach(TestProxy::close);
    origin.close();
  }
}
