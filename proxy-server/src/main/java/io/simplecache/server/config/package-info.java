/**
 * What an operator can set. {@link io.simplecache.server.config.Settings} is the one table: flags,
 * environment variables, the file, {@code --help}, the README's section and the JSON Schema are all
 * made of it. {@link io.simplecache.server.config.Configuration} reads them into checked values,
 * {@link io.simplecache.server.config.ProxySettings} hands these to the proxy.
 *
 * <p>Thread: any but an event loop, for files are read here. What is read does not change.
 */
@NullMarked
package io.simplecache.server.config;

import org.jspecify.annotations.NullMarked;
