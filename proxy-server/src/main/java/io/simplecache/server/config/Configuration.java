package io.simplecache.server.config;

import io.simplecache.server.admin.AdminConfig;
import io.simplecache.server.admin.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All settings as they hold together: flags before the environment before the file before the
 * defaults.
 *
 * @param values of the whole program, and of every site that does not say otherwise
 * @param sites in the order of the file; none: the values are those of the one site
 */
public record Configuration(Values values, List<SiteValues> sites) {
  /**
   * The settings of one site.
   *
   * @param where it begins, for messages
   */
  record SiteValues(String where, String name, Values values) {}

  /** Copies the list. */
  public Configuration {
    sites = List.copyOf(sites);
  }

  /**
   * Reads the environment, and the file if one is named; checks it all.
   *
   * @throws BadSetting if something cannot be followed
   */
  public static Configuration read(Values flags, Map<String, String> environment) {
    Values outside = flags.over(Environment.read(environment));
    Optional<Path> file = outside.find(Settings.CONFIG);
    Configuration read =
        file.isPresent()
            ? of(outside, ConfigFile.read(file.get(), outside.where(Settings.CONFIG)))
            : new Configuration(outside, List.of());
    read.check();
    return read;
  }

  private static Configuration of(Values outside, ConfigFile.Content file) {
    Values program = outside.over(file.program());
    List<SiteValues> sites = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Map<String, String> nameByPlace = new HashMap<>();
    for (ConfigFile.Site site : file.sites()) {
      String name = site.values().find(Settings.NAME).orElse("site" + (sites.size() + 1));
      if (!names.add(name)) {
        throw site.bad("two are named " + name + " (expected: names of their own)");
      }
      for (String place : places(site.values())) {
        String other = nameByPlace.putIfAbsent(place, name);
        if (other != null) {
          throw site.bad(
              place + " is for " + other + " already (expected: a host or path of its own)");
        }
      }
      sites.add(new SiteValues(site.where(), name, site.values().over(program)));
    }
    return new Configuration(program, sites);
  }

  /** Returns each host with the prefix, which together are for one site. */
  private static List<String> places(Values site) {
    List<String> hosts = site.get(Settings.HOSTS);
    return (hosts.isEmpty() ? List.of("any host") : hosts)
        .stream()
            .map(host -> host.toLowerCase(Locale.ROOT) + site.get(Settings.PATH_PREFIX))
            .toList();
  }

  private void check() {
    if (values.get(Settings.DEMO)) {
      if (values.find(Settings.ORIGIN).isPresent()) {
        throw values.bad(Settings.ORIGIN, "not together with --demo, which brings its own");
      }
      if (!sites.isEmpty()) {
        throw new BadSetting(
            sites.get(0).where() + ": not together with --demo, which brings its own");
      }
    }
    checkAdmin();
    ProxySettings.check(this);
  }

  private void checkAdmin() {
    Optional<String> token = adminToken();
    String defect = token.map(TokenFile::defectOf).orElse(null);
    if (defect != null) {
      throw values.bad(
          values.find(Settings.ADMIN_TOKEN).isPresent()
              ? Settings.ADMIN_TOKEN
              : Settings.ADMIN_TOKEN_FILE,
          values.find(Settings.ADMIN_TOKEN_FILE).map(file -> file + ": " + defect).orElse(defect));
    }
    if (values.find(Settings.ADMIN_PORT).isPresent()
        && token.isEmpty()
        && !AdminConfig.isLoopback(values.get(Settings.ADMIN_HOST))) {
      throw values.bad(
          Settings.ADMIN_HOST,
          values.get(Settings.ADMIN_HOST)
              + " (expected: a loopback address, or --admin-token-file with it)");
    }
  }

  /**
   * Returns what admin calls must bring, if anything.
   *
   * @throws BadSetting if its file cannot be read
   */
  public Optional<String> adminToken() {
    Optional<Path> file = values.find(Settings.ADMIN_TOKEN_FILE);
    if (file.isEmpty()) {
      return values.find(Settings.ADMIN_TOKEN);
    }
    if (values.find(Settings.ADMIN_TOKEN).isPresent()) {
      throw values.bad(Settings.ADMIN_TOKEN_FILE, "not together with --admin-token");
    }
    try {
      return Optional.of(TokenFile.firstLine(file.get()));
    } catch (IOException e) {
      throw values.bad(Settings.ADMIN_TOKEN_FILE, file.get() + " (expected: a readable file)", e);
    }
  }

  /** Returns these settings with one origin for everything. */
  public Configuration withOrigin(URI origin) {
    Values.Builder one = Values.builder();
    one.put(Settings.ORIGIN, Settings.DEMO.flag(), List.of(origin.toString()));
    return new Configuration(one.build().over(values), sites);
  }

  /** Returns the names of settings that differ and need a restart. */
  public List<String> needingRestart(Configuration running) {
    return Settings.ALL.stream()
        .filter(setting -> !setting.reloadable() && !values.agree(setting, running.values))
        .map(Setting::name)
        .toList();
  }

  /**
   * Returns these settings, but those that need a restart as they are in {@code running}.
   *
   * @throws BadSetting if the admin listener, which stays where it is, would need a token there
   */
  public Configuration keepingFixedOf(Configuration running) {
    Configuration kept = new Configuration(values.keeping(running.values), sites);
    kept.checkAdmin();
    return kept;
  }
}
