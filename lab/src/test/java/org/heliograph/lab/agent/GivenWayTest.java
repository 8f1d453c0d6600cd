package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.GivingWay;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.Stored;
import org.heliograph.streams.gap.DeviceLedger;
import org.heliograph.streams.gap.DeviceLedger.BootId;
import org.heliograph.streams.gap.PackCounts;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.SequenceRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that was full for hours, delivered into the engine's ledger: each pack is here or reported, and none is missing. */
class GivenWayTest {
    private static final DeviceId AGENT = new DeviceId("casa1", "edge-1");
    private static final Instant START = Instant.parse("2026-07-01T10:00:00Z");
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int MINUTES = 200;
    private static final int PER_MINUTE = 6;

    /** All points in a pack. */
    private static final DeviceId RACK = new DeviceId("casa1", "rack-1");

    /** A pack a point. */
    private static final DeviceId METER = new DeviceId("casa1", "util-1");

    private static final List<Point> POINTS = List.of(Point.POWER, Point.VOLTAGE, Point.CURRENT);

    @TempDir
    private Path folder = Path.of("");

    private final Map<DeviceId, DeviceLedger> ledgers = new HashMap<>();
    private final Map<DeviceId, Set<Instant>> times = new HashMap<>();
    private long seenMissing;

    @Test
    void of_more_minutes_than_the_engine_tells_gaps_apart_nothing_is_missing_and_the_last_reading_of_each_is_here()
            throws Exception {
        delivered(true, 400 << 10);

        for (DeviceId device : List.of(RACK, METER)) {
            long packs = (long) MINUTES * PER_MINUTE * (device.equals(METER) ? POINTS.size() : 1);
            PackCounts counts = counts(device);
            assertThat(counts.expected()).isEqualTo(packs);
            assertThat(counts.reported()).as("thinned").isGreaterThan(packs / 2);
            assertThat(counts.missing()).isZero();
            assertThat(counts.duplicates()).isZero();
            for (int minute = 1; minute <= MINUTES; minute++) {
                assertThat(times.get(device))
                        .contains(START.plus(Duration.ofMinutes(minute)).minus(EVERY));
            }
        }
    }

    @Test
    void what_is_dropped_of_what_was_thinned_out_before_is_not_missing_either() throws Exception {
        delivered(true, 32 << 10);

        for (DeviceId device : List.of(RACK, METER)) {
            PackCounts counts = counts(device);
            assertThat(counts.missing()).isZero();
            assertThat(counts.duplicates()).isZero();
            assertThat(times.get(device))
                    .doesNotContain(START.plus(Duration.ofMinutes(1)).minus(EVERY));
        }
    }

    @Test
    void a_gap_of_the_oldest_is_told_by_the_pack_behind_it_so_that_it_never_looks_missing() throws Exception {
        delivered(false, 32 << 10);

        assertThat(counts(RACK).reported()).isPositive();
        assertThat(seenMissing).isZero();
    }

    private void delivered(boolean thins, long maxBytes) throws Exception {
        GivingWay ways = new GivingWay(AGENT, _ -> true, _ -> thins, 1);
        Journal.Limits limits = new Journal.Limits(Duration.ZERO, 500, maxBytes);
        InstantSource clock = InstantSource.fixed(START.plus(Duration.ofDays(1)));
        try (Journal journal = Journal.open(folder.resolve("agent.db"), limits, ways, clock)) {
            JournalingIntake intake = new JournalingIntake(journal, AGENT.device(), clock);
            for (int i = 0; i < MINUTES * PER_MINUTE; i++) {
                Instant at = START.plus(EVERY.multipliedBy(i));
                Sampling all = new Sampling();
                POINTS.forEach(point -> all.gauge(point, at.toEpochMilli(), 1));
                offer(intake, new Readings(RACK, "", all.series()));
                for (Point point : POINTS) {
                    Sampling one = new Sampling().gauge(point, at.toEpochMilli(), 1);
                    offer(intake, new Readings(METER, "", one.series()));
                }
                if (i % 50 == 0) {
                    journal.flush().get();
                }
            }
            journal.flush().get();
            long position = 0;
            for (List<Stored> page = journal.read(position, 500); !page.isEmpty(); page = journal.read(position, 500)) {
                for (Stored stored : page) {
                    deliver(PackCodec.decode(stored.entry().value()));
                }
                position = page.getLast().offset();
            }
        }
    }

    private static void offer(JournalingIntake intake, Readings readings) {
        var _ = intake.offer(
                readings,
                Stamp.DEVICE,
                new Arrival("hg", readings.device(), new byte[0], Moment.of(readings.latest())));
    }

    /** As the engine does with what it reads. */
    private void deliver(Dispatch pack) {
        DeviceLedger ledger = ledger(pack.device());
        BootId boot = new BootId(pack.origin().agent(), pack.origin().boot());
        boolean isNew = pack.origin().report()
                ? ledger.receiveReport(boot, pack.origin().sequence(), true, 0)
                : ledger.receive(boot, pack.origin().sequence(), true, 0);
        assertThat(isNew).isTrue();
        for (Loss loss : pack.losses()) {
            for (SequenceRange range : loss.ranges()) {
                ledger.giveUp(new BootId(boot.agent(), loss.boot()), range.first(), range.last() + 1, true);
            }
        }
        seenMissing += counts(pack.device()).missing();
        pack.readings()
                .ifPresent(readings -> times.computeIfAbsent(pack.device(), _ -> new TreeSet<>())
                        .add(readings.latest()));
    }

    private PackCounts counts(DeviceId device) {
        return ledger(device).byAgent().getOrDefault("edge-1", PackCounts.NONE);
    }

    private DeviceLedger ledger(DeviceId device) {
        return ledgers.computeIfAbsent(device, _ -> new DeviceLedger());
    }
}
