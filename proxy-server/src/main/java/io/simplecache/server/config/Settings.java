package io.simplecache.server.config;

import static io.simplecache.server.config.Setting.list;
import static io.simplecache.server.config.Setting.optional;
import static io.simplecache.server.config.Setting.setting;
import static io.simplecache.server.config.Setting.toggle;

import io.simplecache.server.config.RuleValues.DefaultLifetime;
import io.simplecache.server.config.RuleValues.ForcedLifetime;
import io.simplecache.server.config.Setting.Group;
import io.simplecache.server.config.Setting.Scope;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The table of all that can be set. A new setting is one constant here and its place in {@link
 * #ALL}, and one line in {@link ProxySettings} that hands it on.
 */
public final class Settings {
  private static final String FIELD_NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  // --- Start

  public static final Setting<Path> CONFIG =
      optional("config", Group.START, Kind.FILE, "none", "YAML file with settings.")
          .in(Scope.COMMAND);

  public static final Setting<Boolean> DEMO =
      toggle(
              "demo",
              Group.START,
              "Start the demo main server inside this process, on --demo-port, and print what to"
                  + " try.")
          .needsRestart();

  public static final Setting<Integer> DEMO_PORT =
      setting(
              "demo-port",
              Group.START,
              Kind.PORT,
              "8000",
              "Port of the demo main server; 0 for any free one.")
          .needsRestart();

  // --- Listening

  public static final Setting<Integer> PORT =
      setting("port", Group.LISTEN, Kind.PORT, "8001", "Port to listen on; 0 for any free one.")
          .needsRestart();

  public static final Setting<String> HOST =
      setting(
              "host",
              Group.LISTEN,
              Kind.text("HOST", "an address of this machine", "[^\\s]+"),
              "0.0.0.0",
              "Address to listen on; 0.0.0.0 is all of this machine.")
          .needsRestart();

  public static final Setting<Integer> THREADS =
      setting(
              "threads",
              Group.LISTEN,
              Kind.number("N", 0, 1024),
              "0",
              "Number of event loops; 0 is one for each processor.")
          .needsRestart();

  public static final Setting<String> TRANSPORT =
      setting(
              "transport",
              Group.LISTEN,
              Kind.choice("auto", "io_uring", "epoll", "nio"),
              "auto",
              "How bytes reach the kernel; auto takes epoll where it works, else NIO.")
          .needsRestart();

  public static final Setting<ByteSize> MAX_TARGET =
      setting(
          "max-target",
          Group.LISTEN,
          Kind.size("256", "1MiB"),
          "8KiB",
          "Longest request line; a longer one gets 414.");

  public static final Setting<ByteSize> MAX_HEAD =
      setting(
          "max-head",
          Group.LISTEN,
          Kind.size("1KiB", "1MiB"),
          "32KiB",
          "Largest header section of a request; a larger one gets 431.");

  public static final Setting<Integer> MAX_FIELDS =
      setting(
          "max-fields",
          Group.LISTEN,
          Kind.number("N", 8, 10_000),
          "128",
          "The most fields of a request; more get 431.");

  public static final Setting<ByteSize> MAX_BODY =
      setting(
          "max-body",
          Group.LISTEN,
          Kind.size("0", "1024GiB"),
          "1GiB",
          "Largest body of a request; a larger one gets 413. 0: no limit.");

  public static final Setting<Integer> MAX_CONNECTIONS =
      setting(
          "max-connections",
          Group.LISTEN,
          Kind.number("N", 0, 1_000_000),
          "20000",
          "The most connections of clients at a time; one more gets 503. 0: no limit.");

  public static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS =
      setting(
          "max-connections-per-address",
          Group.LISTEN,
          Kind.number("N", 0, 1_000_000),
          "1024",
          "The most from one IPv4 address or IPv6 /64; one more gets 503. 0: no limit.");

  public static final Setting<Integer> MAX_REQUESTS_PER_CONNECTION =
      setting(
          "max-requests-per-connection",
          Group.LISTEN,
          Kind.number("N", 0, 1_000_000_000),
          "10000",
          "Then the connection is closed. 0: no limit.");

  public static final Setting<Integer> MIN_RECEIVE_RATE =
      setting(
          "min-receive-rate",
          Group.LISTEN,
          Kind.number("N", 0, 1_000_000),
          "100",
          "Bytes of a request's body per second, on average once --client-timeout is over; a slower"
              + " one gets 408. 0: no limit.");

  public static final Setting<Integer> MIN_SEND_RATE =
      setting(
          "min-send-rate",
          Group.LISTEN,
          Kind.number("N", 0, 1_000_000),
          "100",
          "Bytes per second that a client takes, on average once --client-timeout is over; a slower"
              + " one is cut off. 0: no limit.");

  public static final Setting<Duration> HEAD_TIMEOUT =
      setting(
          "head-timeout",
          Group.LISTEN,
          Kind.TIMEOUT,
          "30s",
          "How long a request's head may take from its first byte, and a new connection to that.");

  public static final Setting<Duration> KEEP_ALIVE =
      setting(
          "keep-alive",
          Group.LISTEN,
          Kind.TIMEOUT,
          "75s",
          "How long a client's connection may wait for its next request.");

  public static final Setting<Duration> CLIENT_TIMEOUT =
      setting(
          "client-timeout",
          Group.LISTEN,
          Kind.TIMEOUT,
          "60s",
          "How long a client may pause while it sends a body, or take nothing of a response.");

  public static final Setting<Integer> MAX_RANGES =
      setting(
          "max-ranges",
          Group.LISTEN,
          Kind.number("N", 1, 1000),
          "16",
          "The most ranges of one request that are answered; with more, the whole is sent.");

  public static final Setting<Duration> DRAIN_TIMEOUT =
      setting(
          "drain-timeout",
          Group.LISTEN,
          Kind.TIME,
          "30s",
          "How long requests under way may go on after SIGTERM.");

  // --- Origin

  public static final Setting<List<URI>> ORIGIN =
      list(
              "origin",
              Group.ORIGIN,
              RuleValues.ORIGIN,
              List.of("http://localhost:8000"),
              "The main server: http://host[:port] or https://host[:port].")
          .in(Scope.SITE);

  public static final Setting<Path> ORIGIN_CA =
      optional(
          "origin-ca",
          Group.ORIGIN,
          Kind.FILE,
          "those that the JDK trusts",
          "PEM file with the certificates that an https origin is verified by.");

  public static final Setting<Duration> CONNECT_TIMEOUT =
      setting(
          "connect-timeout",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "5s",
          "To a connection to the origin, TLS included.");

  public static final Setting<Duration> ORIGIN_TIMEOUT =
      setting(
          "origin-timeout",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "60s",
          "To the head of the origin's response, and between two pieces of its body.");

  public static final Setting<Duration> ORIGIN_KEEP_ALIVE =
      setting(
          "origin-keep-alive",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "30s",
          "How long an unused connection to the origin is kept.");

  public static final Setting<Integer> ORIGIN_IDLE_CONNECTIONS =
      setting(
          "origin-idle-connections",
          Group.ORIGIN,
          Kind.number("N", 0, 65_535),
          "64",
          "The most unused connections to the origin that each event loop keeps.");

  public static final Setting<Integer> ORIGIN_MAX_FETCHES =
      setting(
          "origin-max-fetches",
          Group.ORIGIN,
          Kind.number("N", 1, 1_000_000),
          "1024",
          "The most requests that one origin has to answer at the same time.");

  public static final Setting<Integer> ORIGIN_MAX_QUEUED =
      setting(
          "origin-max-queued",
          Group.ORIGIN,
          Kind.number("N", 0, 1_000_000),
          "4096",
          "The most that wait for one of those places; one more gets 503.");

  public static final Setting<Duration> ORIGIN_MAX_QUEUE_TIME =
      setting(
          "origin-max-queue-time",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "10s",
          "How long one waits for its place before it gets 503.");

  public static final Setting<Integer> ORIGIN_MAX_RETRIES =
      setting(
          "origin-max-retries",
          Group.ORIGIN,
          Kind.number("N", 0, 100),
          "1",
          "How often a request is sent to another origin when one fails before its response.");

  public static final Setting<Integer> ORIGIN_FAILURES_TO_OPEN =
      setting(
          "origin-failures-to-open",
          Group.ORIGIN,
          Kind.number("N", 0, 1_000_000),
          "10",
          "After how many failures in a row an origin is left alone. 0: never.");

  public static final Setting<Duration> ORIGIN_MIN_BACK_OFF =
      setting(
          "origin-min-back-off",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "1s",
          "How long it is left alone at first; then one request tries it.");

  public static final Setting<Duration> ORIGIN_MAX_BACK_OFF =
      setting(
          "origin-max-back-off",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "30s",
          "The bound of that time, which doubles as long as the origin fails.");

  public static final Setting<Duration> ORIGIN_MAX_CONNECTION_AGE =
      setting(
          "origin-max-connection-age",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "5m",
          "A connection to the origin that is older gets no other request, so that what DNS says"
              + " now is followed.");

  public static final Setting<Integer> ORIGIN_MAX_FIELDS =
      setting(
          "origin-max-fields",
          Group.ORIGIN,
          Kind.number("N", 8, 10_000),
          "1024",
          "The most fields of a response; with more it is invalid: 502.");

  public static final Setting<Integer> ORIGIN_MIN_RATE =
      setting(
          "origin-min-rate",
          Group.ORIGIN,
          Kind.number("N", 0, 1_000_000),
          "0",
          "Bytes of a response's body per second, on average once --origin-timeout is over, while"
              + " clients take them; a slower one is cut off. 0: no limit.");

  public static final Setting<String> HEALTH_PATH =
      optional(
          "health-path",
          Group.ORIGIN,
          Kind.text("PATH", "a path that begins with /", "/[!-~]*"),
          "no checks",
          "What each origin is asked by GET from time to time; one that does not answer 2xx or 3xx"
              + " is skipped until it does.");

  public static final Setting<Duration> HEALTH_INTERVAL =
      setting(
          "health-interval",
          Group.ORIGIN,
          Kind.time(Duration.ofMillis(100), Duration.ofDays(1)),
          "5s",
          "From one check to the next, which is how long an answer may take.");

  public static final Setting<Duration> FOLLOWER_TIMEOUT =
      setting(
          "follower-timeout",
          Group.ORIGIN,
          Kind.TIMEOUT,
          "10s",
          "How long a request waits for another's fetch of the same before it asks alone.");

  // --- Memory

  public static final Setting<ByteSize> MEMORY =
      optional(
              "memory",
              Group.MEMORY,
              Kind.size("1MiB", "1024GiB"),
              "256MiB, or what the JVM's limit of direct memory allows if that is less",
              "What stored and arriving responses may take together.")
          .needsRestart();

  public static final Setting<ByteSize> MAX_OBJECT =
      optional(
              "max-object",
              Group.MEMORY,
              Kind.size("0", "1024GiB"),
              "a quarter of --memory",
              "Responses with a larger body are relayed, not stored.")
          .needsRestart();

  public static final Setting<Integer> MAX_VARIANTS =
      setting(
              "max-variants",
              Group.MEMORY,
              Kind.number("N", 1, 10_000),
              "32",
              "The most variants of one resource (Vary) that are kept.")
          .needsRestart();

  // --- What is cached

  public static final Setting<Boolean> IGNORE_RELOAD =
      toggle(
              "ignore-reload",
              Group.RULES,
              "Answer a browser's reload like any other request: Cache-Control and Pragma of"
                  + " requests do not count. On with --demo.")
          .in(Scope.SITE);

  public static final Setting<List<String>> BYPASS =
      list(
              "bypass",
              Group.RULES,
              RuleValues.PATTERN,
              List.of(),
              "Relay this path, never store it; * stands for any characters.")
          .in(Scope.SITE);

  public static final Setting<List<String>> BYPASS_COOKIE =
      list(
              "bypass-cookie",
              Group.RULES,
              Kind.text("NAME", "the name of a cookie", FIELD_NAME),
              List.of(),
              "Relay every request with this cookie.")
          .in(Scope.SITE);

  public static final Setting<List<ForcedLifetime>> FORCE_LIFETIME =
      list(
              "force-lifetime",
              Group.RULES,
              RuleValues.FORCED_LIFETIME,
              List.of(),
              "Storable responses of this path are fresh for TIME, whatever lifetime the origin"
                  + " gives them; of several that fit the first counts.")
          .in(Scope.SITE);

  public static final Setting<List<DefaultLifetime>> DEFAULT_LIFETIME =
      list(
              "default-lifetime",
              Group.RULES,
              RuleValues.DEFAULT_LIFETIME,
              List.of(),
              "Lifetime of responses of this status, everywhere or of this path, where the origin"
                  + " says nothing; 404=10s is negative caching.")
          .in(Scope.SITE);

  public static final Setting<Duration> STALE_WHILE_REVALIDATE =
      setting(
              "stale-while-revalidate",
              Group.RULES,
              Kind.TIME,
              "0s",
              "How long a stale response is served while it is validated, where the origin says"
                  + " nothing.")
          .in(Scope.SITE);

  public static final Setting<Duration> STALE_IF_UNREACHABLE =
      setting(
              "stale-if-unreachable",
              Group.RULES,
              Kind.TIME,
              "24h",
              "How long a stale response may stand in for an origin that cannot be reached.")
          .in(Scope.SITE);

  public static final Setting<Duration> STALE_IF_ERROR =
      setting(
              "stale-if-error",
              Group.RULES,
              Kind.TIME,
              "0s",
              "The same for an origin that answers 500, 502, 503 or 504.")
          .in(Scope.SITE);

  public static final Setting<Boolean> STORE_SET_COOKIE =
      toggle(
              "store-set-cookie",
              Group.RULES,
              "Store responses with Set-Cookie that are not public: only where none is personal.")
          .in(Scope.SITE);

  public static final Setting<List<String>> TARGETED_FIELD =
      list(
              "targeted-field",
              Group.RULES,
              Kind.text("NAME", "the name of a field", FIELD_NAME),
              List.of("CDN-Cache-Control"),
              "Field of RFC 9213 that is for this cache, most important first.")
          .in(Scope.SITE);

  public static final Setting<Boolean> SURROGATE_CONTROL =
      toggle("surrogate-control", Group.RULES, "Follow Surrogate-Control.").in(Scope.SITE);

  public static final Setting<List<String>> IGNORE_QUERY =
      list(
              "ignore-query",
              Group.RULES,
              Kind.text("NAME", "the name of a query parameter, * last for any rest", "[^&=#\\s]+"),
              List.of(),
              "Query parameter that is not part of the key, such as utm_*.")
          .in(Scope.SITE);

  public static final Setting<Boolean> SORT_QUERY =
      toggle(
              "sort-query",
              Group.RULES,
              "The order of query parameters makes no difference to the key.")
          .in(Scope.SITE);

  public static final Setting<Boolean> NO_VARY_SEARCH =
      toggle(
              "no-vary-search",
              Group.RULES,
              "Believe responses that name query parameters without meaning (No-Vary-Search).")
          .in(Scope.SITE);

  public static final Setting<List<String>> KEY_FIELD =
      list(
              "key-field",
              Group.RULES,
              Kind.text("NAME", "the name of a field", FIELD_NAME),
              List.of(),
              "Request field whose value is part of the key.")
          .in(Scope.SITE);

  // --- Sites

  public static final Setting<String> NAME =
      optional(
              "name",
              Group.SITES,
              Kind.text("NAME", "letters, digits, . _ -", "[A-Za-z0-9][A-Za-z0-9._-]*"),
              "site and its place in the list",
              "What the site is called in logs and statistics.")
          .in(Scope.ONLY_SITE);

  public static final Setting<List<String>> HOSTS =
      list(
              "hosts",
              Group.SITES,
              Kind.text(
                  "HOST",
                  "a host name without port, or *.name for all below it",
                  "(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*|\\[[0-9a-fA-F:.]+\\]"),
              List.of(),
              "Hosts whose requests are for this site, none for any; *.example.org is all below"
                  + " example.org.")
          .in(Scope.ONLY_SITE);

  public static final Setting<String> PATH_PREFIX =
      setting(
              "path-prefix",
              Group.SITES,
              Kind.text("PATH", "a path that begins with /", "/[^?#\\s]*"),
              "/",
              "What the paths of this site begin with; the longest that fits counts.")
          .in(Scope.ONLY_SITE);

  // --- Logs

  public static final Setting<Boolean> ACCESS_LOG =
      toggle(
              "access-log",
              Group.LOG,
              "A line for each request on standard output. On with --demo and --access-log-file.")
          .needsRestart();

  public static final Setting<String> ACCESS_LOG_FORMAT =
      setting(
              "access-log-format",
              Group.LOG,
              Kind.choice("human", "common", "combined", "json"),
              "human",
              "How a request is written down.")
          .needsRestart();

  public static final Setting<Path> ACCESS_LOG_FILE =
      optional(
              "access-log-file",
              Group.LOG,
              Kind.FILE,
              "standard output",
              "File for the access log, which is appended to.")
          .needsRestart();

  public static final Setting<ByteSize> ACCESS_LOG_SIZE =
      setting(
              "access-log-size",
              Group.LOG,
              Kind.size("64KiB", "1024GiB"),
              "100MiB",
              "A larger file becomes FILE.1, that FILE.2, and so on.")
          .needsRestart();

  public static final Setting<Integer> ACCESS_LOG_KEEP =
      setting(
              "access-log-keep",
              Group.LOG,
              Kind.number("N", 1, 20),
              "7",
              "How many full files are kept.")
          .needsRestart();

  public static final Setting<Integer> ACCESS_LOG_SAMPLE =
      setting(
              "access-log-sample",
              Group.LOG,
              RuleValues.SHARE,
              "1/1",
              "The share of requests that are written down, by chance.")
          .needsRestart();

  public static final Setting<Boolean> TRACE =
      toggle(
          "trace",
          Group.LOG,
          "A request to the origin gets a traceparent (W3C Trace Context) if the client gave it"
              + " none; its trace id is in the JSON log.");

  // --- Administration

  public static final Setting<Integer> ADMIN_PORT =
      optional(
              "admin-port",
              Group.ADMIN,
              Kind.PORT,
              "no admin listener",
              "Port for health, statistics, metrics, purge, explain and the page; 0 for any free"
                  + " one.")
          .needsRestart();

  public static final Setting<String> ADMIN_HOST =
      setting(
              "admin-host",
              Group.ADMIN,
              Kind.text("HOST", "an address of this machine", "[^\\s]+"),
              "127.0.0.1",
              "Address of the admin listener; any but a loopback address needs a token.")
          .needsRestart();

  public static final Setting<String> ADMIN_TOKEN =
      optional(
          "admin-token",
          Group.ADMIN,
          Kind.SECRET,
          "none",
          "What admin calls must bring as Authorization: Bearer TOKEN. Others on this machine"
              + " can read flags: rather use the file or the environment.");

  public static final Setting<Path> ADMIN_TOKEN_FILE =
      optional(
          "admin-token-file",
          Group.ADMIN,
          Kind.FILE,
          "none",
          "File whose first line is the token.");

  public static final Setting<Boolean> PURGE_METHOD =
      toggle(
              "purge-method",
              Group.ADMIN,
              "The method PURGE on the main listener removes what is stored for its URL, for"
                  + " clients in --purge-allow.")
          .needsRestart();

  public static final Setting<List<String>> PURGE_ALLOW =
      list(
              "purge-allow",
              Group.ADMIN,
              RuleValues.NETWORK,
              List.of("127.0.0.1", "::1"),
              "Address or network (10.0.0.0/8) whose clients may PURGE.")
          .needsRestart();

  /** Every setting, in the order of the manual. */
  public static final List<Setting<?>> ALL =
      List.of(
          CONFIG,
          DEMO,
          DEMO_PORT,
          PORT,
          HOST,
          THREADS,
          TRANSPORT,
          MAX_TARGET,
          MAX_HEAD,
          MAX_FIELDS,
          MAX_BODY,
          MAX_CONNECTIONS,
          MAX_CONNECTIONS_PER_ADDRESS,
          MAX_REQUESTS_PER_CONNECTION,
          MIN_RECEIVE_RATE,
          MIN_SEND_RATE,
          HEAD_TIMEOUT,
          KEEP_ALIVE,
          CLIENT_TIMEOUT,
          MAX_RANGES,
          DRAIN_TIMEOUT,
          ORIGIN,
          ORIGIN_CA,
          CONNECT_TIMEOUT,
          ORIGIN_TIMEOUT,
          ORIGIN_KEEP_ALIVE,
          ORIGIN_IDLE_CONNECTIONS,
          ORIGIN_MAX_FETCHES,
          ORIGIN_MAX_QUEUED,
          ORIGIN_MAX_QUEUE_TIME,
          ORIGIN_MAX_RETRIES,
          ORIGIN_FAILURES_TO_OPEN,
          ORIGIN_MIN_BACK_OFF,
          ORIGIN_MAX_BACK_OFF,
          ORIGIN_MAX_CONNECTION_AGE,
          ORIGIN_MAX_FIELDS,
          ORIGIN_MIN_RATE,
          HEALTH_PATH,
          HEALTH_INTERVAL,
          FOLLOWER_TIMEOUT,
          MEMORY,
          MAX_OBJECT,
          MAX_VARIANTS,
          IGNORE_RELOAD,
          BYPASS,
          BYPASS_COOKIE,
          FORCE_LIFETIME,
          DEFAULT_LIFETIME,
          STALE_WHILE_REVALIDATE,
          STALE_IF_UNREACHABLE,
          STALE_IF_ERROR,
          STORE_SET_COOKIE,
          TARGETED_FIELD,
          SURROGATE_CONTROL,
          IGNORE_QUERY,
          SORT_QUERY,
          NO_VARY_SEARCH,
          KEY_FIELD,
          NAME,
          HOSTS,
          PATH_PREFIX,
          ACCESS_LOG,
          ACCESS_LOG_FORMAT,
          ACCESS_LOG_FILE,
          ACCESS_LOG_SIZE,
          ACCESS_LOG_KEEP,
          ACCESS_LOG_SAMPLE,
          TRACE,
          ADMIN_PORT,
          ADMIN_HOST,
          ADMIN_TOKEN,
          ADMIN_TOKEN_FILE,
          PURGE_METHOD,
          PURGE_ALLOW);

  private Settings() {}

  /** Returns the setting of a name, if there is one. */
  static Optional<Setting<?>> named(String name) {
    return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
  }
}
