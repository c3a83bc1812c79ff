package io.simplecache.demo;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request path taken apart, each segment percent-decoded once.
 *
 * @param segments plain names: none is empty, {@code .} or {@code ..}, none has a separator of any
 *     system or a control character
 * @param endsWithSlash whether the path names a directory
 */
record UrlPath(List<String> segments, boolean endsWithSlash) {

  /** Returns null for a path which cannot be the name of something inside a directory. */
  static @Nullable UrlPath parse(String rawPath) {
    if (!rawPath.startsWith("/")) {
      return null;
    }
    boolean endsWithSlash = rawPath.endsWith("/");
    String inner =
        rawPath.substring(1, endsWithSlash ? Math.max(1, rawPath.length() - 1) : rawPath.length());
    if (inner.isEmpty()) {
      return rawPath.equals("/") ? new UrlPath(List.of(), endsWithSlash) : null;
    }
    List<String> segments = new ArrayList<>();
    for (String rawSegment : inner.split("/", -1)) {
      String segment = decode(rawSegment);
      if (segment == null || !isPlainName(segment)) {
        return null;
      }
      segments.add(segment);
    }
    return new UrlPath(List.copyOf(segments), endsWithSlash);
  }

  private static boolean isPlainName(String segment) {
    return !segment.isEmpty()
        && !segment.equals(".")
        && !segment.equals("..")
        && segment
            .chars()
            .noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ' || c == 0x7f);
  }

  /** Returns null if the encoding is not right or does not give UTF-8. */
  private static @Nullable String decode(String raw) {
    ByteBuffer bytes = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int high = i + 2 <= raw.length() - 1 ? Character.digit(raw.charAt(i + 1), 16) : -1;
        int low = i + 2 <= raw.length() - 1 ? Character.digit(raw.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          return null;
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else if (c <= '~') {
        bytes.put((byte) c);
      } else {
        return null;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
