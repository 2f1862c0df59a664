package dev.baton.bench.sdk;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The figures of a round.
 *
 * @param cpuMs of the process with client and worker, for each task
 * @param allocatedKb by that process, for each task
 */
public record SdkRound(
    double perSecond, double p50Ms, double p99Ms, double cpuMs, double allocatedKb) {

  String line() {
    return Stream.of(perSecond, p50Ms, p99Ms, cpuMs, allocatedKb)
        .map(figure -> Double.toString(figure))
        .collect(Collectors.joining(" "));
  }

  static SdkRound of(String line) {
    List<Double> figures = Arrays.stream(line.split(" ")).map(Double::valueOf).toList();
    return new SdkRound(
        figures.get(0), figures.get(1), figures.get(2), figures.get(3), figures.get(4));
  }
}
