package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.Client;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server's metrics tell of a part of its memory. */
public final class MemoryMetrics {

  private final Client metrics;
  private final String part;

  /** Of that part, asked for at the port of the metrics. */
  public MemoryMetrics(Client metrics, String part) {
    this.metrics = metrics;
    this.part = part;
  }

  /** How many bytes are held. */
  public double held() {
    return value("baton_memory_used_bytes");
  }

  /** How often there was no room. */
  public double refusals() {
    return value("baton_memory_refusals_total");
  }

  private double value(String name) {
    Matcher value =
        Pattern.compile(name + "\\{part=\"" + part + "\"\\} (\\S+)")
            .matcher(metrics.send("GET", "/metrics", null).raw().body());
    assertThat(value.find()).isTrue();
    return Double.parseDouble(value.group(1));
  }
}
