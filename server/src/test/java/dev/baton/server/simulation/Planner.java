package dev.baton.server.simulation;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.simulation.Plan.Member;
import dev.baton.server.simulation.Plan.Setting;
import dev.baton.server.simulation.Plan.Stimulus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a plan from a seed. */
final class Planner {

  private static final List<String> FUNCTIONS =
      List.of("leaf", "flow", "fail", "poison", "unknown");

  private static final long LONG_MS = 86_400_000;

  private final long seed;
  private final Dice dice;
  private final Dice policies;
  private final List<Stimulus> stimuli = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final int groups;
  private final int lengthMs;

  private Planner(long seed) {
    this.seed = seed;
    this.dice = new Dice(seed, "plan");
    this.policies = new Dice(seed, "policies");
    this.groups = dice.chance(700) ? 1 : 2;
    this.lengthMs = dice.pick(List.of(1_000, 4_000, 15_000, 40_000));
  }

  static Plan plan(long seed) {
    return new Planner(seed).plan();
  }

  private Plan plan() {
    gather();
    int roots = dice.between(1, 6);
    for (int i = 0; i < roots; i++) {
      invoke("r" + i);
    }
    int words = dice.between(0, 8);
    for (int i = 0; i < words; i++) {
      at(word());
    }
    int misfortunes = dice.chance(150) ? 0 : dice.between(1, 10);
    for (int i = 0; i < misfortunes; i++) {
      at(misfortune());
    }
    stimuli.sort(Comparator.comparingLong(Stimulus::at));
    return new Plan(seed, setting(), List.copyOf(members), List.copyOf(stimuli), lengthMs);
  }

  private Setting setting() {
    Setting roomy = roomySetting();
    Dice room = new Dice(seed, "room");
    if (!roomy.evicts()) {
      return roomy; // Where settled promises stay in memory it would soon be full of them.
    }
    if (room.chance(500)) {
      return roomy.with(room.pick(List.of(8_000L, 12_000L, 20_000L)));
    }
    return room.chance(400) ? roomy.with(room.pick(List.of(4_000L, 5_000L, 6_000L))) : roomy;
  }

  private Setting roomySetting() {
    return new Setting(
        dice.pick(List.of(1, 5, 40)),
        dice.pick(List.of(0, 2, 20)),
        dice.pick(List.of(1, 3, 100)),
        dice.pick(List.of(0, 0, 10, 50)),
        dice.pick(List.of(0, 0, 30, 200)),
        dice.pick(List.of(100L, 1_000L, 5_000L)),
        dice.pick(List.of(2_000L, 30_000L)),
        dice.pick(List.of(0L, 200L, 1_000L)),
        dice.chance(500),
        LiveBooks.UNBOUNDED);
  }

  private void at(Act act) {
    stimuli.add(new Stimulus(dice.below(lengthMs), act));
  }

  private String group() {
    return dice.below(groups) == 0 ? "a" : "b";
  }

  private void gather() {
    member("clients", "c0", false);
    if (dice.chance(500)) {
      member("clients", "c1", false);
    }
    int workers = dice.between(1, 5);
    for (int i = 0; i < workers; i++) {
      member(i == 1 && groups == 2 ? "b" : group(), "w" + i, false);
    }
    if (dice.chance(150)) {
      member("pushed", "p0", true);
    }
    for (Member member : members) {
      stimuli.add(new Stimulus(dice.chance(700) ? 0 : dice.below(lengthMs), start(member)));
    }
  }

  private static Act start(Member member) {
    return new Act.Start(member.pid());
  }

  private void member(String group, String pid, boolean isPushed) {
    members.add(
        new Member(
            group,
            pid,
            dice.chance(800) ? "10.0.0." + members.size() : "10.0.0.99",
            dice.chance(300) ? null : dice.pick(List.of(1, 1, 2)),
            dice.chance(600),
            dice.chance(120),
            isPushed,
            dice.chance(800),
            dice.chance(200),
            dice.chance(600),
            dice.pick(List.of(500L, 5_000L, 60_000L, Long.MAX_VALUE)),
            dice.chance(200) ? 20 : 1,
            dice.chance(200) ? 500 : 0,
            isPushed || dice.chance(600) ? null : functions()));
  }

