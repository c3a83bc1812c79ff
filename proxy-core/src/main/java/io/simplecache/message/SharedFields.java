package io.simplecache.message;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Header fields that many messages share until somebody changes those of one: then that one gets a
 * copy of its own. A hit goes out with the fields that were put together for the hit before it, and
 * a handler between us and the client may still change them. Thread: one; what is shared may not be
 * changed by anybody.
 */
public final class SharedFields extends HttpHeaders {
  private HttpHeaders fields;
  private boolean own;

  /** Shares {@code shared}. */
  public SharedFields(HttpHeaders shared) {
    this.fields = shared;
  }

  private HttpHeaders own() {
    if (!own) {
      // They were validated when they arrived.
      fields =
          DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders().add(fields);
      own = true;
    }
    return fields;
  }

  @Override
  public @Nullable String get(String name) {
    return fields.get(name);
  }

  @Override
  public @Nullable String get(CharSequence name) {
    return fields.get(name);
  }

  @Override
  public @Nullable Integer getInt(CharSequence name) {
    return fields.getInt(name);
  }

  @Override
  public int getInt(CharSequence name, int defaultValue) {
    return fields.getInt(name, defaultValue);
  }

  @Override
  public @Nullable Short getShort(CharSequence name) {
    return fields.getShort(name);
  }

  @Override
  public short getShort(CharSequence name, short defaultValue) {
    return fields.getShort(name, defaultValue);
  }

  @Override
  public @Nullable Long getTimeMillis(CharSequence name) {
    return fields.getTimeMillis(name);
  }

  @Override
  public long getTimeMillis(CharSequence name, long defaultValue) {
    return fields.getTimeMillis(name, defaultValue);
  }

  @Override
  public List<String> getAll(String name) {
    return fields.getAll(name);
  }

  @Override
  public List<Map.Entry<String, String>> entries() {
    return fields.entries();
  }

  @Override
  public boolean contains(String name) {
    return fields.contains(name);
  }

  @Override
  public boolean contains(CharSequence name) {
    return fields.contains(name);
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // Deprecated by Netty, which still wants it implemented.
  public Iterator<Map.Entry<String, String>> iterator() {
    return fields.iteratorAsString();
  }

  @Override
  public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
    return fields.iteratorCharSequence();
  }

  @Override
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  @Override
  public int size() {
    return fields.size();
  }

  @Override
  public Set<String> names() {
    return fields.names();
  }

  @Override
  public HttpHeaders add(String name, Object value) {
    own().add(name, value);
    return this;
  }

  @Override
  public HttpHeaders add(String name, Iterable<?> values) {
    own().add(name, values);
    return this;
  }

  @Override
  public HttpHeaders addInt(CharSequence name, int value) {
    own().addInt(name, value);
    return this;
  }

  @Override
  public HttpHeaders addShort(CharSequence name, short value) {
    own().addShort(name, value);
    return this;
  }

  @Override
  public HttpHeaders set(String name, Object value) {
    own().set(name, value);
    return this;
  }

  @Override
  public HttpHeaders set(String name, Iterable<?> values) {
    own().set(name, values);
    return this;
  }

  @Override
  public HttpHeaders setInt(CharSequence name, int value) {
    own().setInt(name, value);
    return this;
  }

  @Override
  public HttpHeaders setShort(CharSequence name, short value) {
    own().setShort(name, value);
    return this;
  }

  @Override
  public HttpHeaders remove(String name) {
    own().remove(name);
    return this;
  }

  @Override
  public HttpHeaders clear() {
    own().clear();
    return this;
  }
}
