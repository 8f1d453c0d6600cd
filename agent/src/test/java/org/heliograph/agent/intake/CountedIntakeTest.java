package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Loss;
import org.junit.jupiter.api.Test;

class CountedIntakeTest {
    private static final DeviceId PDU = new DeviceId("casa1", "pdu-a01");
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");

    private final CountedIntake intake = new CountedIntake(new NoIntake() {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            return CompletableFuture.completedFuture(full ? new Admission.Full(1) : new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }

        @Override
        public void lost(DeviceId device, String reason, long packs, long readings) {
            assertThat(reason).isEqualTo(Loss.TURNED_AWAY);
        }
    });
    private boolean full;

    @Test
    void refusals_are_counted_by_what_is_wrong_not_with_what() {
        refuse("a reading of 2026-07-01T10:10:00Z is 600 s ahead of the agent's clock");
        refuse("a reading of 2026-07-01T11:10:00.5Z is 4200 s ahead of the agent's clock");
        refuse("the topic is of site 'a', not 'b'");
        refuse("the topic is of site 'c', not 'b'");

        assertThat(intake.counts().refused())
                .containsOnlyKeys(
                        "a reading of # is # s ahead of the agent's clock", "the topic is of site '…', not '…'");
        assertThat(intake.counts().received()).isEqualTo(4);
        assertThat(intake.counts().lastMillis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void what_waits_for_room_is_received_once_and_when_it_came() {
        full = true;
        Instant later = NOW.plusSeconds(60);
        Arrival waiting = new Arrival("hg", PDU, new byte[0], new Moment(NOW, 1_000));
        Arrival latest = new Arrival("hg", PDU, new byte[0], new Moment(later, 61_000));
        offer(latest);
        for (int i = 0; i < 100; i++) {
            offer(waiting);
        }
        assertThat(intake.counts()).isEqualTo(new CountedIntake.Counts(0, 0, 101, Map.of(), later.toEpochMilli()));

        full = false;
        offer(waiting);
        intake.lost(PDU, Loss.TURNED_AWAY, 1, 1);
        assertThat(intake.counts()).isEqualTo(new CountedIntake.Counts(2, 1, 101, Map.of(), later.toEpochMilli()));
    }

    @Test
    void what_is_too_much_is_no_dead_letter() {
        RateLimit limit = new RateLimit(intake, 1, 1, InstantSource.fixed(NOW));
        CountedIntake counted = new CountedIntake(limit);
        for (int i = 0; i < 3; i++) {
            counted.refuse("bad", new Arrival("hg", null, new byte[0], Moment.of(NOW)))
                    .join();
        }

        assertThat(counted.counts().received()).isEqualTo(3);
        assertThat(counted.counts().refused()).isEqualTo(Map.of("bad", 1L));
    }

    @Test
    void reasons_that_a_sender_chooses_do_not_fill_the_memory() {
        for (int i = 0; i < 1_000; i++) {
            refuse("x".repeat(i % 300) + Character.toString('a' + i % 26));
        }

        assertThat(intake.counts().refused()).hasSize(CountedIntake.REASONS_MAX + 1);
        assertThat(intake.counts().refused().keySet()).allMatch(reason -> reason.length() <= 80);
        assertThat(intake.counts().refused().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(1_000);
    }

    private void offer(Arrival arrival) {
        intake.offer(
                        new Readings(
                                PDU,
                                "",
                                new Sampling()
                                        .gauge(Point.POWER, NOW.toEpochMilli(), 7)
                                        .series()),
                        Stamp.DEVICE,
                        arrival)
                .join();
    }

    private void refuse(String reason) {
        intake.refuse(reason, new Arrival("hg", null, new byte[0], Moment.of(NOW)))
                .join();
    }
}