  private Set<FunctionRef> functions() {
    return FUNCTIONS.stream()
        .filter(_ -> dice.chance(600))
        .map(name -> new FunctionRef(name, 1))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private String client() {
    return members.get(dice.below(members.get(1).isClient() ? 2 : 1)).pid();
  }

  private Member worker() {
    List<Member> workers = members.stream().filter(member -> !member.isClient()).toList();
    return dice.pick(workers);
  }

  private String target() {
    Member worker = worker();
    if (worker.isPushed()) {
      return "http://" + worker.pid() + "/tasks";
    }
    return switch (dice.below(10)) {
      case 0 -> "poll://uni@" + worker.group() + "/" + worker.pid();
      case 1 -> "poll://any@" + worker.group() + "/" + worker.pid();
      default -> "poll://any@" + worker.group();
    };
  }

  private String program() {
    if (dice.chance(60)) {
      return dice.chance(700) ? "poison " + dice.pick(List.of(1, 300, 1_200)) : "unknown";
    }
    return switch (dice.below(6)) {
      case 0 -> "fail " + dice.pick(List.of(1, 100));
      case 1, 2 -> "flow " + dice.between(1, 3);
      default -> "leaf " + dice.pick(List.of(1, 1, 100, 2_000, 30_000));
    };
  }

  private long timeoutMs() {
    return dice.chance(750) ? LONG_MS : dice.pick(List.of(0L, 50L, 1_000L, 10_000L));
  }

  private void invoke(String id) {
    ids.add(id);
    ids.add(id + ".0");
    Member worker = worker();
    if (dice.chance(150) && !worker.isPushed()) {
      at(new Act.Run(worker.pid(), id, program(), "poll://any@" + worker.group(), timeoutMs()));
    } else {
      at(new Act.Invoke(client(), id, program(), target(), timeoutMs()));
    }
  }

  private Act word() {
    String client = client();
    String id = dice.pick(ids);
    return switch (dice.below(10)) {
      case 0 -> new Act.Settle(client, id, PromiseRecord.State.RESOLVED);
      case 1 -> new Act.Settle(client, id, PromiseRecord.State.REJECTED_CANCELED);
      case 2 -> new Act.Listen(client, id, "poll://uni@clients/" + client);
      case 3 ->
          new Act.Listen(
              client, id, dice.chance(400) ? "http://" + client + "/told" : "poll://any@clients");
      case 4 -> new Act.Await(client, dice.pick(ids), id);
      case 5 -> new Act.Halt(client, id);
      case 6 -> new Act.Continue(client, id);
      case 7 ->
          dice.chance(300)
              ? schedule(client, "s" + dice.below(2), cron(), target())
              : new Act.Unplan(client, "s" + dice.below(2));
      default -> new Act.Look(client, id);
    };
  }

  private Act schedule(String client, String id, String cron, String target) {
    Map<String, String> policy = new LinkedHashMap<>();
    if (policies.chance(600)) {
      policy.put(Tags.OVERLAP, policies.pick(List.of("allow", "skip", "buffer_one")));
    }
    if (policies.chance(600)) {
      policy.put(Tags.CATCHUP_WINDOW, policies.pick(List.of("1000", "3000", "10000")));
    }
    String program = "leaf " + policies.pick(List.of(1, 1, 3_000, 30_000));
    return new Act.Plan(client, id, cron, program, target, policy);
  }

  private String cron() {
    return dice.pick(List.of("*/2 * * * * *", "*/7 * * * * *", "* * * * *"));
  }

  private Act misfortune() {
    String pid = dice.chance(850) ? worker().pid() : client();
    long ms = dice.pick(List.of(10, 300, 1_500, 8_000, 70_000));
    return switch (dice.below(20)) {
      case 0, 1 -> new Act.Kill(pid);
      case 2 -> new Act.Vanish(pid);
      case 3 -> new Act.Stop(pid);
      case 4 -> new Act.Drop(pid);
      case 5, 6 -> new Act.Cut(pid, ms);
      case 7 -> new Act.Freeze(pid, ms);
      case 8 -> new Act.Choke(pid, ms);
      case 9, 10, 11 -> new Act.Start(pid);
      case 12 -> new Act.Operate("drain", pid, dice.chance(500));
      case 13 -> new Act.Operate(dice.pick(List.of("resume", "gone")), pid, dice.chance(500));
      case 14 -> new Act.Slots(group(), slots());
      case 15 -> dice.chance(400) ? new Act.FillDisk(ms) : new Act.FailDisk(dice.between(1, 4));
      case 16 -> new Act.PauseServer(dice.pick(List.of(300, 1_500, 11_000, 30_000)));
      case 17 -> new Act.SetClock(dice.pick(List.of(-60_000, -7_000, 7_000, 60_000)));
      default ->
          new Act.CrashServer(
              dice.chance(500)
                  ? FaultyStorage.CrashPoint.BEFORE_COMMIT
                  : FaultyStorage.CrashPoint.AFTER_COMMIT,
              dice.pick(List.of(5, 500, 20_000)),
              dice.pick(List.of(0, 0, -1_500, 3_000)));
    };
  }

  private @Nullable Integer slots() {
    return dice.chance(300) ? null : dice.between(1, 3);
  }
}
