package io.simplecache.demo;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

/** What is served outside {@code /demo/}: a directory or the bundled site. */
interface Pages {
  /**
   * Finds the answer to a GET or HEAD request. Called on the event loop of the connection, which it
   * must not block.
   *
   * @param loop completes the returned future
   */
  Future<Answer> answer(OriginRequest request, EventExecutor loop);
}
