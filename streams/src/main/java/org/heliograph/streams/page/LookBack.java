package org.heliograph.streams.page;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Topics;

/**
 * From where a page that begins reads: windows of a day, devices for as long as any of them may be silent though all is
 * well, the last live states, and all site models and alerts.
 */
final class LookBack {
    /** A record's time is its window's start, and a local day may have 25 hours. */
    private static final Duration OF_WINDOWS = Duration.ofHours(26);

    /** Read of a partition that has nothing younger, so that the page of a silent site shows its last figures. */
    private static final long KPI_TAIL = 5_000;

    private static final long LIVE_TAIL = 50;
    private static final long ENERGY_TAIL = 2_000;

    /** Devices are shown with their newest minute, so this is how long any may stay silent though all is well. */
    private static final Duration LEAST_OF_DEVICES = Duration.ofMinutes(10);

    private static final Duration MOST_OF_DEVICES = Duration.ofHours(3);

    /** Beside a device's patience: a minute's time is its start. */
    private static final Duration FURTHER = Duration.ofMinutes(2);

    private final Topics topics;
    private final InstantSource clock;

    /** What the site models ask for. */
    private Duration ofDevices = LEAST_OF_DEVICES;

    LookBack(Topics topics, InstantSource clock) {
        this.topics = topics;
        this.clock = clock;
    }

    /** Takes a site's model; returns whether it names devices that report more seldom than those known before. */
    boolean growsBy(SiteModel model) {
        Duration wanted = ShownSite.longestPatience(model).plus(FURTHER);
        Duration most = wanted.compareTo(MOST_OF_DEVICES) < 0 ? wanted : MOST_OF_DEVICES;
        boolean grows = most.compareTo(ofDevices) > 0;
        ofDevices = grows ? most : ofDevices;
        return grows;
    }

    Map<TopicPartition, Long> starts(Consumer<byte[], byte[]> consumer, Set<TopicPartition> all) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> first = consumer.beginningOffsets(all);
        consumer.endOffsets(all)
                .forEach((partition, end) -> starts.put(
                        partition, Math.max(first.getOrDefault(partition, 0L), end - tail(partition.topic(), end))));
        Map<TopicPartition, Long> since = new HashMap<>();
        for (TopicPartition partition : all) {
            if (partition.topic().equals(topics.kpi())) {
                since.put(partition, ago(OF_WINDOWS));
            } else if (partition.topic().equals(topics.energy())) {
                since.put(partition, ago(ofDevices));
            }
        }
        consumer.offsetsForTimes(since).forEach((partition, young) -> {
            if (young != null) { // null: it has none that young
                starts.put(partition, young.offset());
            }
        });
        return starts;
    }

    /** Goes back to where devices are read from now: the last word of some may be older than what was read. */
    void seekDevices(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> assigned) {
        Map<TopicPartition, Long> times = new HashMap<>();
        assigned.stream()
                .filter(partition -> partition.topic().equals(topics.energy()))
                .forEach(partition -> times.put(partition, ago(ofDevices)));
        consumer.offsetsForTimes(times).forEach((partition, young) -> {
            if (young != null && young.offset() < consumer.position(partition)) {
                consumer.seek(partition, young.offset());
            }
        });
    }

    private long ago(Duration length) {
        return clock.instant().minus(length).toEpochMilli();
    }

    /** Site models and alerts are compacted: all of them count. */
    private long tail(String topic, long end) {
        if (topic.equals(topics.kpi())) {
            return KPI_TAIL;
        }
        if (topic.equals(topics.live())) {
            return LIVE_TAIL;
        }
        return topic.equals(topics.energy()) ? ENERGY_TAIL : end;
    }
}
