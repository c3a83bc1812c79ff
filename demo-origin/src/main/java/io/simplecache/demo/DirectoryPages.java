package io.simplecache.demo;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The files of one directory.
 *
 * <p>Nothing outside is served: {@link UrlPath} lets only plain names through, and what they lead
 * to, links followed, must lie inside the directory. What is outside, missing, unreadable or not a
 * plain file looks the same from outside: 404.
 *
 * <p>Thread: {@link #answer} runs on event loops; all that touches the file system runs on the file
 * threads.
 */
final class DirectoryPages implements Pages {
  private static final String INDEX = "index.html";

  private final Path root;
  private final String cacheControl;
  private final Executor fileThreads;
  private final InstantSource clock;

  /**
   * Creates the pages of a directory.
   *
   * @param maxAge how long they are fresh, in whole seconds
   * @throws IOException if the root is not a directory
   */
  DirectoryPages(Path root, Duration maxAge, Executor fileThreads, InstantSource clock)
      throws IOException {
    this.root = root.toRealPath();
    this.cacheControl = "public, max-age=" + maxAge.toSeconds();
    this.fileThreads = fileThreads;
    this.clock = clock;
    if (!Files.isDirectory(this.root)) {
      throw new NotDirectoryException(root.toString());
    }
  }

  @Override
  public Future<Answer> answer(OriginRequest request, EventExecutor loop) {
    UrlPath path = UrlPath.parse(request.path());
    if (path == null) {
      return loop.newSucceededFuture(Answer.notFound());
    }
    Promise<Answer> promise = loop.newPromise();
    try {
      fileThreads.execute(() -> complete(promise, request, path));
    } catch (RejectedExecutionException e) {
      promise.setFailure(e);
    }
    return promise;
  }

  private void complete(Promise<Answer> promise, OriginRequest request, UrlPath path) {
    Answer answer;
    try {
      answer = find(request, path);
    } catch (NoSuchFileException | AccessDeniedException | InvalidPathException e) {
      answer = Answer.notFound();
    } catch (FileSystemException e) {
      answer = Answer.notFound(); // a name too long, a loop of links, a file taken for a directory
    } catch (IOException | RuntimeException e) {
      promise.setFailure(e);
      return;
    }
    promise.setSuccess(answer);
  }

  private Answer find(OriginRequest request, UrlPath path) throws IOException {
    Path named = root;
    for (String segment : path.segments()) {
      named = named.resolve(segment);
    }
    Path real = named.toRealPath();
    if (!real.startsWith(root)) {
      return Answer.notFound();
    }
    BasicFileAttributes attributes = attributes(real);
    if (attributes.isDirectory()) {
      return path.endsWithSlash() ? findIndex(request, real) : redirectToSlash(request);
    }
    return path.endsWithSlash() ? Answer.notFound() : answerFile(request, real, attributes);
  }

  private Answer findIndex(OriginRequest request, Path directory) throws IOException {
    Path real = directory.resolve(INDEX).toRealPath();
    return real.startsWith(root) ? answerFile(request, real, attributes(real)) : Answer.notFound();
  }

  /** The path has no empty segment, so the target cannot be taken for another host's. */
  private Answer redirectToSlash(OriginRequest request) {
    String query = request.query().isEmpty() ? "" : "?" + request.query();
    String location = request.path() + "/" + query;
    return Answer.text(HttpResponseStatus.MOVED_PERMANENTLY, "301: see " + location + "\n")
        .with(HttpHeaderNames.LOCATION, location)
        .with(HttpHeaderNames.CACHE_CONTROL, cacheControl);
  }

  private Answer answerFile(OriginRequest request, Path file, BasicFileAttributes attributes)
      throws IOException {
    if (!attributes.isRegularFile() || !Files.isReadable(file)) {
      return Answer.notFound();
    }
    Instant now = clock.instant();
    Instant modified = HttpDates.wholeSeconds(attributes.lastModifiedTime().toInstant());
    Representation representation =
        new Representation(
            MediaTypes.of(String.valueOf(file.getFileName())),
            entityTag(attributes),
            // a time to come is replaced by that of the answer (RFC 9110 §8.8.2.1)
            modified.isAfter(now) ? HttpDates.wholeSeconds(now) : modified,
            attributes.size(),
            cacheControl);
    return representation.answer(
        request, now, (offset, length) -> new FileBody(open(file), offset, length, fileThreads));
  }

  private static String entityTag(BasicFileAttributes attributes) {
    Instant modified = attributes.lastModifiedTime().toInstant();
    return "\"%x-%x-%x\""
        .formatted(attributes.size(), modified.getEpochSecond(), modified.getNano());
  }

  /** The links have been followed by now; one that appears since is not. */
  private static BasicFileAttributes attributes(Path real) throws IOException {
    return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static FileChannel open(Path real) throws IOException {
    return FileChannel.open(real, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }
}
