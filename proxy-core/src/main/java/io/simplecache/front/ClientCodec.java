package io.simplecache.front;

import io.netty.channel.CombinedChannelDuplexHandler;

/**
 * HTTP/1.1 as the front door speaks it: {@link RequestDecoder} strictly, and {@link
 * ResponseEncoder}. Unlike {@code HttpServerCodec} it keeps no queue of methods: {@link
 * CachingHandler} knows which request it answers, and writes nothing for HEAD that would need one.
 */
public final class ClientCodec
    extends CombinedChannelDuplexHandler<RequestDecoder, ResponseEncoder> {
  /** Creates the codec of one connection. */
  public ClientCodec(ClientLimits limits) {
    super(new RequestDecoder(limits), new ResponseEncoder());
  }
}
