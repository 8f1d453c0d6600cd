package org.heliograph.lab.endtoend;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** The newest committed statement of each window and of each device minute. */
final class Published implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Topics topics;
    private final KafkaConsumer<String, byte[]> consumer;
    /** Sees the ends of what a transaction still holds back. */
    private final KafkaConsumer<String, byte[]> written;
    /** Sees what the engine has committed. */
    private final KafkaConsumer<String, byte[]> ofEngine;

    private final SortedMap<String, SiteWindow> windows = new TreeMap<>();
    private final SortedMap<String, DeviceMinute> minutes = new TreeMap<>();
    private long statements;

    Published(String bootstrap, Topics topics) {
        this.topics = topics;
        consumer = consumer(bootstrap, "read_committed", "looks-on");
        written = consumer(bootstrap, "read_uncommitted", "looks-on");
        ofEngine = consumer(bootstrap, "read_uncommitted", topics.prefix());
        List<TopicPartition> all = List.of(topics.kpi(), topics.energy()).stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    private static KafkaConsumer<String, byte[]> consumer(String bootstrap, String isolation, String group) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "isolation.level",
                        isolation,
                        "group.id",
                        group,
                        "enable.auto.commit",
                        false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Reads on until that is so; false when it isn't within the patience. */
    boolean await(Duration patience, BooleanSupplier reached) {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > deadlineNanos) {
                return false;
            }
            poll();
        }
        return true;
    }

    /** Reads all that was written until now, as far as it is committed. */
    Published caughtUp() {
        Map<TopicPartition, Long> ends = written.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
        return this;
    }

    /**
     * Whether the windows of every length add up to what the racks consumed, and those that are over have been closed:
     * the longest are said last.
     */
    boolean isSettled(long rackMillijoules) {
        return Stream.of(Window.values())
                        .allMatch(length -> windows.values().stream()
                                        .filter(window -> window.getWindow().equals(length.label()))
                                        .mapToLong(SiteWindow::getEnergyIt3Mj)
                                        .sum()
                                == rackMillijoules)
                && windows.values().stream()
                        .filter(window -> window.getEndMs() < System.currentTimeMillis())
                        .noneMatch(window -> window.getState() == WindowState.PROVISIONAL);
    }

    /** Leaves out what was committed until now. */
    Published fromHere() {
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position); // now, not when it is first polled
        return this;
    }

    /** Whether something is written that isn't committed: a transaction is under way, or was when its writer died. */
    boolean isWithheld() {
        Map<TopicPartition, Long> ends =
                written.endOffsets(consumer.assignment()); // first: what comes after it counts not
        Map<TopicPartition, Long> committed = consumer.endOffsets(consumer.assignment());
        return ends.entrySet().stream()
                .anyMatch(end -> committed.getOrDefault(end.getKey(), end.getValue()) < end.getValue());
    }

    /** Whether the engine of these topics has taken, and committed, all that was ever fed to it. */
    boolean isAllTaken() {
        String telemetry = topics.telemetry();
        Set<TopicPartition> partitions = written.partitionsFor(telemetry).stream()
                .map(partition -> new TopicPartition(telemetry, partition.partition()))
                .collect(Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> taken = ofEngine.committed(partitions);
        return written.endOffsets(partitions).entrySet().stream()
                .allMatch(end -> end.getValue() == 0
                        || (taken.get(end.getKey()) != null
                                && taken.get(end.getKey()).offset() >= end.getValue()));
    }

    /** How many statements were read. */
    long statements() {
        return statements;
    }

    SortedMap<String, SiteWindow> windows() {
        return windows;
    }

    SortedMap<String, DeviceMinute> minutes() {
        return minutes;
    }

    /**
     * What must not depend on what happened on the way. How often a window was restated does; and of an open window, how
     * many of its minutes had passed when it was last said.
     */
    SortedMap<String, Message> results() {
        SortedMap<String, Message> results = new TreeMap<>(minutes);
        windows.forEach((key, window) -> {
            SiteWindow.Builder figures = window.toBuilder();
            for (FieldDescriptor field : SiteWindow.getDescriptor().getFields()) {
                // of a month that ends meanwhile, one of two engines has said that it is over
                boolean ofTheClock = (window.getState() == WindowState.PROVISIONAL
                                || List.of("1mo", "1y").contains(window.getWindow()))
                        && (field.getName().endsWith("coverage")
                                || field.getName().equals("estimated_share"));
                if (ofTheClock
                        || field.getName().equals("state")
                        || field.getName().equals("cause")
                        || field.getName().startsWith("revision")) {
                    figures.clearField(field);
                }
            }
            results.put(key, figures.build());
        });
        return results;
    }

    /** What differs between two results: nothing, or each key with both. */
    static Map<String, String> differences(Map<String, Message> expected, Map<String, Message> actual) {
        Map<String, String> differences = new HashMap<>();
        TreeMap<String, Message> keys = new TreeMap<>(expected);
        keys.putAll(actual);
        for (String key : keys.keySet()) {
            Message should = expected.get(key);
            Message is = actual.get(key);
            if (should == null || !should.equals(is)) {
                differences.put(key, "expected\n" + should + "but is\n" + is);
            }
        }
        return differences;
    }

    private void poll() {
        for (ConsumerRecord<String, byte[]> published : consumer.poll(POLL)) {
            statements++;
            try {
                if (published.topic().equals(topics.kpi())) {
                    windows.put(published.key(), SiteWindow.parseFrom(published.value()));
                } else {
                    DeviceMinute minute = DeviceMinute.parseFrom(published.value());
                    minutes.put(published.key() + "@" + minute.getStartMs(), minute);
                }
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(published.topic() + " has what isn't a figure", e);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
        written.close();
        ofEngine.close();
    }
}
