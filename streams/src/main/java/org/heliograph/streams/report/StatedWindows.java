package org.heliograph.streams.report;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.heliograph.streams.rollup.Window;
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

    private final Map<String, SiteWindow> windows = new HashMap<>();
    private Optional<SiteLive> live = Optional.empty();

    void add(SiteWindow window) {
        windows.put(window.getWindow() + "@" + window.getStartMs(), window);
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

    Optional<SiteWindow> at(Period.Span window, ZoneId zone) {
        Instant start = window.start(zone);
        return Optional.ofNullable(windows.get(window.length() + "@" + start.toEpochMilli()));
    }

    /**
     * Reads {@code hg.kpi} from its beginning to its present end, and the end of {@code hg.live}, as far as transactions
     * are committed.
     *
     * @throws KafkaException if there is no broker, or no {@code hg.kpi}
     */
    static StatedWindows read(Map<String, Object> kafka, Topics topics, String site) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        StatedWindows windows = new StatedWindows();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            if (!read(consumer, topics.kpi(), Long.MAX_VALUE, one -> windows.takeWindow(one, site))) {
                throw new KafkaException("there is no topic " + topics.kpi());
            }
            read(consumer, topics.live(), NEWEST, one -> windows.takeLive(one, site));
        }
        return windows;
    }

    /** Hands over the last records of each partition, at most so many; false if there is no such topic. */
    private static boolean read(
            KafkaConsumer<String, byte[]> consumer,
            String topic,
            long most,
            Consumer<ConsumerRecord<String, byte[]>> taker) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            return false;
        }
        List<TopicPartition> partitions = found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.beginningOffsets(partitions)
                .forEach((partition, begin) ->
                        consumer.seek(partition, Math.max(begin, ends.getOrDefault(partition, 0L) - most)));
        TopicEnd.read(consumer, ends, TopicEnd.PATIENCE, taker);
        return true;
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
