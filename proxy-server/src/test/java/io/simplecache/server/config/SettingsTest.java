package io.simplecache.server.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final String BEGIN = "<!-- settings: made of the table in Settings.java -->\n";
  private static final String END = "<!-- end of settings -->";

  @Test
  void table_holdsEverySetting_inTheOrderOfTheSource() throws IllegalAccessException {
    List<Object> constants = new ArrayList<>();
    for (Field field : Settings.class.getFields()) {
      if (field.getType() == Setting.class) {
        constants.add(field.get(null));
      }
    }
    assertEquals(constants, Settings.ALL);
  }

  @Test
  void names_areDistinctAndLikeFlags() {
    Set<String> names = new HashSet<>();
    for (Setting<?> setting : Settings.ALL) {
      assertTrue(setting.name().matches("[a-z]+(-[a-z]+)*"), setting.name());
      assertTrue(names.add(setting.name()), setting.name());
      assertTrue(setting.sentence().endsWith("."), setting.sentence());
    }
  }

  @Test
  void defaults_areValues() {
    Values none = Values.builder().build();
    for (Setting<?> setting : Settings.ALL) {
      if (!setting.defaults().isEmpty()) {
        assertDoesNotThrow(() -> none.get(setting), setting.name());
      }
    }
  }

  @Test
  void readme_hasTheTable() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    String there = readme.substring(begin, readme.indexOf(END)).strip();
    Files.writeString(Path.of("target", "settings.md"), Manual.markdown());

    assertEquals(
        Manual.markdown().strip(), there, "README.md is to hold what is in target/settings.md");
  }
}
