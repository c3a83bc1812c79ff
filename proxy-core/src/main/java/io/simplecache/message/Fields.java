package io.simplecache.message;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Netty wants to be said of and done to header fields in many ways, by a few of a subclass.
 * Names compare case-insensitively, order and repetition are kept; what is set is put at the end.
 */
abstract class Fields extends HttpHeaders {
  @Override
  public abstract @Nullable String get(CharSequence name);

  @Override
  public abstract boolean contains(CharSequence name);

  @Override
  public abstract List<String> getAll(CharSequence name);

  @Override
  public abstract HttpHeaders add(CharSequence name, Object value);

  @Override
  public abstract HttpHeaders remove(CharSequence name);

  @Override
  public final @Nullable String get(String name) {
    return get((CharSequence) name);
  }

  @Override
  public final boolean contains(String name) {
    return contains((CharSequence) name);
  }

  @Override
  public final List<String> getAll(String name) {
    return getAll((CharSequence) name);
  }

  @Override
  public Iterator<String> valueStringIterator(CharSequence name) {
    return getAll(name).iterator();
  }

  @Override
  public final Iterator<? extends CharSequence> valueCharSequenceIterator(CharSequence name) {
    return valueStringIterator(name);
  }

  @Override
  public final @Nullable Integer getInt(CharSequence name) {
    String value = get(name);
    try {
      return value == null ? null : Integer.valueOf(value);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  @Override
  public final int getInt(CharSequence name, int defaultValue) {
    Integer value = getInt(name);
    return value == null ? defaultValue : value;
  }

  @Override
  public final @Nullable Short getShort(CharSequence name) {
    Integer value = getInt(name);
    return value == null ? null : value.shortValue();
  }

  @Override
  public final short getShort(CharSequence name, short defaultValue) {
    Short value = getShort(name);
    return value == null ? defaultValue : value;
  }

  @Override
  public final @Nullable Long getTimeMillis(CharSequence name) {
    long millis = HttpDates.parseMillis(get(name));
    return millis == HttpDates.INVALID ? null : millis;
  }

  @Override
  public final long getTimeMillis(CharSequence name, long defaultValue) {
    Long value = getTimeMillis(name);
    return value == null ? defaultValue : value;
  }

  @Override
  public final List<Map.Entry<String, String>> entries() {
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    Iterator<Map.Entry<CharSequence, CharSequence>> fields = iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      entries.add(Map.entry(field.getKey().toString(), field.getValue().toString()));
    }
    return entries;
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // Deprecated by Netty, which still wants it implemented.
  public final Iterator<Map.Entry<String, String>> iterator() {
    return entries().iterator();
  }

  @Override
  public final Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    entries().forEach(field -> names.add(field.getKey()));
    return names;
  }

  // ---- changes

  @Override
  public final HttpHeaders add(String name, Object value) {
    return add((CharSequence) name, value);
  }

  @Override
  public final HttpHeaders add(String name, Iterable<?> values) {
    values.forEach(value -> add(name, value));
    return this;
  }

  @Override
  public final HttpHeaders addInt(CharSequence name, int value) {
    return add(name, (Object) value);
  }

  @Override
  public final HttpHeaders addShort(CharSequence name, short value) {
    return add(name, (Object) value);
  }

  @Override
  public final HttpHeaders set(CharSequence name, Object value) {
    return remove(name).add(name, value);
  }

  @Override
  public final HttpHeaders set(String name, Object value) {
    return set((CharSequence) name, value);
  }

  @Override
  public final HttpHeaders set(String name, Iterable<?> values) {
    return remove(name).add(name, values);
  }

  @Override
  public final HttpHeaders setInt(CharSequence name, int value) {
    return set(name, (Object) value);
  }

  @Override
  public final HttpHeaders setShort(CharSequence name, short value) {
    return set(name, (Object) value);
  }

  @Override
  public final HttpHeaders remove(String name) {
    return remove((CharSequence) name);
  }
}
