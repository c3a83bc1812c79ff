package io.simplecache.users;

/**
 * The ways in which the origin answers. What is personal carries a secret, and the fields say by
 * some rule that a shared cache keeps it to itself.
 *
 * <p>In the fields {@code $} stands for a lifetime in seconds and {@code @} for the secret.
 */
enum Kind {
  PUBLIC(Body.SHARED, "Cache-Control: public, max-age=$"),
  SHARED(Body.SHARED, "Cache-Control: max-age=$"),
  SHARED_S_MAXAGE(Body.SHARED, "Cache-Control: s-maxage=$"),
  MUST_REVALIDATE(Body.SHARED, "Cache-Control: max-age=$, must-revalidate"),
  STALE_ALLOWED(
      Body.SHARED, "Cache-Control: max-age=1, stale-while-revalidate=30, stale-if-error=60"),
  NO_CACHE(Body.SHARED, "Cache-Control: no-cache"),
  VARY_LANGUAGE(Body.SHARED, "Cache-Control: max-age=$", "Vary: Accept-Language"),
  TARGETED(Body.SHARED, "CDN-Cache-Control: max-age=$", "Cache-Control: private"),

  PRIVATE(Body.PERSONAL, "Cache-Control: private, max-age=$", "X-Personal: @"),
  NO_STORE(Body.PERSONAL, "Cache-Control: no-store", "X-Personal: @"),
  TARGETED_NO_STORE(
      Body.PERSONAL, "CDN-Cache-Control: no-store", "Cache-Control: public, max-age=$"),
  SET_COOKIE(Body.PERSONAL, "Cache-Control: max-age=$", "Set-Cookie: sid=@; Path=/"),
  VARY_STAR(Body.PERSONAL, "Cache-Control: max-age=$", "Vary: *"),
  /** Its 304 says that it is for one client, though the representation is everybody's. */
  PRIVATE_FIELDS(Body.SHARED, "Cache-Control: private, max-age=$", "X-Personal: @"),
  /** The same with no-store. */
  NO_STORE_FIELDS(Body.SHARED, "Cache-Control: no-store", "Set-Cookie: sid=@"),
  /** A cookie beside a representation that is everybody's; its 304, too. */
  SET_COOKIE_FIELD(Body.SHARED, "Cache-Control: max-age=$", "Set-Cookie: sid=@"),
  NO_CACHE_FIELD(
      Body.SHARED, "Cache-Control: max-age=$, no-cache=\"set-cookie\"", "Set-Cookie: sid=@"),
  PRIVATE_FIELD(
      Body.SHARED, "Cache-Control: public, max-age=$, private=\"X-Personal\"", "X-Personal: @"),
  PRIVATE_FIELD_LIST(
      Body.SHARED,
      "Cache-Control: max-age=$, private=\"x-personal, set-cookie\"",
      "Set-Cookie: sid=@",
      "X-Personal: @"),

  VARY_COOKIE(Body.OF_COOKIE, "Cache-Control: max-age=$", "Vary: Cookie"),
  VARY_COOKIE_PUBLIC(
      Body.OF_COOKIE, "Cache-Control: public, max-age=$", "Vary: Accept-Language, cookie"),
  VARY_AUTHORIZATION(
      Body.OF_AUTHORIZATION, "Cache-Control: public, max-age=$", "Vary: Authorization"),
  AUTHORIZED(Body.OF_AUTHORIZATION, "Cache-Control: max-age=$"),
  AUTHORIZED_VALIDATED(Body.OF_AUTHORIZATION, "Cache-Control: no-cache"),

  ERROR(500, Body.PERSONAL, "X-Personal: @"),
  UNAVAILABLE(503, Body.PERSONAL, "Set-Cookie: sid=@", "Retry-After: 1"),
  PRIVATE_NOT_FOUND(404, Body.PERSONAL, "Cache-Control: private"),
  REDIRECT(302, Body.PERSONAL, "Location: /k1?to=@"),

  /** To a request with content, which is no part of any key. */
  OF_CONTENT(Body.PERSONAL, "Cache-Control: public, max-age=$");

  /** Who the body is for. */
  enum Body {
    SHARED,
    PERSONAL,
    /** For whoever sends that cookie; for everybody if the request has none. */
    OF_COOKIE,
    /** For whoever has these credentials; for everybody if the request has none. */
    OF_AUTHORIZATION
  }

  final int status;
  final Body body;

  /** Its field lines, with CRLF between them. */
  final String fieldLines;

  Kind(Body body, String... fields) {
    this(200, body, fields);
  }

  Kind(int status, Body body, String... fields) {
    this.status = status;
    this.body = body;
    this.fieldLines = String.join("\r\n", fields);
  }
}
