package org.heliograph.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final DeviceId CALM = new DeviceId("casa1", "calm");
    private static final DeviceId LOUD = new DeviceId("casa1", "loud");

    private final Behind behind = new Behind();
    private Instant now = Instant.parse("2026-07-01T10:00:00Z");
    private final RateLimit limit = new RateLimit(behind, 2, 10, () -> now);

    private static final class Behind extends NoIntake {
        private final Map<DeviceId, Integer> taken = new HashMap<>();
        private final List<String> letters = new ArrayList<>();
        private final Map<DeviceId, Long> lost = new HashMap<>();
        private final List<DeviceId> present = new ArrayList<>();
        private boolean full;
        private boolean shareFull;

        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            if (full) {
                return CompletableFuture.completedFuture(new Admission.Full(1));
            }
            if (shareFull) {
                return CompletableFuture.completedFuture(new Admission.Refused("its share is used up", true));
            }
            return CompletableFuture.completedFuture(
                    new Admission.Kept(taken.merge(readings.device(), 1, Integer::sum)));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            letters.add(reason);
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }

        @Override
        public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
            present.add(device);
            return CompletableFuture.completedFuture(new Admission.Kept(0));
        }

        @Override
        public void lost(DeviceId device, String reason, long packs, long readings) {
            assertThat(reason).isEqualTo(Loss.OVER_LIMIT);
            assertThat(readings).isPositive();
            lost.merge(device, packs, Long::sum);
        }

        int taken(DeviceId device) {
            return taken.getOrDefault(device, 0);
        }
    }

    @Test
    void a_device_at_a_hundred_times_its_rate_is_limited_and_the_others_are_not() {
        for (int second = 0; second < 100; second++) {
            for (int i = 0; i < 200; i++) {
                offer(LOUD);
            }
            assertThat(offer(CALM)).isInstanceOf(Admission.Kept.class);
            now = now.plusSeconds(1);
        }

        assertThat(behind.taken(CALM)).isEqualTo(100);
        // its burst, then its rate
        assertThat(behind.taken(LOUD)).isEqualTo(10 + 2 * 99);
        assertThat(limit.refused()).isEqualTo(Map.of("loud", 100L * 200 - behind.taken(LOUD)));
        // each is told upstream
        assertThat(behind.lost).isEqualTo(Map.of(LOUD, 100L * 200 - behind.taken(LOUD)));
    }

    @Test
    void what_a_device_has_kept_while_it_was_away_fits_into_the_burst() {
        for (int i = 0; i < 10; i++) {
            assertThat(offer(CALM)).isInstanceOf(Admission.Kept.class);
        }
        assertThat(offer(CALM))
                .isEqualTo(
                        new Admission.Refused("more than 2 packs of up to 64 readings a second from one device", true));
    }

    @Test
    void a_pack_of_many_readings_takes_as_much_of_the_burst_as_several() {
        assertThat(offer(LOUD, 5 * RateLimit.PACK_READINGS)).isInstanceOf(Admission.Kept.class);
        assertThat(offer(LOUD, 4 * RateLimit.PACK_READINGS + 1)).isInstanceOf(Admission.Kept.class);

        assertThat(offer(LOUD)).isInstanceOf(Admission.Refused.class);
        assertThat(offer(CALM)).isInstanceOf(Admission.Kept.class);
    }

    @Test
    void a_pack_larger_than_the_burst_is_taken_and_has_to_be_made_up_for() {
        assertThat(offer(LOUD, 30 * RateLimit.PACK_READINGS)).isInstanceOf(Admission.Kept.class);

        now = now.plusSeconds(10);
        assertThat(offer(LOUD)).isInstanceOf(Admission.Refused.class);
        now = now.plusMillis(500);
        assertThat(offer(LOUD)).isInstanceOf(Admission.Kept.class);
    }

    @Test
    void a_large_pack_that_finds_no_room_takes_nothing_of_the_burst() {
        behind.full = true;
        for (int i = 0; i < 5; i++) {
            assertThat(offer(LOUD, 10 * RateLimit.PACK_READINGS)).isInstanceOf(Admission.Full.class);
        }
        behind.full = false;
        assertThat(offer(LOUD, 10 * RateLimit.PACK_READINGS)).isInstanceOf(Admission.Kept.class);
    }

    @Test
    void what_is_beyond_a_devices_share_of_the_journal_is_counted_and_told_as_lost() {
        behind.shareFull = true;
        assertThat(offer(LOUD, 3)).isEqualTo(new Admission.Refused("its share is used up", true));

        assertThat(limit.refused()).isEqualTo(Map.of("loud", 1L));
        assertThat(behind.lost).isEqualTo(Map.of(LOUD, 1L));
    }

    @Test
    void what_a_device_is_told_to_send_again_is_limited_and_not_lost() {
        Arrival arrival = new Arrival("coap", LOUD, new byte[0], Moment.of(now)).comingAgain();
        Readings readings = new Readings(
                LOUD,
                "",
                new Sampling().gauge(Point.POWER, now.toEpochMilli(), 1).series());
        for (int i = 0; i < 12; i++) {
            limit.offer(readings, Stamp.DEVICE, arrival).join();
        }
        assertThat(behind.taken(LOUD)).isEqualTo(10);
        assertThat(limit.refused()).isEqualTo(Map.of("loud", 2L));
        assertThat(behind.lost).isEmpty();
    }

    @Test
    void a_journal_that_is_full_takes_nothing_of_the_rate() {
        behind.full = true;
        for (int i = 0; i < 50; i++) {
            assertThat(offer(CALM)).isInstanceOf(Admission.Full.class);
        }
        behind.full = false;
        assertThat(offer(CALM)).isInstanceOf(Admission.Kept.class);
    }

    @Test
    void what_can_not_be_read_counts_too_and_so_does_what_comes_from_nobody() {
        for (int i = 0; i < 50; i++) {
            limit.refuse("bad", new Arrival("hg/x", null, new byte[0], Moment.of(now)))
                    .join();
        }
        assertThat(behind.letters).hasSize(10);
        assertThat(limit.refused()).isEqualTo(Map.of("", 40L));
    }

    @Test
    void a_topic_whose_every_payload_is_bad_takes_no_dead_letters_from_the_others() {
        for (int i = 0; i < 50; i++) {
            limit.refuse("bad", new Arrival("hg/x", null, new byte[0], Moment.of(now)))
                    .join();
        }
        limit.refuse("bad, too", new Arrival("hg/y", null, new byte[0], Moment.of(now)))
                .join();

        assertThat(behind.letters).endsWith("bad, too");
    }

    @Test
    void a_clock_that_is_set_back_gives_nothing_and_takes_nothing() {
        for (int i = 0; i < 10; i++) {
            offer(CALM);
        }
        now = now.minusSeconds(3600);
        assertThat(offer(CALM)).isInstanceOf(Admission.Refused.class);
        now = now.plusSeconds(1);
        assertThat(offer(CALM)).isInstanceOf(Admission.Kept.class);
    }

    @Test
    void names_that_are_made_up_take_so_many_places_at_once_and_what_finds_none_is_a_dead_letter() {
        offer(CALM);
        for (int i = 0; i < 2 * RateLimit.DEVICES_MAX; i++) {
            offer(madeUp(i));
        }

        assertThat(behind.taken).hasSize(RateLimit.NEWCOMERS_BURST);
        assertThat(behind.letters)
                .isNotEmpty()
                .containsOnly("more than 20 new devices a second; those that the configuration or silence.site names"
                        + " have a place");
        assertThat(limit.refused()).containsOnlyKeys("");
        assertThat(offer(CALM)).as("it has its place").isInstanceOf(Admission.Kept.class);
        now = now.plusSeconds(1);
        assertThat(offer(LOUD)).as("it has its turn").isInstanceOf(Admission.Kept.class);
    }

    @Test
    void a_device_that_is_named_has_a_place_however_many_names_are_made_up() {
        limit.named(CALM::equals);
        for (int second = 0; second < 1_000; second++) {
            for (int i = 0; i < 30; i++) {
                offer(madeUp(second * 30 + i));
            }
            now = now.plusSeconds(1);
        }

        assertThat(behind.taken).hasSize(RateLimit.DEVICES_MAX);
        assertThat(offer(LOUD))
                .isEqualTo(new Admission.Refused("more than 20000 devices since the start; those that the configuration"
                        + " or silence.site names have a place"));
        limit.announce(LOUD, Presence.online(now, "born")).join();
        limit.lost(LOUD, Loss.OVER_LIMIT, 1, 1);
        assertThat(behind.lost).doesNotContainKey(LOUD);
        assertThat(offer(CALM)).isInstanceOf(Admission.Kept.class);
        assertThat(limit.announce(CALM, Presence.online(now, "born")).join()).isInstanceOf(Admission.Kept.class);
        assertThat(behind.present).containsExactly(CALM);
    }

    private static DeviceId madeUp(int number) {
        return new DeviceId("casa1", "d" + number);
    }

    @Test
    void topics_that_are_made_up_take_neither_memory_nor_the_rate_of_a_device() {
        offer(LOUD);
        List<WeakReference<String>> topics = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            String topic = "hg/casa1/" + "x".repeat(60 << 10) + i + "/senml";
            topics.add(new WeakReference<>(topic));
            limit.refuse("bad", new Arrival(topic, null, new byte[0], Moment.of(now)))
                    .join();
        }
        for (int i = 0; i < RateLimit.DEVICES_MAX; i++) {
            limit.refuse("bad", new Arrival("hg/" + i, null, new byte[0], Moment.of(now)))
                    .join();
        }
        System.gc();

        // the last may still be on the stack
        assertThat(topics.stream().filter(topic -> topic.get() != null)).hasSizeLessThanOrEqualTo(1);
        for (int i = 0; i < 9; i++) {
            assertThat(offer(LOUD)).isInstanceOf(Admission.Kept.class);
        }
        assertThat(offer(LOUD)).as("its burst didn't begin anew").isInstanceOf(Admission.Refused.class);
    }

    @Test
    void topics_that_are_made_up_have_no_burst_each() {
        RateLimit generous = new RateLimit(behind, 1, 100_000, () -> now);
        int offered = 300_000;
        for (int i = 0; i < offered; i++) {
            generous.refuse("bad", new Arrival("hg/" + i, null, new byte[0], Moment.of(now)))
                    .join();
        }
        assertThat(behind.letters).hasSizeLessThanOrEqualTo(256 * RateLimit.SLOT_BURST_MAX);
        assertThat(generous.refused()).isEqualTo(Map.of("", (long) offered - behind.letters.size()));
    }

    private Admission offer(DeviceId device) {
        return offer(device, 1);
    }

    private Admission offer(DeviceId device, int readings) {
        Sampling sampling = new Sampling();
        for (int i = 0; i < readings; i++) {
            sampling.gauge(Point.POWER, now.toEpochMilli() + i, 1);
        }
        return limit.offer(
                        new Readings(device, "", sampling.series()),
                        Stamp.DEVICE,
                        new Arrival("hg", device, new byte[0], Moment.of(now)))
                .join();
    }
}
