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
 * What Netty wants to be said about header fields in many ways, said by a few: a subclass has
 * {@link #get(CharSequence)}, {@link #contains(CharSequence)}, {@link #getAll(CharSequence)} and
 * {@link #iteratorCharSequence}. Names compare case-insensitively, order and repetition are kept.
 */
abstract class Fields extends HttpHeaders {
  @Override
  public abstract @Nullable String get(CharSequence name);

  @Override
  public abstract boolean contains(CharSequence name);

  @Override
  public abstract List<String> getAll(CharSequence name);

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
}
