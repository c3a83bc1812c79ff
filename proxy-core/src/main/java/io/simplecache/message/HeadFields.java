package io.simplecache.message;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a message under way: few, made for each message, asked for by name a dozen
 * times and written once. They are kept side by side in one array and found by walking it; Netty's
 * own keep a hash table and an entry for each field, three times the memory.
 *
 * <p>What is added is checked as Netty checks it, a name must be a token and a value text, unless
 * it was read by a parser that has looked at each byte ({@link #addRead}).
 *
 * <p>Thread: one.
 */
public final class HeadFields extends Fields {
  /**
   * Has Netty's decoder make these, behind a parser that has looked at each byte: what is added to
   * them is not checked again.
   */
  public static final HttpHeadersFactory OF_DECODER =
      new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
          return new HeadFields(new CharSequence[FIRST_FIELDS * SLOTS], 0, /* checked= */ true);
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
          return newHeaders();
        }
      };

  /** Name and value. */
  private static final int SLOTS = 2;

  private static final int FIRST_FIELDS = 4;

  /** Names at the even places, values behind them. */
  private CharSequence[] slots;

  /** The number of places that are in use. */
  private int end;

  /** Whoever adds has checked it. */
  private final boolean checked;

  /** Creates fields that are none yet. */
  public HeadFields() {
    this(new CharSequence[FIRST_FIELDS * SLOTS], 0, /* checked= */ false);
  }

  private HeadFields(CharSequence[] slots, int end, boolean checked) {
    this.slots = slots;
    this.end = end;
    this.checked = checked;
  }

  /** Returns a copy to change, as good as the original is. */
  public static HeadFields copyOf(HttpHeaders fields) {
    if (fields instanceof HeadFields head) {
      CharSequence[] slots = Arrays.copyOf(head.slots, head.end + FIRST_FIELDS * SLOTS);
      return new HeadFields(slots, head.end, /* checked= */ false);
    }
    HeadFields copy = new HeadFields();
    fields
        .iteratorCharSequence()
        .forEachRemaining(field -> copy.addRead(field.getKey(), field.getValue()));
    return copy;
  }

  /**
   * Returns a copy to change, which can be written.
   *
   * @throws IllegalArgumentException if there is what no parser would have let in
   */
  public static HttpHeaders checkedCopyOf(HttpHeaders fields) {
    return fields instanceof HeadFields ? copyOf(fields) : new HeadFields().add(fields);
  }

  /**
   * Adds a field that was read from the wire, or is one of those that were.
   *
   * @param name a token
   * @param value text, without white space around it
   */
  public void addRead(CharSequence name, CharSequence value) {
    if (end == slots.length) {
      slots = Arrays.copyOf(slots, SLOTS * end);
    }
    slots[end] = name;
    slots[end + 1] = value;
    end += SLOTS;
  }

  /** Returns the place of the first field of that name from {@code from} on, or -1. */
  private int find(CharSequence name, int from) {
    for (int i = from; i < end; i += SLOTS) {
      if (isNamed(i, name)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isNamed(int place, CharSequence name) {
    CharSequence other = slots[place];
    return other == name
        || (other.length() == name.length() && AsciiString.contentEqualsIgnoreCase(other, name));
  }

  @Override
  public @Nullable String get(CharSequence name) {
    int place = find(name, 0);
    return place < 0 ? null : slots[place + 1].toString();
  }

  @Override
  public boolean contains(CharSequence name) {
    return find(name, 0) >= 0;
  }

  @Override
  public List<String> getAll(CharSequence name) {
    int place = find(name, 0);
    if (place < 0) {
      return List.of();
    }
    List<String> values = new ArrayList<>(1);
    for (; place >= 0; place = find(name, place + SLOTS)) {
      values.add(slots[place + 1].toString());
    }
    return values;
  }

  @Override
  public Iterator<String> valueStringIterator(CharSequence name) {
    return new Iterator<>() {
      private int place = find(name, 0);

      @Override
      public boolean hasNext() {
        return place >= 0;
      }

      @Override
      public String next() {
        if (place < 0) {
          throw new NoSuchElementException();
        }
        String value = slots[place + 1].toString();
        place = find(name, place + SLOTS);
        return value;
      }
    };
  }

  @Override
  public boolean isEmpty() {
    return end == 0;
  }

  @Override
  public int size() {
    return end / SLOTS;
  }

  @Override
  public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < end;
      }

      @Override
      public Map.Entry<CharSequence, CharSequence> next() {
        if (next >= end) {
          throw new NoSuchElementException();
        }
        next += SLOTS;
        return new AbstractMap.SimpleImmutableEntry<>(slots[next - SLOTS], slots[next - 1]);
      }
    };
  }

  // ---- changes

  @Override
  public HttpHeaders add(CharSequence name, Object value) {
    CharSequence text = text(value);
    if (!checked) {
      DefaultHttpHeadersFactory factory = DefaultHttpHeadersFactory.headersFactory();
      factory.getNameValidator().validateName(name);
      factory.getValueValidator().validate(text);
    }
    addRead(name, text);
    return this;
  }

  private static CharSequence text(Object value) {
    if (value instanceof CharSequence text) {
      return text;
    }
    if (value instanceof Date date) {
      return DateFormatter.format(date);
    }
    return value instanceof Calendar calendar
        ? DateFormatter.format(calendar.getTime())
        : value.toString();
  }

  @Override
  public HttpHeaders remove(CharSequence name) {
    int place = find(name, 0);
    if (place < 0) {
      return this;
    }
    int kept = place;
    for (int i = place + SLOTS; i < end; i += SLOTS) {
      if (!isNamed(i, name)) {
        slots[kept] = slots[i];
        slots[kept + 1] = slots[i + 1];
        kept += SLOTS;
      }
    }
    truncate(kept);
    return this;
  }

  private void truncate(int kept) {
    Arrays.fill(slots, kept, end, null);
    end = kept;
  }

  @Override
  public HttpHeaders clear() {
    truncate(0);
    return this;
  }

  @Override
  public HttpHeaders copy() {
    return copyOf(this);
  }
}
