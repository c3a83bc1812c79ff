package io.simplecache.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a running server what would become of a request, and prints that for people. */
@Command(
    name = "explain",
    description = "Ask a running server what would become of a request now, and why.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Exit code 0: explained; 1: the server cannot be asked or refuses; 2: a flag cannot be"
          + " followed."
    })
public final class ExplainCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Parameters(index = "0", paramLabel = "URL", description = "Absolute URL of the request.")
  private String url = "";

  @Option(
      names = "--header",
      paramLabel = "FIELD",
      description = "Field of the request, as in 'Accept-Encoding: gzip'. Repeatable.")
  private List<String> headers = List.of();

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "GET",
      description = "Method of the request. Default: ${DEFAULT-VALUE}.")
  private String method = "GET";

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "http://localhost:8002",
      description =
          "The server's admin listener: it is where --admin-port says. Default: ${DEFAULT-VALUE}.")
  private String admin = "http://localhost:8002";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token of the admin listener, if it has one.")
  private @Nullable Path tokenFile;

  @Option(names = "--json", description = "Print the answer as it is.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    assert spec != null;
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    HttpResponse<byte[]> response;
    try {
      response =
          HttpClient.newBuilder()
              .connectTimeout(TIMEOUT)
              .build()
              .send(request(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      err.println("simple-cache: %s cannot be asked: %s".formatted(admin, reason(e)));
      return CommandLine.ExitCode.SOFTWARE;
    }
    JsonNode answer;
    try {
      answer = Json.read(response.body());
    } catch (ProblemException e) {
      err.println("simple-cache: %s is no admin listener".formatted(admin));
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (response.statusCode() != 200) {
      err.println("simple-cache: " + answer.path("detail").asText("the server refuses"));
      return CommandLine.ExitCode.SOFTWARE;
    }
    out.print(json ? answer.toPrettyString() + "\n" : ExplanationText.of(answer));
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private String reason(IOException e) {
    if (e instanceof ConnectException) {
      int port = URI.create(admin).getPort();
      return "nothing listens there (expected: a server that was started with --admin-port %s)"
          .formatted(port < 0 ? "8002" : String.valueOf(port));
    }
    return e.getMessage() == null ? "no connection" : e.getMessage();
  }

  private HttpRequest request() {
    List<String> query = new ArrayList<>();
    query.add("url=" + encoded(url));
    query.add("method=" + encoded(method));
    headers.forEach(header -> query.add("header=" + encoded(header)));
    HttpRequest.Builder request;
    try {
      URI uri = URI.create(admin.replaceFirst("/$", "") + "/explain?" + String.join("&", query));
      request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
    } catch (IllegalArgumentException e) {
      throw badUsage("--admin: %s (expected: http://host:port)".formatted(admin), e);
    }
    if (tokenFile != null) {
      request.header("Authorization", "Bearer " + token(tokenFile));
    }
    return request.build();
  }

  private String token(Path file) {
    try {
      return TokenFile.read(file);
    } catch (IOException e) {
      String what = String.valueOf(e.getMessage());
      throw badUsage(
          "--token-file: "
              + (what.contains("(expected") ? what : file + " (expected: a readable file)"),
          e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private ParameterException badUsage(String message, Exception cause) {
    assert spec != null;
    return new ParameterException(spec.commandLine(), message, cause);
  }
}
