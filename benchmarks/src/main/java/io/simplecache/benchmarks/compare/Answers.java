package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;

/** Holds what a contestant answers against what the origin answers to the same request. */
final class Answers {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int originPort;

  Answers(int originPort) {
    this.originPort = originPort;
  }

  /** Returns the origin's entity tag of a path. */
  String entityTag(String path) throws IOException, InterruptedException {
    return get(originPort, Call.of(path))
        .headers()
        .firstValue("ETag")
        .orElseThrow(() -> new IOException(path + " has no entity tag"));
  }

  /**
   * Asks twice, so that the second answer may be a hit.
   *
   * @return the bytes of the body
   * @throws WrongAnswerException if status or body are not those of the origin
   */
  int check(int port, Call call) throws IOException, InterruptedException, WrongAnswerException {
    HttpResponse<byte[]> right = get(originPort, call);
    checkOne(port, call, right);
    return checkOne(port, call, right);
  }

  private int checkOne(int port, Call call, HttpResponse<byte[]> right)
      throws IOException, InterruptedException, WrongAnswerException {
    HttpResponse<byte[]> answer = get(port, call);
    if (answer.statusCode() != right.statusCode()) {
      throw new WrongAnswerException(
          "status %d to %s %s (expected: %d)"
              .formatted(answer.statusCode(), call.path(), call.fields(), right.statusCode()));
    }
    if (!Arrays.equals(answer.body(), right.body())) {
      throw new WrongAnswerException(
          "a body of %d bytes to %s (expected: the origin's, of %d)"
              .formatted(answer.body().length, call.path(), right.body().length));
    }
    return right.body().length;
  }

  private HttpResponse<byte[]> get(int port, Call call) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + call.path()));
    for (String field : call.fields()) {
      String[] parts = field.split(": ", 2);
      request.header(parts[0], parts[1]);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }
}
