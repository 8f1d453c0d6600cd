package org.heliograph.lab.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/**
 * Devices that read once a second, each at a moment of its own, and how long after a reading the live state and the
 * minute that it completes are there to be read.
 *
 * <p>Each reading of a site's utility meter, auxiliary meter and (there is one of each) cooling unit and inverter shows
 * one centiwatt more than the one before: the power in {@code hg.live} tells which was the newest reading in it.
 * A reading's moment is that before it is sent, so the way to the broker counts too.
 */
final class LatencyRun {
    private static final Duration POLL = Duration.ofMillis(5);
    private static final double STEP_WATTS = 0.01;
    private static final double BASE_WATTS = 1000;
    /** Within the meter's rating: what is beyond isn't believed, and no window with it is complete. */
    private static final double GRID_WATTS = 100_000;

    private static final long MINUTE = 60_000;
    /** At least; it ends with a minute. The minute that ends then isn't whole, so it is no sample. */
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private static final Duration AFTER_LAST_MINUTE = Duration.ofSeconds(10);

    private final Broker broker;
    private final Topics topics;
    private final List<Voice> voices = new ArrayList<>();
    /** By site, the moments of its probes' readings that no live state has shown yet. */
    private final Map<String, Map<Role, TreeMap<Long, Long>>> unseen = new HashMap<>();

    /** By site and minute, when the last device went past its end. */
    private final Map<String, Passing> passings = new HashMap<>();

    private final List<Long> liveMillis = new ArrayList<>();
    private final List<Long> kpiMillis = new ArrayList<>();

    /** A device that reads once a second. */
    private static final class Voice {
        private final DeviceId id;
        private final Role role;
        private final long phaseMillis;
        private long count;
        private long millijoules;
        private long lastMillis;

        Voice(DeviceId id, Role role, long phaseMillis) {
            this.id = id;
            this.role = role;
            this.phaseMillis = phaseMillis;
        }
    }

    /** The devices of a site that have gone past the end of a minute. */
    private static final class Passing {
        private long lastMillis;
    }

    /** @param fleet with one cooling unit and one inverter for each site */
    LatencyRun(Broker broker, Fleet fleet, String prefix) {
        this.broker = broker;
        topics = new Topics(prefix);
        Random phases = new Random(1);
        fleet.sites()
                .forEach(site -> site.model()
                        .devices()
                        .forEach(device -> voices.add(new Voice(
                                new DeviceId(site.model().site(), device.id()),
                                device.role(),
                                phases.nextInt(1_000)))));
        voices.sort(Comparator.comparingLong(voice -> voice.phaseMillis));
    }

    /** Milliseconds, in ascending order, of what came after the warm-up. */
    record Latencies(List<Long> live, List<Long> kpi) {
        static double quantile(List<Long> sorted, double share) {
            return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
        }
    }

