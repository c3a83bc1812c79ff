package io.simplecache.message;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Header fields as they are kept in the store: unchangeable, in one array of bytes that is the wire
 * form ({@code name: value CRLF …}). There are as many of these as stored responses, so what counts
 * is their size; a look-up walks the bytes. Names compare case-insensitively, values are taken as
 * ISO-8859-1 (RFC 9110 §5.5), order and repetition are kept. May be read by any thread.
 */
public final class StoredFields extends Fields {
  private static final byte CR = '\r';
  private static final byte COLON = ':';

  private final byte[] wire;

  private StoredFields(byte[] wire) {
    this.wire = wire;
  }

  /** Returns an unchangeable copy of {@code fields}. */
  public static StoredFields copyOf(HttpHeaders fields) {
    if (fields instanceof StoredFields stored) {
      return stored;
    }
    int size = 0;
    for (Iterator<Map.Entry<CharSequence, CharSequence>> i = fields.iteratorCharSequence();
        i.hasNext(); ) {
      Map.Entry<CharSequence, CharSequence> field = i.next();
      size += field.getKey().length() + field.getValue().length() + 4;
    }
    byte[] wire = new byte[size];
    int at = 0;
    for (Iterator<Map.Entry<CharSequence, CharSequence>> i = fields.iteratorCharSequence();
        i.hasNext(); ) {
      Map.Entry<CharSequence, CharSequence> field = i.next();
      at = put(field.getKey(), wire, at);
      wire[at++] = COLON;
      wire[at++] = ' ';
      at = put(field.getValue(), wire, at);
      wire[at++] = CR;
      wire[at++] = '\n';
    }
    return new StoredFields(wire);
  }

  private static int put(CharSequence from, byte[] to, int at) {
    for (int i = 0; i < from.length(); i++) {
      to[at++] = AsciiString.c2b(from.charAt(i));
    }
    return at;
  }

  /** Names of fields, by their lengths: most other names differ from all of them in that. */
  public static final class Names {
    private static final String[] NONE = {};

    private final String[][] byLength;

    private Names(String[][] byLength) {
      this.byLength = byLength;
    }

    /** Returns the set of these names. */
    public static Names of(Collection<String> names) {
      int longest = names.stream().mapToInt(String::length).max().orElse(0);
      String[][] byLength = new String[longest + 1][];
      for (int length = 0; length <= longest; length++) {
        int wanted = length;
        byLength[length] =
            names.stream().filter(name -> name.length() == wanted).toArray(String[]::new);
      }
      return new Names(byLength);
    }

    private String[] ofLength(int length) {
      return length < byLength.length ? byLength[length] : NONE;
    }
  }

  /** Returns these fields without those of certain names, in a wire form of its own. */
  public StoredFields without(Names names) {
    byte[] kept = new byte[wire.length];
    int size = 0;
    Cursor cursor = new Cursor();
    while (cursor.next()) {
      if (!cursor.isNamedOneOf(names)) {
        int length = cursor.following - cursor.nameStart;
        System.arraycopy(wire, cursor.nameStart, kept, size, length);
        size += length;
      }
    }
    return new StoredFields(Arrays.copyOf(kept, size));
  }

  /** Returns the number of bytes of the wire form. */
  public int sizeBytes() {
    return wire.length;
  }

  /** Appends the wire form, without the empty line that ends a head, to {@code out}. */
  public void writeTo(ByteBuf out) {
    out.writeBytes(wire);
  }

  /** Walks the wire form field by field; positions are valid after {@link #next()} was true. */
  private final class Cursor {
    int nameStart;
    int nameEnd;
    int valueStart;
    int valueEnd;
    private int following;

    boolean next() {
      if (following >= wire.length) {
        return false;
      }
      nameStart = following;
      int i = nameStart;
      while (wire[i] != COLON) {
        i++;
      }
      nameEnd = i;
      valueStart = i + 2;
      i = valueStart;
      while (wire[i] != CR) {
        i++;
      }
      valueEnd = i;
      following = i + 2;
      return true;
    }

    boolean isNamed(CharSequence name) {
      int length = nameEnd - nameStart;
      if (name.length() != length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (lower(wire[nameStart + i]) != lower((byte) name.charAt(i))) {
          return false;
        }
      }
      return true;
    }

    boolean isNamedOneOf(Names names) {
      for (String name : names.ofLength(nameEnd - nameStart)) {
        if (isNamed(name)) {
          return true;
        }
      }
      return false;
    }

    String value() {
      return new String(wire, valueStart, valueEnd - valueStart, StandardCharsets.ISO_8859_1);
    }
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }

  @Override
  public @Nullable String get(CharSequence name) {
    Cursor cursor = new Cursor();
    while (cursor.next()) {
      if (cursor.isNamed(name)) {
        return cursor.value();
      }
    }
    return null;
  }

  @Override
  public List<String> getAll(CharSequence name) {
    List<String> values = new ArrayList<>(2);
    Cursor cursor = new Cursor();
    while (cursor.next()) {
      if (cursor.isNamed(name)) {
        values.add(cursor.value());
      }
    }
    return values;
  }

  @Override
  public boolean contains(CharSequence name) {
    Cursor cursor = new Cursor();
    while (cursor.next()) {
      if (cursor.isNamed(name)) {
        return true;
      }
    }
    return false;
  }

  /** Returns names and values that share the array of the store: nothing is copied. */
  @Override
  public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
    return new Iterator<>() {
      private final Cursor cursor = new Cursor();
      private boolean ready = cursor.next();

      @Override
      public boolean hasNext() {
        return ready;
      }

      @Override
      public Map.Entry<CharSequence, CharSequence> next() {
        if (!ready) {
          throw new NoSuchElementException();
        }
        var field =
            new AbstractMap.SimpleImmutableEntry<CharSequence, CharSequence>(
                shared(cursor.nameStart, cursor.nameEnd),
                shared(cursor.valueStart, cursor.valueEnd));
        ready = cursor.next();
        return field;
      }
    };
  }

  private AsciiString shared(int start, int end) {
    return new AsciiString(wire, start, end - start, /* copy= */ false);
  }

  @Override
  public boolean isEmpty() {
    return wire.length == 0;
  }

  @Override
  public int size() {
    int size = 0;
    for (Cursor cursor = new Cursor(); cursor.next(); ) {
      size++;
    }
    return size;
  }

  private static UnsupportedOperationException unchangeable() {
    return new UnsupportedOperationException("stored fields cannot be changed");
  }

  @Override
  public HttpHeaders add(CharSequence name, Object value) {
    throw unchangeable();
  }

  @Override
  public HttpHeaders remove(CharSequence name) {
    throw unchangeable();
  }

  @Override
  public HttpHeaders clear() {
    throw unchangeable();
  }
}
