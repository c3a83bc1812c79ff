package io.simplecache.front;

/** What {@link RequestDecoder} tells {@link CachingHandler} besides messages. */
enum FrontEvent {
  /** The first bytes of a head have come, and its end has not. */
  HEAD_BEGUN
}
