package io.simplecache.server.config;

/**
 * What was set cannot be followed. The message is one line for the operator: where it was set, to
 * what, and what was expected.
 */
public final class BadSetting extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** Says what is wrong. */
  public BadSetting(String message) {
    super(message);
  }

  /** Says what is wrong, and what came of it. */
  public BadSetting(String message, Throwable cause) {
    super(message, cause);
  }
}
