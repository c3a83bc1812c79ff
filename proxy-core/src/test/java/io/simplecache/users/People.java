package io.simplecache.users;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.simplecache.testing.MessageReader.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The users, each with a secret that nobody can guess, and what the bodies are made of. A body is a
 * pattern repeated up to a length that follows from its key, so that any part of it that is longer
 * than the pattern shows all of it: {@code K[17]} where it is for everybody, {@code
 * K[17]S[0042-9f3c51aa]} where it is for one.
 */
final class People {
  static final int COUNT = 60;
  private static final String MARK = "S[";
  private static final int[] LENGTHS = {400, 400, 400, 1500, 1500, 1500, 6000, 40_000};

  private final String[] secrets = new String[COUNT];

  People(SplittableRandom random) {
    for (int i = 0; i < COUNT; i++) {
      secrets[i] = String.format("%s%04d-%08x]", MARK, i, random.nextInt());
    }
  }

  String secret(int user) {
    return secrets[user];
  }

  /** Returns how long the body of a key is, whoever it is for. */
  static int length(int key) {
    return LENGTHS[key % LENGTHS.length];
  }

  static String sharedPattern(int key) {
    return "K[" + key + "]";
  }

  String personalPattern(int key, int user) {
    return sharedPattern(key) + secrets[user];
  }

  /** Returns a pattern repeated up to the length of the key's body. */
  static byte[] body(int key, String pattern) {
    byte[] unit = pattern.getBytes(ISO_8859_1);
    byte[] body = new byte[length(key)];
    System.arraycopy(unit, 0, body, 0, Math.min(unit.length, body.length));
    for (int done = unit.length; done < body.length; done *= 2) {
      System.arraycopy(body, 0, body, done, Math.min(done, body.length - done));
    }
    return body;
  }

  /** Returns the first secret in a response that is not this user's, or null. */
  @Nullable String foreignSecret(Message response, int user) {
    List<String> parts = new ArrayList<>(response.head().lines());
    parts.addAll(response.trailers());
    parts.add(response.head().startLine());
    for (String part : parts) {
      String foreign = foreignSecret(part, user);
      if (foreign != null) {
        return foreign;
      }
    }
    return foreignSecret(response.body(), user);
  }

  /** Returns the first secret in some bytes that is not this user's, or null. */
  @Nullable String foreignSecret(byte[] bytes, int user) {
    String own = secrets[user];
    for (int i = 0; i + own.length() <= bytes.length; i++) {
      // What does not end like a secret is cut in two by the framing, or by the end.
      if (bytes[i] == 'S' && bytes[i + 1] == '[' && bytes[i + own.length() - 1] == ']') {
        String found = new String(bytes, i, own.length(), ISO_8859_1);
        if (!found.equals(own)) {
          return found;
        }
      }
    }
    return null;
  }

  private @Nullable String foreignSecret(String text, int user) {
    for (int i = text.indexOf(MARK); i >= 0; i = text.indexOf(MARK, i + 1)) {
      if (!text.startsWith(secrets[user], i)) {
        return text.substring(i, Math.min(text.length(), i + secrets[user].length()));
      }
    }
    return null;
  }

  /** Returns whether a part of a body, from {@code offset} on, is that of a pattern. */
  static boolean isPartOf(byte[] part, int offset, String pattern) {
    int length = pattern.length();
    for (int i = 0; i < Math.min(length, part.length); i++) {
      if (part[i] != pattern.charAt((offset + i) % length)) {
        return false;
      }
    }
    // From there on it repeats itself.
    return part.length <= length
        || Arrays.equals(part, length, part.length, part, 0, part.length - length);
  }
}
