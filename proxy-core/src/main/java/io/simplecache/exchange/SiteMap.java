package io.simplecache.exchange;

import io.simplecache.message.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which site a request is for: by its host, exact before {@code *.name} before any; then by the
 * longest prefix of its path. Unchangeable; any thread.
 */
public final class SiteMap {
  /** A site and the paths that are for it. */
  private record Place(String pathPrefix, SiteContext site) {
    boolean isForAll() {
      return pathPrefix.length() == 1;
    }

    /** Whole segments: {@code /img} is not for {@code /images}. */
    boolean isFor(String target) {
      int length = pathPrefix.length();
      if (isForAll()) {
        return true;
      }
      if (!target.startsWith(pathPrefix)) {
        return false;
      }
      return pathPrefix.charAt(length - 1) == '/'
          || target.length() == length
          || target.charAt(length) == '/'
          || target.charAt(length) == '?';
    }
  }

  private static final String ANY = "*";

  private final Map<String, List<Place>> placesByHost;

  /** The one site that there is, if it is for everything. */
  private final @Nullable SiteContext only;

  private SiteMap(Map<String, List<Place>> placesByHost) {
    this.placesByHost = placesByHost;
    List<Place> anywhere = placesByHost.getOrDefault(ANY, List.of());
    boolean isOnly = placesByHost.size() == 1 && anywhere.size() == 1 && anywhere.get(0).isForAll();
    this.only = isOnly ? anywhere.get(0).site() : null;
  }

  /** Collects the sites of a map. */
  public static final class Builder {
    private final Map<String, List<Place>> placesByHost = new HashMap<>();

    /**
     * Adds a site.
     *
     * @param hosts lower-case names without port, or {@code *.name}; none: any host
     * @throws IllegalArgumentException if another site is for the same
     */
    public Builder add(Set<String> hosts, String pathPrefix, SiteContext site) {
      for (String host : hosts.isEmpty() ? Set.of(ANY) : hosts) {
        List<Place> places = placesByHost.computeIfAbsent(host, h -> new ArrayList<>());
        for (Place place : places) {
          if (place.pathPrefix().equals(pathPrefix)) {
            throw new IllegalArgumentException(
                "site %s: %s%s is that of site %s (expected: a host or path of its own)"
                    .formatted(site.name(), host, pathPrefix, place.site().name()));
          }
        }
        places.add(new Place(pathPrefix, site));
        places.sort(Comparator.comparingInt(place -> -place.pathPrefix().length()));
      }
      return this;
    }

    /** Returns the map; the builder is not to be used again. */
    public SiteMap build() {
      return new SiteMap(placesByHost);
    }
  }

  /** Returns the site that a request is for, or null if there is none. */
  public @Nullable SiteContext find(RequestHead request) {
    if (only != null) {
      return only;
    }
    String host = hostOf(request.authority());
    SiteContext site = at(host, request.target());
    for (int dot = host.indexOf('.'); site == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      site = at(ANY + host.substring(dot), request.target());
    }
    return site != null ? site : at(ANY, request.target());
  }

  private @Nullable SiteContext at(String host, String target) {
    for (Place place : placesByHost.getOrDefault(host, List.of())) {
      if (place.isFor(target)) {
        return place.site();
      }
    }
    return null;
  }

  /** An IPv6 literal keeps its brackets. */
  private static String hostOf(String authority) {
    int port = authority.lastIndexOf(':');
    return port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
  }
}
