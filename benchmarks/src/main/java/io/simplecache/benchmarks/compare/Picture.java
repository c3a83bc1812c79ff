package io.simplecache.benchmarks.compare;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The results as one picture: what a CPU second buys, nginx being one. */
final class Picture {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 560;

  private Picture() {}

  /** Draws the scenarios that all are measured by what a request costs; none, no picture. */
  static void draw(
      Results results, List<Scenario> scenarios, List<Contestant> contestants, Path file)
      throws IOException {
    List<Scenario> drawn = scenarios.stream().filter(each -> each instanceof LoadScenario).toList();
    Contestant baseline = contestants.stream().filter(Contestant::isNginx).findFirst().orElse(null);
    if (drawn.isEmpty() || baseline == null) {
      return;
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Requests per CPU second, " + baseline.name() + " = 1 (more is better)")
            .build();
    // by powers of two, so that twice as good goes as far up as half as good goes down
    chart
        .getStyler()
        .setYAxisTickLabelsFormattingFunction(
            power -> String.format(Locale.ROOT, "%.2f", Math.pow(2, power)));
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setXAxisLabelRotation(30);
    List<String> names = drawn.stream().map(Scenario::name).toList();
    for (Contestant contestant : contestants) {
      List<@Nullable Double> values = new ArrayList<>();
      for (Scenario scenario : drawn) {
        Spread ratio = results.ratio(scenario, contestant, baseline, Measure.CPU_MICROS);
        values.add(ratio == null ? null : Double.valueOf(-Math.log(ratio.median()) / Math.log(2)));
      }
      chart.addSeries(contestant.name(), names, values);
    }
    ChartEncoder.saveChart(chart, file.toString(), "svg");
  }
}
