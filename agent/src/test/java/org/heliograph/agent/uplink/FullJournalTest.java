package org.heliograph.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.heliograph.agent.intake.GivingWay;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Backlog;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.ModelDisk;
import org.heliograph.agent.journal.Shedding;
import org.heliograph.agent.journal.Stored;
import org.heliograph.agent.journal.Survey;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.junit.jupiter.api.Test;

/**
 * A journal that is full most of the time, with a device for each policy, over a model of a disk, on thousands of schedules,
 * each given by its seed. What was acknowledged arrives, or arrives to be lost: one of both.
 */
class FullJournalTest {
    private static final int SCHEDULES = 600;
    private static final int STEPS = 150;
    private static final long MAX_BYTES = 3_000;
    private static final int BATCH = 4;
    private static final long START = Instant.parse("2026-07-01T10:00:00Z").toEpochMilli();

    private static final List<DeviceId> DEVICES =
            List.of(new DeviceId("casa1", "keep"), new DeviceId("casa1", "drop"), new DeviceId("casa1", "thin"));
    private static final Shedding POLICIES = new GivingWay(
            new DeviceId("casa1", "edge-1"), device -> !device.equals("keep"), device -> device.equals("thin"), 0);

    private enum Mutation {
        NONE,
        NO_SYNC,
        NO_REPORT,
        TOLD_AND_KEPT,
        SKIPPED_ENTRY
    }

    @Test
    void what_was_acknowledged_is_delivered_or_reported_as_lost() {
        List<Schedule> schedules = run(Mutation.NONE, SCHEDULES);
        assertThat(schedules).extracting(schedule -> schedule.verdict).containsOnly("");
        // they must have been about it
        assertThat(schedules.stream().filter(schedule -> schedule.told.contains(Loss.DROPPED_OLDEST)))
                .hasSizeGreaterThan(SCHEDULES / 2);
        assertThat(schedules.stream().filter(schedule -> schedule.told.contains(Loss.THINNED)))
                .hasSizeGreaterThan(SCHEDULES / 2);
    }

    @Test
    void a_commit_that_is_not_synced_is_caught() {
        assertThat(run(Mutation.NO_SYNC, 100))
                .extracting(schedule -> schedule.verdict)
                .anyMatch(verdict -> verdict.contains("is lost"));
    }

    @Test
    void a_drop_without_its_record_is_caught() {
        assertThat(run(Mutation.NO_REPORT, 100))
                .extracting(schedule -> schedule.verdict)
                .anyMatch(verdict -> verdict.contains("is lost"));
    }

    @Test
    void a_record_without_its_drop_is_caught() {
        assertThat(run(Mutation.TOLD_AND_KEPT, 100))
                .extracting(schedule -> schedule.verdict)
                .anyMatch(verdict -> verdict.contains("both"));
    }

    @Test
    void an_entry_that_is_confirmed_but_was_not_sent_is_caught() {
        assertThat(run(Mutation.SKIPPED_ENTRY, 100))
                .extracting(schedule -> schedule.verdict)
                .anyMatch(verdict -> verdict.contains("is lost"));
    }

    private static List<Schedule> run(Mutation mutation, int count) {
        return IntStream.range(0, count)
                .mapToObj(seed -> new Schedule(seed, mutation).run())
                .toList();
    }

    /** Counts what would give way, and leaves it there. */
    private record ToldAndKept(Shedding shedding) implements Shedding {
        @Override
        public boolean yields(String key) {
            return shedding.yields(key);
        }

        @Override
        public boolean thins() {
            return shedding.thins();
        }

        @Override
        public long rules() {
            return shedding.rules();
        }

        @Override
        public Survey survey(long boot, long nowMillis) {
            return shedding.survey(boot, nowMillis);
        }

        @Override
        public Round round(long boot) {
            Round round = shedding.round(boot);
            return new Round() {
                @Override
                public List<Change> thin(List<Stored> page) {
                    return round.thin(page);
                }

                @Override
                public OptionalLong firstOpen() {
                    return round.firstOpen();
                }

                @Override
                public List<Change> drop(List<Stored> page, long bytes) {
                    return round.drop(page, bytes).stream()
                            .filter(Change.Replace.class::isInstance)
                            .toList();
                }

                @Override
                public Set<String> keys() {
                    return round.keys();
                }

                @Override
                public List<Entry> reports(String key, Optional<Entry> earlier, long offset) {
                    return round.reports(key, earlier, offset);
                }
            };
        }
    }

    private static final class Schedule implements Uplink {
        private record Sent(Dispatch dispatch, CompletableFuture<Long> onDisk) {}

