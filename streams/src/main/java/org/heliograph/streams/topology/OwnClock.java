package org.heliograph.streams.topology;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.ingest.Gate;
import org.heliograph.streams.topology.topics.TopicReader;
import org.heliograph.telemetry.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether an engine's own clock is behind when it starts: that of a machine whose battery is flat, say, before its time
 * service has set it. To such an engine all that devices send is of the future, and it would refuse it for good. What
 * engines have published before says that it was later already; so it waits, for as long as time services take.
 */
public final class OwnClock {
    private static final Logger log = LoggerFactory.getLogger(OwnClock.class);

    /** An engine's clock that was ahead may have been the wrong one: what it said is not believed for ever. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private static final Duration CHECK = Duration.ofSeconds(1);

    private OwnClock() {}

    /** Lets time pass. */
    @FunctionalInterface
    interface Passing {
        void pass(Duration time) throws InterruptedException;
    }

    /**
     * Returns when the clock isn't behind, as far as Kafka says, or has been for too long.
     */
    public static void await(KafkaSettings kafka) throws InterruptedException {
        await(newest(kafka), InstantSource.system(), Thread::sleep);
    }

    /** Returns whether the clock isn't behind any more. */
    static boolean await(Instant newest, InstantSource clock, Passing passing) throws InterruptedException {
        Duration waited = Duration.ZERO;
        while (isBehind(newest, clock.instant())) {
            Duration by = Duration.between(clock.instant(), newest);
            if (waited.compareTo(LONGEST_WAIT) >= 0) {
                log.error("clock=behind by={} action=\"going on\" waited={}", by, waited);
                return false;
            }
            if (waited.isZero()) {
                log.warn(
                        "clock=behind by={} action=waiting at-most={} why=\"an engine has published at {} already\"",
                        by,
                        LONGEST_WAIT,
                        newest);
            }
            passing.pass(CHECK);
            waited = waited.plus(CHECK);
        }
        return true;
    }

    private static boolean isBehind(Instant newest, Instant now) {
        return newest.isAfter(now.plus(Gate.FUTURE_TOLERANCE));
    }

    /** The newest record of what engines publish as time passes: by an engine's clock, or the broker's. */
    private static Instant newest(KafkaSettings kafka) throws InterruptedException {
        Topics topics = kafka.topics();
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        try (Admin admin = Admin.create(kafka.clientProperties());
                TopicReader reader = new TopicReader(kafka)) {
            for (String topic : List.of(topics.live(), topics.kpi())) {
                reader.partitions(topic).forEach(partition -> asked.put(partition, OffsetSpec.maxTimestamp()));
            }
            ListOffsetsResult answer = admin.listOffsets(asked);
            return newest(
                    asked.keySet().stream().collect(Collectors.toMap(Function.identity(), answer::partitionResult)));
        }
    }

    /**
     * The newest of what was asked for: the epoch when there is none, or when the brokers are too old to say. A partition
     * that has no leader, say, is left out: who waits for it may be a sink or a page, which needs no clock.
     */
    static Instant newest(Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers) throws InterruptedException {
        long newestMillis = 0;
        for (Map.Entry<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answer : answers.entrySet()) {
            try {
                newestMillis = Math.max(newestMillis, answer.getValue().get().timestamp());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UnsupportedVersionException) {
                    log.info(
                            "clock=not-compared why=\"brokers before Kafka 3.0 don't say what their newest record is\"");
                    return Instant.EPOCH;
                }
                log.warn(
                        "clock=not-compared-with partition={} why=\"{}\"",
                        answer.getKey(),
                        String.valueOf(e.getCause()));
            }
        }
        return Instant.ofEpochMilli(newestMillis);
    }
}
