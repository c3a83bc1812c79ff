package io.simplecache.fetch;

import io.netty.channel.EventLoop;
import io.simplecache.key.CacheKey;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.RequestDirectives;

/** One who waits for a flight: an exchange. All but the first four are called on its own loop. */
public interface Participant {
  /** The loop it lives on. Any thread. */
  EventLoop loop();

  /** Its request; not changed while it waits. Any thread. */
  RequestHead request();

  /** The key of its request, whatever responses say about query parameters. Any thread. */
  CacheKey ownKey();

  /** What its request says about reuse. Any thread. */
  RequestDirectives directives();

  /** The leader only: the origin is there, the request's body may be sent. */
  void onOriginConnected();

  /** The leader only: more of the request's body may be sent, or no more for now. */
  void onOriginWritabilityChanged();

  /** The leader only: a 1xx response. */
  void onInformational(ResponseHead head);

  /**
   * The wait is over. Takes what the outcome holds.
   *
   * @param from the flight that tells, which the participant may have left meanwhile
   */
  void onOutcome(Flight from, Outcome outcome);

  /** There is more of the body, or its end. */
  void onMoreBody();
}