        private final int seed;
        private final Mutation mutation;
        private final Random random;
        private final ModelDisk disk = new ModelDisk();
        private final Map<DeviceId, Long> next = new HashMap<>();
        private final List<Sent> sent = new ArrayList<>();
        private final Map<Origin, Map<DeviceId, Dispatch>> arrived = new LinkedHashMap<>();
        private final List<Dispatch> order = new ArrayList<>();
        /** Arrived before a power cut: the journal may have forgotten that, and told them as lost later. */
        private final Set<String> beforeCut = new HashSet<>();

        private final Set<String> told = new HashSet<>();
        private String verdict = "";
        private long clockMillis = START;
        private boolean away;
        private Journal journal;
        private Pump pump;

        @SuppressWarnings("this-escape") // the pump is not run yet
        Schedule(int seed, Mutation mutation) {
            this.seed = seed;
            this.mutation = mutation;
            this.random = new Random(seed);
            disk.setPageEntries(seed % 2 == 0 ? 1_000 : 3);
            if (mutation == Mutation.NO_SYNC) {
                disk.forgetToSync();
            }
            if (mutation == Mutation.NO_REPORT) {
                disk.forgetToReport();
            }
            journal = open();
            pump = new Pump(journal, this, UnaryOperator.identity(), Duration.ZERO, BATCH);
        }

        Schedule run() {
            for (int i = 0; i < STEPS; i++) {
                try {
                    step(random.nextInt(100));
                } catch (ModelDisk.PowerCut _) {
                    restart();
                }
            }
            disk.setFull(false);
            disk.fallAtNextCommit(ModelDisk.Fall.NONE);
            away = false;
            do {
                ModelDisk.write(journal);
            } while (pass());
            ModelDisk.write(journal);
            verdict = verdict();
            return this;
        }

        private void step(int draw) {
            if (draw < 60) {
                append();
            } else if (draw < 78) {
                ModelDisk.write(journal);
            } else if (draw < 86) {
                pass();
            } else if (draw < 90) {
                away = !away;
            } else if (draw < 93) {
                disk.setFull(random.nextInt(3) == 0);
            } else if (draw < 97) {
                disk.fallAtNextCommit(
                        random.nextBoolean() ? ModelDisk.Fall.BEFORE_COMMIT : ModelDisk.Fall.AFTER_COMMIT);
            } else {
                restart();
            }
        }

        private void append() {
            DeviceId device = DEVICES.get(random.nextInt(DEVICES.size()));
            clockMillis += 1 + random.nextInt(15_000);
            Sampling sampling = new Sampling();
            for (int i = random.nextInt(3); i >= 0; i--) {
                sampling.gauge(Point.POWER, clockMillis - 1_000L * i, i)
                        .register(Point.ENERGY, clockMillis - 1_000L * i, clockMillis);
            }
            Origin origin = new Origin("edge-1", journal.boot(), next.getOrDefault(device, 0L));
            List<Loss> losses = random.nextInt(3) == 0
                    ? List.of(new Loss(
                            Loss.OVER_LIMIT,
                            0,
                            List.of(),
                            1 + random.nextInt(50),
                            0,
                            Optional.empty(),
                            Optional.empty()))
                    : List.of();
            Dispatch dispatch = new Dispatch(
                    device,
                    origin,
                    Optional.of(new Readings(device, "", sampling.series())),
                    ClockQuality.DEVICE,
                    losses,
                    Optional.empty());
            Entry entry =
                    new Entry(Entry.Kind.READINGS, device.key(), clockMillis, Map.of(), PackCodec.encode(dispatch));
            if (journal.append(entry) instanceof Append.Taken took) {
                next.put(device, origin.sequence() + 1);
                sent.add(new Sent(dispatch, took.onDisk()));
            }
        }

