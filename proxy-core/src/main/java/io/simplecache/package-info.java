/**
 * Simple Cache as a library: a caching reverse proxy for the pipeline of a Netty application.
 *
 * <pre>{@code
 * CachingProxy proxy = CachingProxy.builder().origin("http://10.0.0.7:8080").build();
 * pipeline.addLast(proxy.newCodec(), proxy.newHandler());
 * }</pre>
 *
 * What this package exports is the whole public interface. A request meets the packages in this
 * order: {@code front}, {@code exchange}, {@code key}, {@code policy}, {@code store}, {@code
 * fetch}, {@code origin}; {@code body} is what travels, {@code observe} what is told about it.
 */
@NullMarked
package io.simplecache;

import org.jspecify.annotations.NullMarked;
