package org.heliograph.streams.report;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.record.FactorRecord;
import org.heliograph.streams.factor.record.FactorUpdate;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.heliograph.telemetry.kafka.TopicEnd;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** The newest statement of each window of a site. */
final class StatedWindows {
    private static final int ANSWER_MILLIS = 15_000;

    /** Hours and shorter ones are many, and none of them is reported. */
    private static final List<String> LENGTHS = List.of(Window.DAY.label(), Window.MONTH.label(), Window.YEAR.label());

    /** Live states are many a second: the newest of each site are among so many of a partition. */
    private static final long NEWEST = 5_000;

    private final Map<String, NavigableMap<Long, SiteWindow>> windows = new HashMap<>();
    private final Map<String, EmissionFactor> factors = new TreeMap<>();
    private Optional<SiteLive> live = Optional.empty();

    void add(SiteWindow window) {
        windows.computeIfAbsent(window.getWindow(), _ -> new TreeMap<>()).put(window.getStartMs(), window);
    }

    void add(SiteLive state) {
        if (live.isEmpty() || live.get().getTimeMs() <= state.getTimeMs()) {
            live = Optional.of(state);
        }
    }

    /** The newest live state, if there was one lately. */
    Optional<SiteLive> live() {
        return live;
    }

    void add(EmissionFactor factor) {
        factors.put(factor.provenance(), factor);
    }

    /** The factors that somebody published, beside those of the configuration. */
    Collection<EmissionFactor> factors() {
        return factors.values();
    }

    /**
     * A day, month or year of the site's calendar. What was closed before the site's zone changed stays as it was
     * published, so where none begins at this very moment it is the one of the same date in the zone of then.
     */
    Optional<SiteWindow> at(Period.Span window, ZoneId zone) {
        NavigableMap<Long, SiteWindow> stated = windows.getOrDefault(window.length(), new TreeMap<>());
        long start = window.start(zone).toEpochMilli();
        long far = Window.FARTHEST_ZONE.toMillis();
        return stated.subMap(start - far, true, start + far, true).values().stream()
                .min(Comparator.comparingLong(one -> Math.abs(one.getStartMs() - start)));
    }

    /**
     * Reads {@code hg.kpi} and {@code hg.factors} from the beginning to the present end, and the end of {@code hg.live},
     * as far as transactions are committed.
     *
     * @throws KafkaException if there is no broker, or none any more, or no {@code hg.kpi}
     */
    static StatedWindows read(Map<String, Object> kafka, Topics topics, String site) {
        Map<String, Object> properties = CommittedRecords.settings(kafka);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        StatedWindows windows = new StatedWindows();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            windows.read(consumer, topics, site);
        }
        return windows;
    }

    private void read(Consumer<String, byte[]> consumer, Topics topics, String site) {
        if (!read(consumer, topics.kpi(), Long.MAX_VALUE, one -> takeWindow(one, site))) {
            throw new KafkaException("there is no topic " + topics.kpi());
        }
        read(consumer, topics.factors(), Long.MAX_VALUE, this::takeFactor);
        read(consumer, topics.live(), NEWEST, one -> takeLive(one, site));
    }

    /** Hands over the last records of each partition, at most so many; false if there is no such topic. */
    private static boolean read(
            Consumer<String, byte[]> consumer,
            String topic,
            long most,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> taker) {
        List<TopicPartition> partitions = CommittedRecords.partitions(consumer, topic);
        if (partitions.isEmpty()) {
            return false;
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.beginningOffsets(partitions)
                .forEach((partition, begin) ->
                        consumer.seek(partition, Math.max(begin, ends.getOrDefault(partition, 0L) - most)));
        TopicEnd.read(consumer, ends, TopicEnd.PATIENCE, taker);
        return true;
    }

    /** What isn't a factor is among the dead letters, where the engine put it. */
    private void takeFactor(ConsumerRecord<String, byte[]> one) {
        switch (FactorRecord.decode(one.key(), one.value(), Instant.ofEpochMilli(one.timestamp()))) {
            case FactorUpdate.Published(EmissionFactor factor) -> add(factor);
            case FactorUpdate.Withdrawn(String id, String version) -> factors.remove(id + "@" + version);
            case FactorUpdate.Points _, FactorUpdate.Refused _ -> {}
        }
    }

    /** A key is {@code site/window/start}. */
    private void takeWindow(ConsumerRecord<String, byte[]> one, String site) {
        if (one.value() == null
                || LENGTHS.stream().noneMatch(length -> one.key().startsWith(site + "/" + length + "/"))) {
            return;
        }
        try {
            add(SiteWindow.parseFrom(one.value()));
        } catch (InvalidProtocolBufferException e) {
            throw notAFigure(one, e);
        }
    }

    private void takeLive(ConsumerRecord<String, byte[]> one, String site) {
        if (one.value() == null || !site.equals(one.key())) {
            return;
        }
        try {
            add(SiteLive.parseFrom(one.value()));
        } catch (InvalidProtocolBufferException e) {
            throw notAFigure(one, e);
        }
    }

    private static KafkaException notAFigure(ConsumerRecord<String, byte[]> one, Exception cause) {
        return new KafkaException(
                one.topic() + " has at " + one.partition() + "@" + one.offset() + " what isn't a figure", cause);
    }
}