        private boolean pass() {
            try {
                return pump.pass() == Pump.Pass.MOVED;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private void restart() {
            disk.cutPower();
            order.forEach(dispatch -> beforeCut.add(name(dispatch)));
            next.clear();
            journal = open();
            pump = new Pump(journal, this, UnaryOperator.identity(), Duration.ZERO, BATCH);
        }

        private Journal open() {
            try {
                return disk.open(MAX_BYTES, mutation == Mutation.TOLD_AND_KEPT ? new ToldAndKept(POLICIES) : POLICIES);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Delivery deliver(List<Stored> entries) {
            int reaches = away ? random.nextInt(entries.size() + 1) : entries.size();
            List<Stored> going = new ArrayList<>(entries.subList(0, reaches));
            if (mutation == Mutation.SKIPPED_ENTRY && going.size() > 3) {
                going.remove(1);
            }
            for (Stored stored : going) {
                try {
                    Dispatch dispatch = PackCodec.decode(stored.entry().value());
                    order.add(dispatch);
                    arrived.computeIfAbsent(dispatch.origin(), _ -> new HashMap<>())
                            .putIfAbsent(dispatch.device(), dispatch);
                } catch (MalformedPackException e) {
                    throw new AssertionError(e);
                }
            }
            return away ? new Delivery.Halted(random.nextInt(reaches + 1), "away") : new Delivery.Complete();
        }

        @Override
        public Delivery reach() {
            return new Delivery.Complete();
        }

        @Override
        public void close() {
            // nothing is held
        }

        private static String name(Dispatch dispatch) {
            return dispatch.device() + " " + dispatch.origin();
        }

        private String verdict() {
            Map<DeviceId, List<Loss>> losses = new HashMap<>();
            Map<DeviceId, Long> readings = new HashMap<>();
            arrived.values()
                    .forEach(byDevice -> byDevice.values().forEach(dispatch -> {
                        losses.computeIfAbsent(dispatch.device(), _ -> new ArrayList<>())
                                .addAll(dispatch.losses());
                        readings.merge(
                                dispatch.device(),
                                (long) dispatch.readings().map(Readings::size).orElse(0),
                                Long::sum);
                    }));
            losses.values().forEach(all -> all.forEach(loss -> told.add(loss.reason())));
            boolean excused = false;
            for (Sent one : sent) {
                Dispatch dispatch = one.dispatch();
                boolean acknowledged = one.onDisk().isDone() && !one.onDisk().isCompletedExceptionally();
                boolean there =
                        arrived.getOrDefault(dispatch.origin(), Map.of()).containsKey(dispatch.device());
                boolean lost = losses.getOrDefault(dispatch.device(), List.of()).stream()
                        .anyMatch(loss -> loss.boot() == dispatch.origin().boot()
                                && loss.ranges().stream()
                                        .anyMatch(range -> range.first()
                                                        <= dispatch.origin().sequence()
                                                && dispatch.origin().sequence() <= range.last()));
                if (acknowledged && !there && !lost) {
                    return "seed " + seed + ": " + name(dispatch) + " was acknowledged and is lost";
                }
                if (there && lost && !beforeCut.contains(name(dispatch))) {
                    return "seed " + seed + ": " + name(dispatch) + " is both";
                }
                if (lost && dispatch.device().device().equals("keep")) {
                    return "seed " + seed + ": " + name(dispatch) + " gave way";
                }
                excused |= !acknowledged || (there && lost) || beforeCut.contains(name(dispatch));
            }
            String miscounted = excused ? "" : miscounted(losses, readings);
            return !miscounted.isEmpty() ? miscounted : orderOrRest();
        }

        /** Where nothing was cut: every single reading is there, or counted. */
        private String miscounted(Map<DeviceId, List<Loss>> losses, Map<DeviceId, Long> readings) {
            for (DeviceId device : DEVICES) {
                long taken = sent.stream()
                        .filter(one -> one.dispatch().device().equals(device))
                        .mapToLong(
                                one -> one.dispatch().readings().orElseThrow().size())
                        .sum();
                long there = readings.getOrDefault(device, 0L);
                long lost = losses.getOrDefault(device, List.of()).stream()
                        .mapToLong(Loss::readings)
                        .sum();
                long said = overLimit(sent.stream()
                        .map(Sent::dispatch)
                        .filter(one -> one.device().equals(device)));
                long heard = overLimit(order.stream()
                        .filter(one -> one.device().equals(device))
                        .distinct());
                if (said != heard) {
                    return "seed " + seed + ": of " + device + " " + said + " packs were over its limit, " + heard
                            + " are told";
                }
                if (taken != there + lost) {
                    return "seed " + seed + ": " + device + " has " + taken + " readings, " + there + " arrived, "
                            + lost + " are told lost";
                }
            }
            return "";
        }

        private static long overLimit(Stream<Dispatch> dispatches) {
            return dispatches
                    .flatMap(dispatch -> dispatch.losses().stream())
                    .filter(loss -> loss.reason().equals(Loss.OVER_LIMIT))
                    .mapToLong(Loss::packs)
                    .sum();
        }

        private String orderOrRest() {
            Map<DeviceId, Origin> last = new HashMap<>();
            Set<String> seen = new HashSet<>();
            for (Dispatch dispatch : order) {
                if (dispatch.origin().report() || !seen.add(name(dispatch))) {
                    continue;
                }
                Origin before = last.put(dispatch.device(), dispatch.origin());
                if (before != null
                        && before.boot() == dispatch.origin().boot()
                        && before.sequence() > dispatch.origin().sequence()) {
                    return "seed " + seed + ": " + name(dispatch) + " is out of order";
                }
            }
            return journal.backlog().equals(new Backlog(0, 0)) ? "" : "seed " + seed + ": left " + journal.backlog();
        }
    }
}
