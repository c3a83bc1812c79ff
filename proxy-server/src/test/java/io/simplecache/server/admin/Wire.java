package io.simplecache.server.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** HTTP by hand, so that a test can send what no client library would. */
final class Wire {
  private static final int TIMEOUT_MILLIS = 20_000;

  private Wire() {}

  /** A response as it came. */
  record Answer(int status, String head, String body) {
    /** Returns the value of a field, null if there is none. */
    @Nullable String field(String name) {
      for (String line : head.lines().toList()) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return null;
    }
  }

  static Answer get(int port, String target, String... fields) throws IOException {
    return send(port, request("GET", target, fields));
  }

  static Answer post(int port, String target, String... fields) throws IOException {
    return send(port, request("POST", target, fields));
  }

  static Answer postJson(int port, String target, String json) throws IOException {
    return send(
        port,
        request(
                "POST",
                target,
                "Content-Type: application/json",
                "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length)
            + json);
  }

  /** Returns a request with Host, unless one is among {@code fields}, and Connection: close. */
  static String request(String method, String target, String... fields) {
    List<String> lines = new ArrayList<>(List.of(fields));
    if (lines.stream().noneMatch(line -> line.startsWith("Host:"))) {
      lines.add(0, "Host: localhost");
    }
    lines.add("Connection: close");
    return method + " " + target + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
  }

  /** Sends {@code request} and returns the one answer that comes until the connection ends. */
  static Answer send(int port, String request) throws IOException {
    String all = sendForAll(port, request);
    int end = all.indexOf("\r\n\r\n");
    return new Answer(
        Integer.parseInt(all.substring(9, 12)), all.substring(0, end), all.substring(end + 4));
  }

  static String sendForAll(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return readToEnd(socket.getInputStream());
    }
  }

  private static String readToEnd(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    in.transferTo(bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
