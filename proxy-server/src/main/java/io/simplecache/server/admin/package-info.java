/**
 * The operator's side: a listener of its own for health, statistics, purge, explain, metrics and
 * the page, with one event loop of its own, so that nothing an operator asks for delays a client.
 * Starts with {@link io.simplecache.server.admin.AdminServer}; what may be asked is the list in
 * {@code AdminRoutes}; who may ask is decided in {@code Gate}. Also here: {@code PURGE} as a method
 * on the clients' listener, and the command {@code explain}.
 */
@NullMarked
package io.simplecache.server.admin;

import org.jspecify.annotations.NullMarked;
