package dev.baton.bench.measure;

import dev.baton.bench.ceiling.Ceilings;
import java.util.ArrayList;
import java.util.List;

/** The machine itself: the ceilings as rows of their own. */
final class Machine {

  private Machine() {}

  static void ceilings(Setting setting) {
    double seconds = setting.options().roundSeconds() / 2;
    for (int connections : new int[] {1, 64}) {
      List<Double> rate = new ArrayList<>();
      List<Double> p50 = new ArrayList<>();
      List<Double> cpu = new ArrayList<>();
      for (int round = 0; round < setting.options().rounds(); round++) {
        Ceilings.Http echo = setting.ceilings().echo(connections, seconds);
        rate.add(echo.requestsPerSecond());
        p50.add(echo.p50Ms());
        cpu.add(echo.cpuMs());
      }
      setting.add(setting.row("echo requests/s at " + connections, "", rate));
      setting.add(setting.row("echo p50 at " + connections, "ms", p50));
      setting.add(setting.row("echo CPU per request at " + connections, "ms", cpu));
    }
    List<Double> syncs = new ArrayList<>();
    List<Double> sync50 = new ArrayList<>();
    List<Double> sync99 = new ArrayList<>();
    List<Double> rows = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      Ceilings.Sync sync = setting.ceilings().sync(seconds);
      syncs.add(sync.perSecond());
      sync50.add(sync.p50Ms());
      sync99.add(sync.p99Ms());
      Ceilings.Upserts upserts = setting.ceilings().upserts(64, seconds);
      rows.add(upserts.rowsPerSecond());
      cpu.add(upserts.cpuMsPerRow());
    }
    setting.add(setting.row("syncs/s", "", syncs));
    setting.add(setting.row("sync p50", "ms", sync50));
    setting.add(setting.row("sync p99", "ms", sync99));
    setting.add(setting.row("upserts/s, 64 a sync", "", rows));
    setting.add(setting.row("CPU per upsert", "ms", cpu));
  }
}