    /**
     * Has the devices speak through a warm-up and so many whole minutes, and until the last of these has been published.
     */
    Latencies run(int minutes) throws InterruptedException, InvalidProtocolBufferException {
        Instant measured = nextMinute(Instant.now().plus(WARM_UP));
        Instant end = measured.plus(Duration.ofMinutes(minutes)).plus(AFTER_LAST_MINUTE);
        System.out.println(voices.size() + " devices read once a second until "
                + end.atZone(ZoneId.systemDefault()).toLocalTime());
        Thread speaking = Thread.ofPlatform().start(() -> speak(end));
        try (KafkaConsumer<String, byte[]> consumer = Broker.consumer(broker.bootstrap())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of(topics.live(), topics.kpi())) {
                consumer.partitionsFor(topic)
                        .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
            }
            consumer.assign(partitions);
            while (speaking.isAlive()) {
                for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
                    hear(one, System.currentTimeMillis(), measured.toEpochMilli());
                }
            }
        }
        speaking.join();
        Collections.sort(liveMillis);
        Collections.sort(kpiMillis);
        return new Latencies(List.copyOf(liveMillis), List.copyOf(kpiMillis));
    }

    private static Instant nextMinute(Instant moment) {
        Instant begun = moment.truncatedTo(ChronoUnit.MINUTES);
        return begun.equals(moment) ? begun : begun.plus(Duration.ofMinutes(1));
    }

    private void speak(Instant end) {
        try (KafkaProducer<String, byte[]> producer = broker.producer(Map.of("linger.ms", 0))) {
            long second = System.currentTimeMillis() / 1_000 + 1;
            while (second * 1_000 < end.toEpochMilli()) {
                for (Voice voice : voices) {
                    long due = second * 1_000 + voice.phaseMillis;
                    long early = due - System.currentTimeMillis();
                    if (early > 0) {
                        TimeUnit.MILLISECONDS.sleep(early);
                    }
                    say(producer, voice);
                }
                second++;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(KafkaProducer<String, byte[]> producer, Voice voice) {
        long now = Math.max(System.currentTimeMillis(), voice.lastMillis + 1);
        double base = voice.role == Role.GRID ? GRID_WATTS : BASE_WATTS;
        if (voice.lastMillis > 0) {
            voice.millijoules += ((long) base) * (now - voice.lastMillis);
        }
        note(voice, now);
        voice.lastMillis = now;
        voice.count++;
        Point register = voice.role == Role.GRID ? Point.ENERGY_IMPORT : Point.ENERGY;
        long[] time = {now};
        List<Series> series = new ArrayList<>();
        if (voice.role == Role.ROOM) {
            series.add(new Series.Gauge(Point.INLET_TEMP, time, new double[] {22.5}));
        } else {
            series.add(new Series.Register(register, time, new long[] {voice.millijoules}));
            series.add(new Series.Gauge(Point.POWER, time, new double[] {base + STEP_WATTS * voice.count}));
            series.add(new Series.Gauge(Point.VOLTAGE, time, new double[] {230.4}));
        }
        if (voice.role == Role.GRID) {
            series.add(new Series.Register(Point.ENERGY_EXPORT, time, new long[] {0}));
        }
        Broker.send(
                producer,
                new ProducerRecord<>(
                        topics.telemetry(),
                        null,
                        now,
                        voice.id.key(),
                        PackCodec.encode(new Readings(voice.id, "", series), new Origin("bench", 1, voice.count - 1))));
    }

    private synchronized void note(Voice voice, long now) {
        if (isProbe(voice.role)) {
            unseen.computeIfAbsent(voice.id.site(), _ -> new HashMap<>())
                    .computeIfAbsent(voice.role, _ -> new TreeMap<>())
                    .put(voice.count + 1, now);
        }
        long minute = now / MINUTE;
        if (voice.lastMillis > 0 && voice.role.countsEnergy() && minute > voice.lastMillis / MINUTE) {
            Passing passing = passings.computeIfAbsent(voice.id.site() + "@" + (minute - 1), _ -> new Passing());
            passing.lastMillis = now;
        }
    }

    private static boolean isProbe(Role role) {
        return switch (role) {
            case GRID, PV, COOLING, AUXILIARY -> true;
            case BATTERY, GENERATOR, UPS, FLOOR_PDU, IT, ROOM -> false;
        };
    }

    private synchronized void hear(ConsumerRecord<String, byte[]> one, long now, long measuredFrom)
            throws InvalidProtocolBufferException {
        if (one.topic().equals(topics.live())) {
            SiteLive live = SiteLive.parseFrom(one.value());
            seen(live.getSite(), Role.PV, live.hasPowerPvW(), live.getPowerPvW() - BASE_WATTS, now, measuredFrom);
            seen(
                    live.getSite(),
                    Role.COOLING,
                    live.hasPowerCoolingW(),
                    live.getPowerCoolingW() - BASE_WATTS,
                    now,
                    measuredFrom);
            seen(
                    live.getSite(),
                    Role.AUXILIARY,
                    live.hasPowerAuxiliaryW(),
                    live.getPowerAuxiliaryW() - BASE_WATTS,
                    now,
                    measuredFrom);
            seen(
                    live.getSite(),
                    Role.GRID,
                    live.hasPowerImportW(),
                    live.getPowerImportW() - GRID_WATTS,
                    now,
                    measuredFrom);
            return;
        }
        SiteWindow window = SiteWindow.parseFrom(one.value());
        if (window.getWindow().equals("1m") && window.getState() == WindowState.FINAL && window.getCoverage() == 1) {
            Passing passing = passings.remove(window.getSite() + "@" + window.getStartMs() / MINUTE);
            if (passing != null && window.getStartMs() >= measuredFrom) {
                kpiMillis.add(now - passing.lastMillis);
            }
        }
    }

    private void seen(String site, Role role, boolean shown, double watts, long now, long measuredFrom) {
        TreeMap<Long, Long> waiting = unseen.getOrDefault(site, Map.of()).getOrDefault(role, new TreeMap<>());
        if (!shown) {
            return;
        }
        Map<Long, Long> newest = waiting.headMap(Math.round(watts / STEP_WATTS), true);
        newest.values().stream()
                .filter(moment -> moment >= measuredFrom)
                .forEach(moment -> liveMillis.add(now - moment));
        newest.clear();
    }
}
