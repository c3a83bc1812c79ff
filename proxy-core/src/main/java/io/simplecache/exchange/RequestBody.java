package io.simplecache.exchange;

import io.netty.handler.codec.http.HttpContent;
import io.simplecache.fetch.Flight;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The content of one request on its way to the origin. What cannot be sent yet waits here, and the
 * client is told to stop until it has gone. Thread: the client's event loop. Buffers: takes what is
 * added.
 */
final class RequestBody {
  private final Client client;
  private final ArrayDeque<HttpContent> unsent = new ArrayDeque<>(1);

  /** Null until the origin is connected. */
  private @Nullable Flight receiver;

  RequestBody(Client client) {
    this.client = client;
  }

  /** Some of it came, or its end. */
  void add(HttpContent content) {
    unsent.add(content);
    send();
  }

  /** The origin is connected. */
  void sendTo(Flight flight) {
    receiver = flight;
    send();
  }

  /** Sends what the origin takes. */
  void send() {
    Flight open = receiver;
    while (open != null && open.isBodyWanted() && !unsent.isEmpty()) {
      open.sendBody(unsent.remove());
    }
    client.setBodyWanted(unsent.isEmpty());
  }

  /** Gives up what was not sent. */
  void close() {
    unsent.forEach(HttpContent::release);
    unsent.clear();
  }
}
