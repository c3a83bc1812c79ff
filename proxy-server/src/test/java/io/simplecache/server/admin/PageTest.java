package io.simplecache.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The page in a real Chromium without a window. Skipped where there is none, unless {@code
 * REQUIRE_BROWSER=1} says that there must be. Pictures of it are in {@code target/page}.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
  private static final String TOKEN = "a-token-of-some-length";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private ChromeDriver browser;
  private Servers servers;

  @BeforeAll
  void startBrowser() {
    boolean there = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    if (!"1".equals(System.getenv("REQUIRE_BROWSER"))) {
      assumeTrue(there, "no " + CHROMIUM + " and " + DRIVER + ": the page is not tested");
    }
    assertTrue(there, "REQUIRE_BROWSER=1, but there is no " + CHROMIUM + " or no " + DRIVER);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.setCapability("goog:loggingPrefs", logs);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
  }

  @AfterAll
  void quitBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @BeforeEach
  void start() throws IOException {
    // What is read is gone: a call that was refused on purpose shows in the console.
    browser.manage().logs().get(LogType.BROWSER);
    servers = new Servers(/* token= */ null);
  }

  @AfterEach
  void close() {
    browser.get("about:blank");
    servers.close();
  }

  private void open() {
    browser.get("http://localhost:" + servers.admin.port() + "/");
  }

  private void ask(String path) throws IOException {
    Wire.get(servers.port(), path, "Host: 127.0.0.1:" + servers.port());
  }

  private WebElement element(String id) {
    return browser.findElement(By.id(id));
  }

  private void awaitText(String id, String part) {
    new WebDriverWait(browser, PATIENCE)
        .withMessage(() -> id + ": " + element(id).getText() + " (expected: " + part + ")")
        .until(b -> element(id).getText().contains(part));
  }

  /** Sets the value as fast as a paste does. */
  private void type(String id, String text) {
    WebElement field = element(id);
    field.clear();
    field.sendKeys(text);
  }

  private void assertConsoleIsClean() {
    List<LogEntry> entries = browser.manage().logs().get(LogType.BROWSER).getAll();
    assertEquals(
        List.of(), entries.stream().filter(entry -> entry.getLevel().intValue() >= 900).toList());
  }

  @Test
  void numbers_areThoseOfTheClient() throws Exception {
    open();
    awaitText("connection", "live");
    for (int i = 0; i < 10; i++) {
      ask("/demo/max-age/60");
    }

    awaitText("request-total", "10");

    assertEquals("1", element("origin-total").getText());
    awaitText("hit-ratio", "90.0 %");
    assertTrue(element("top").getText().contains("/demo/max-age/60"));
    assertTrue(element("reasons").getText().contains("miss · uri-miss"));
    assertTrue(element("traffic").findElements(By.cssSelector("path.line")).size() > 1);
    assertConsoleIsClean();
  }

  @Test
  void explain_saysWhatWouldBe() throws Exception {
    ask("/demo/max-age/60");
    open();

    type("explain-url", servers.url("/demo/max-age/60"));
    element("explain-url").sendKeys(Keys.ENTER);

    awaitText("explanation", "As JSON");
    assertTrue(element("explanation").getText().contains(servers.url("/demo/max-age/60")));
    assertConsoleIsClean();
  }

  @Test
  void purge_happensAfterConfirmationOnly() throws Exception {
    ask("/demo/max-age/60");
    open();
    type("purge-value", servers.url("/demo/max-age/60"));

    element("purge-value").sendKeys(Keys.ENTER);
    assertTrue(element("confirm-text").getText().contains("/demo/max-age/60"));
    browser.findElement(By.cssSelector("#confirm button[value=cancel]")).click();
    assertEquals(1, servers.proxy.statistics().storedResources());

    element("purge-value").sendKeys(Keys.ENTER);
    element("confirm-purge").click();

    awaitText("purge-status", "1 stored response purged");
    assertEquals(0, servers.proxy.statistics().storedResources());
    assertConsoleIsClean();
  }

  @Test
  void purge_thatIsRefused_saysWhy() {
    open();
    type("purge-value", "nonsense");

    element("purge-value").sendKeys(Keys.ENTER);
    element("confirm-purge").click();

    awaitText("purge-status", "Bad Request: parameter 'url'");
  }

  @Test
  void token_isAskedFor_once() throws Exception {
    servers.close();
    servers = new Servers(TOKEN);
    open();
    awaitText("connection", "a token is needed");

    type("token", TOKEN);
    element("token").sendKeys(Keys.ENTER);
    awaitText("connection", "live");

    browser.navigate().refresh();
    awaitText("connection", "live");
    assertFalse(element("token-dialog").isDisplayed());
  }

  @Test
  void everythingInteractive_hasAName_andCanBeReached() throws Exception {
    ask("/demo/max-age/60");
    open();
    awaitText("top", "/demo");

    Object nameless =
        browser.executeScript(
            """
            return [...document.querySelectorAll('a, button, input, select, textarea, svg[tabindex]')]
                .filter(e => !e.closest('dialog'))
                .filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.alt))
                .map(e => e.outerHTML);
            """);
    assertEquals(List.of(), nameless);
    WebElement theme = element("theme");
    theme.sendKeys(Keys.ENTER);
    assertEquals("light", browser.executeScript("return document.documentElement.dataset.theme"));
    theme.sendKeys(Keys.ENTER);
    assertEquals("dark", browser.executeScript("return document.documentElement.dataset.theme"));
    theme.sendKeys(Keys.ENTER);
    assertConsoleIsClean();
  }

  @Test
  void page_fitsAPhoneAndADesk_lightAndDark() throws Exception {
    open();
    awaitText("connection", "live");
    for (String path :
        List.of("/", "/style.css", "/app.js", "/demo/private", "/demo/no-store", "/nothing")) {
      for (int i = 0; i < 5; i++) {
        ask(path);
      }
    }
    awaitText("request-total", "30");
    type("explain-url", servers.url("/style.css"));
    element("explain-url").sendKeys(Keys.ENTER);
    awaitText("explanation", "As JSON");
    for (int width : List.of(360, 1280)) {
      for (String scheme : List.of("light", "dark")) {
        show(width, scheme);
        Object overflow =
            browser.executeScript(
                "return document.documentElement.scrollWidth >"
                    + " document.documentElement.clientWidth");
        assertEquals(false, overflow, width + " " + scheme + " scrolls sideways");
        picture(Path.of("target", "page", "%d-%s.png".formatted(width, scheme)));
      }
    }
    assertConsoleIsClean();
  }

  private void show(int width, String scheme) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    // Two frames later everything has been laid out and drawn anew.
    browser.executeAsyncScript(
        "requestAnimationFrame(() => requestAnimationFrame(arguments[arguments.length - 1]))");
  }

  private void picture(Path file) throws IOException {
    browser.executeScript("scrollTo(0, 0)");
    Map<String, Object> shot =
        browser.executeCdpCommand(
            "Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format", "png"));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
  }
}
