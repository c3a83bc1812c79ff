package io.simplecache.server.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.simplecache.server.config.Values.Text;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The file: a YAML mapping of settings by name, and {@code sites}, a list of such mappings. Read as
 * a stream of tokens, so that whatever is wrong is named with its line and column.
 */
final class ConfigFile {
  private static final String SITES = "sites";

  private final String name;
  private final YAMLParser yaml;

  /**
   * What a file sets.
   *
   * @param program for the whole program
   * @param sites for each site, in order
   */
  record Content(Values program, List<Site> sites) {}

  /**
   * What a file sets for one site.
   *
   * @param where it begins, for messages
   */
  record Site(String where, Values values) {
    BadSetting bad(String what) {
      return new BadSetting(where + ": " + what);
    }
  }

  private ConfigFile(String name, YAMLParser yaml) {
    this.name = name;
    this.yaml = yaml;
  }

  /**
   * Reads a file.
   *
   * @param where it was named, for messages
   * @throws BadSetting if it cannot be read, or something in it cannot be followed
   */
  static Content read(Path file, String where) {
    String name = String.valueOf(file.getFileName());
    try (YAMLParser yaml = new YAMLFactory().createParser(Files.readString(file))) {
      Content content = new ConfigFile(name, yaml).read();
      if (content.program().isEmpty() && content.sites().isEmpty()) {
        // More likely half written than meant: its defaults would drop every site.
        throw new BadSetting(
            where + ": " + file + ": sets nothing (expected: settings, each as name: value)");
      }
      return content;
    } catch (JacksonException e) {
      throw new BadSetting(notYaml(name, e), e);
    } catch (NoSuchFileException e) {
      throw new BadSetting(where + ": " + file + " (expected: a file that is there)", e);
    } catch (CharacterCodingException e) {
      throw new BadSetting(where + ": " + file + ": not UTF-8 (expected: a file of UTF-8 text)", e);
    } catch (IOException e) {
      throw new BadSetting(
          where + ": " + file + " (expected: a readable file of UTF-8 text; " + e + ")", e);
    }
  }

  /** The parser's message: what it was about and what was wrong; indented, where that is. */
  private static String notYaml(String name, JacksonException e) {
    JsonLocation at = e.getLocation();
    String place = at == null ? name : place(name, at);
    String what =
        e.getOriginalMessage()
            .lines()
            .filter(line -> !line.startsWith(" "))
            .collect(Collectors.joining(": "));
    return place + ": " + what + " (expected: YAML)";
  }

  private static String place(String name, JsonLocation at) {
    return name + ":" + at.getLineNr() + ":" + at.getColumnNr();
  }

  private String here() {
    return place(name, yaml.currentTokenLocation());
  }

  private Content read() throws IOException {
    Values.Builder program = Values.builder();
    List<Site> sites = new ArrayList<>();
    JsonToken first = yaml.nextToken();
    if (first == null) {
      return new Content(program.build(), sites);
    }
    expect(JsonToken.START_OBJECT, "settings, each as name: value");
    while (yaml.nextToken() != JsonToken.END_OBJECT) {
      if (yaml.currentName().equals(SITES)) {
        readSites(sites);
      } else {
        readSetting(program, /* isSite= */ false);
      }
    }
    if (yaml.nextToken() != null) {
      throw new BadSetting(here() + ": one more document (expected: one)");
    }
    return new Content(program.build(), sites);
  }

  private void readSites(List<Site> sites) throws IOException {
    String where = here() + ": " + SITES;
    if (!sites.isEmpty()) {
      throw new BadSetting(where + ": is there twice");
    }
    yaml.nextToken();
    expect(JsonToken.START_ARRAY, "a list of sites");
    while (yaml.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.START_OBJECT, "settings of a site, each as name: value");
      String begin = here() + ": " + SITES;
      Values.Builder values = Values.builder();
      while (yaml.nextToken() != JsonToken.END_OBJECT) {
        readSetting(values, /* isSite= */ true);
      }
      sites.add(new Site(begin, values.build()));
    }
    if (sites.isEmpty()) {
      throw new BadSetting(where + ": none (expected: at least one site)");
    }
  }

  private void expect(JsonToken token, String what) throws IOException {
    if (yaml.currentToken() != token) {
      throw new BadSetting(here() + ": " + shown() + " (expected: " + what + ")");
    }
  }

  private String shown() throws IOException {
    return switch (yaml.currentToken()) {
      case START_OBJECT -> "a mapping";
      case START_ARRAY -> "a list";
      case VALUE_NULL -> "nothing";
      default -> yaml.getText();
    };
  }

  private void readSetting(Values.Builder values, boolean isSite) throws IOException {
    String key = yaml.currentName();
    String where = here() + ": " + key;
    Setting<?> setting = settingNamed(key, where, isSite);
    List<Text> texts = new ArrayList<>();
    JsonToken token = yaml.nextToken();
    if (setting.repeatable() && token == JsonToken.START_ARRAY) {
      while (yaml.nextToken() != JsonToken.END_ARRAY) {
        texts.add(scalar(key, setting));
      }
    } else if (setting.hasPairs() && token == JsonToken.START_OBJECT) {
      while (yaml.nextToken() != JsonToken.END_OBJECT) {
        String left = yaml.currentName();
        yaml.nextToken();
        Text right = scalar(key, setting);
        texts.add(new Text(right.where(), left + "=" + right.text()));
      }
    } else {
      texts.add(scalar(key, setting));
    }
    values.putAll(setting, where, texts);
  }

  private Setting<?> settingNamed(String key, String where, boolean isSite) {
    Optional<Setting<?>> known = Settings.named(key);
    if (known.isPresent()
        && (isSite ? known.get().isForSite() : known.get().isForProgramInFile())) {
      return known.get();
    }
    List<String> here =
        new ArrayList<>(
            Settings.ALL.stream()
                .filter(isSite ? Setting::isForSite : Setting::isForProgramInFile)
                .map(Setting::name)
                .toList());
    if (!isSite) {
      here.add(SITES);
    }
    if (known.isPresent()) {
      String place =
          switch (known.get().scope()) {
            case COMMAND -> "as a flag or in the environment";
            case ONLY_SITE -> "in a site";
            case PROGRAM, SITE -> "outside of sites";
          };
      throw new BadSetting(where + ": not here (expected: " + place + ")");
    }
    throw new BadSetting(where + ": no such setting" + NearestName.hint(key, here));
  }

  private Text scalar(String key, Setting<?> setting) throws IOException {
    String where = here() + ": " + key;
    if (!yaml.currentToken().isScalarValue()
        || yaml.currentToken() == JsonToken.VALUE_NULL
        || yaml.isCurrentAlias()) {
      throw new BadSetting(
          where
              + ": "
              + (yaml.isCurrentAlias() ? "an alias" : shown())
              + " (expected: "
              + setting.kind().expected()
              + ")");
    }
    return new Text(where, yaml.getText());
  }
}
