package io.simplecache.server;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * The signals of an operator. The JVM would only run its shutdown hooks and see no second signal,
 * so they are handled here. Thread: each signal is handled on a thread of its own.
 *
 * <p>{@code sun.misc.Signal} is the only way to hear of a signal. It is spoken to by reflection,
 * for the compiler warns of every mention of it and cannot be told not to.
 */
final class Signals {
  private Signals() {}

  /** Has SIGHUP end nothing until there is something to reload. */
  static void prepare() {
    handle("HUP", signal -> {});
  }

  /** Calls {@code end} at the first SIGTERM or SIGINT; at the second one the process is gone. */
  static void onEnd(Runnable end) {
    AtomicBoolean ending = new AtomicBoolean();
    IntConsumer handler =
        signal -> {
          if (ending.getAndSet(true)) {
            Runtime.getRuntime().halt(128 + signal);
          }
          end.run();
        };
    warnIfIgnored(handle("TERM", handler), "SIGTERM is ignored, by whoever started this");
    // In the background of a script it is ignored, as is the custom: nothing to warn of.
    handle("INT", handler);
  }

  /** Calls {@code reload} at each SIGHUP, where there is one. */
  static void onReload(Runnable reload) {
    warnIfIgnored(
        handle("HUP", signal -> reload.run()),
        "SIGHUP is ignored, as under nohup: use POST /reload");
  }

  private static void warnIfIgnored(boolean heard, String warning) {
    if (!heard) {
      Logging.warn(warning);
    }
  }

  /**
   * Returns whether the signal will be heard: one that was ignored when the process began stays so.
   * Where there is no such signal nothing happens.
   */
  private static boolean handle(String name, IntConsumer handler) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      int number = (int) signalType.getMethod("getNumber").invoke(signal);
      Object proxy =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.accept(number);
                }
                return null;
              });
      Object before =
          signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
      return before != handlerType.getField("SIG_IGN").get(null);
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
