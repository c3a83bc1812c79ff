package io.simplecache.server.admin;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One thing that may be asked for.
 *
 * @param method GET, which HEAD goes with, or POST
 * @param path the whole path
 * @param parameters the names of its query parameters
 * @param open whether it is answered without a token: it tells no secret and changes nothing
 * @param sameSite whether pages of other sites are refused: it changes something, or takes one of a
 *     few places
 * @param endpoint who answers
 */
record Route(
    HttpMethod method,
    String path,
    Set<String> parameters,
    boolean open,
    boolean sameSite,
    Endpoint endpoint) {

  /** Answers calls. */
  @FunctionalInterface
  interface Endpoint {
    /**
     * Called on the event loop of the listener; must not block. The stage may complete on any
     * thread.
     *
     * @throws ProblemException if the call is bad
     */
    CompletionStage<Reply> answer(Call call) throws ProblemException;
  }

  /**
   * A request that was let in.
   *
   * @param method GET, HEAD or POST
   * @param query its parameters
   * @param fields its fields; valid until the reply
   * @param content its content, often empty
   * @param client where it came from; null if that is gone
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Call(
      HttpMethod method,
      Parameters query,
      HttpHeaders fields,
      byte[] content,
      @Nullable SocketAddress client) {}

  /** Returns the value of Allow. */
  String allow() {
    return method.equals(HttpMethod.GET) ? "GET, HEAD" : method.name();
  }

  boolean accepts(HttpMethod asked) {
    return asked.equals(method) || (asked.equals(HttpMethod.HEAD) && method.equals(HttpMethod.GET));
  }
}
