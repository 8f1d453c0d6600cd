package org.heliograph.streams.alert;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges what the engine publishes, and says so on {@code hg.alerts}. After a restart it recalls from there what it has said,
 * and reads the figures of the last while again: what was pending is so again (but for what the clock tells), and what was
 * said isn't repeated, because nothing older than that changes a course. So offsets are committed late ({@link LateOffsets}), by as long as the
 * longest rule looks back. What it reads again comes one partition after the other: devices are compared only when all of it is there.
 */
final class AlertWatch {
    private static final Logger log = LoggerFactory.getLogger(AlertWatch.class);
    private static final Duration SLACK = Duration.ofMinutes(5);

    private final AlertClients clients;
    private final Topics topics;
    private final AlertSettings settings;
    private final Duration lookBack;
    /** The rules of which it was said that they judge nothing. */
    private Set<String> idle = Set.of();

    AlertWatch(AlertClients clients, Topics topics, AlertSettings settings) {
        this.clients = clients;
        this.topics = topics;
        this.settings = settings;
        this.lookBack = settings.rules().longestHold().plus(SLACK);
    }

    void work(Worker.Turns turns) throws InterruptedException {
        Observer observer = new Observer(lookBack);
        Judge judge = new Judge(settings.rules(), observer.inventory());
        Heartbeat heartbeat = new Heartbeat();
        LateOffsets offsets = new LateOffsets(lookBack);
        try (Consumer<byte[], byte[]> consumer = clients.consumers().apply(settings.group() + "-watch");
                Producer<byte[], byte[]> producer = clients.producers().get()) {
            List<TopicPartition> said = Partitions.of(consumer, List.of(topics.alerts()));
            Partitions.readUntil(consumer, consumer.endOffsets(said), record -> recall(judge, record));
            say(producer, judge.reconcile(clients.clock().millis()));
            observer.recall(judge);
            Map<TopicPartition, Long> modelled = readModels(consumer, observer, heartbeat);
            List<TopicPartition> all = begin(consumer, modelled);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            observer.gather();
            boolean gathers = true;
            long checkedNanos = clients.nanos().getAsLong();
            while (!turns.isOver() && !Thread.currentThread().isInterrupted()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(AlertClients.POLL);
                List<Alert> changes = new ArrayList<>();
                records.forEach(record -> observe(record, observer, heartbeat, judge, changes));
                if (gathers && all.stream().allMatch(one -> consumer.position(one) >= ends.getOrDefault(one, 0L))) {
                    gathers = false;
                    heartbeat.gathered(clients.nanos().getAsLong());
                    observer.gathered().forEach(one -> changes.addAll(judge.observe(one)));
                }
                say(producer, changes);
                if (clients.nanos().getAsLong() - checkedNanos > AlertClients.CHECK.toNanos()) {
                    checkedNanos = clients.nanos().getAsLong();
                    say(producer, look(judge, observer, heartbeat));
                    tellIdle(judge.idle(clients.clock().millis()));
                    offsets.commit(consumer, all, clients.nanos().getAsLong());
                    if (!gathers) {
                        turns.areWell();
                    }
                    if (!Partitions.of(consumer, figures()).equals(all)) {
                        return; // partitions were added: begin anew with all of them
                    }
                }
            }
        }
    }

    /**
     * Before any figure: which area a device stands in, they alone say.
     *
     * @return up to where they are read, so that no figure is judged by an older one again
     */
    private Map<TopicPartition, Long> readModels(
            Consumer<byte[], byte[]> consumer, Observer observer, Heartbeat heartbeat) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(Partitions.of(consumer, List.of(topics.sites())));
        Partitions.readUntil(consumer, ends, record -> observeSite(record, observer, heartbeat));
        return ends;
    }

    /** A site's newest model, or that it has none any more. */
    private static void observeSite(ConsumerRecord<byte[], byte[]> record, Observer observer, Heartbeat heartbeat) {
        String site = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            observer.withdrawn(site);
            heartbeat.ends(site);
            return;
        }
        heartbeat.begins(site);
        try {
            observer.model(SiteFile.published(site, record.value()));
        } catch (ConfigurationException e) {
            passOver(record, e);
        }
    }

    private static void passOver(ConsumerRecord<byte[], byte[]> record, Exception why) {
        log.warn(
                "alerts=passed-over topic={} partition={} offset={} reason=\"{}\"",
                record.topic(),
                record.partition(),
                record.offset(),
                why.getMessage());
    }

    /** A rule that names what nobody knows of is silent as one is under which all is well. */
    private void tellIdle(Set<String> now) {
        for (String rule : now) {
            if (!idle.contains(rule)) {
                log.warn("alert-rule=idle rule={} why=\"no site model has the sites or areas that it names\"", rule);
            }
        }
        for (String rule : idle) {
            if (!now.contains(rule)) {
                log.info("alert-rule=at-work rule={}", rule);
            }
        }
        idle = Set.copyOf(now);
    }

    /** What the clock tells, which goes on where nothing is published. */
    private List<Alert> look(Judge judge, Observer observer, Heartbeat heartbeat) {
        long nowMillis = clients.clock().millis();
        long nowNanos = clients.nanos().getAsLong();
        List<Alert> changes = new ArrayList<>();
        heartbeat.at(nowMillis, nowNanos).forEach(one -> changes.addAll(judge.observe(one)));
        changes.addAll(judge.forget(nowMillis, nowNanos, observer.unnamed(), heartbeat.still(nowMillis, nowNanos)));
        return changes;
    }

    private List<String> figures() {
        return List.of(topics.sites(), topics.energy(), topics.kpi(), topics.live());
    }

    private static void recall(Judge judge, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() != null) {
            try {
                judge.recall(Alert.parseFrom(record.value()));
            } catch (InvalidProtocolBufferException e) {
                log.warn("alert=malformed reason=\"{}\"", e.getMessage());
            }
        }
    }

    /**
     * Takes all partitions: from where it had got, less the time that it looks back; at first, from that long ago.
     *
     * @param modelled up to where the models are read
     */
    private List<TopicPartition> begin(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> modelled) {
        List<TopicPartition> all = Partitions.of(consumer, figures());
        consumer.assign(all);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(all));
        Map<TopicPartition, Long> ends = consumer.endOffsets(all);
        Map<TopicPartition, Long> since = new HashMap<>();
        long fromMillis = clients.clock().millis() - lookBack.toMillis();
        all.forEach(partition -> since.put(partition, fromMillis));
        var young = consumer.offsetsForTimes(since);
        for (TopicPartition partition : all) {
            OffsetAndMetadata had = committed.get(partition);
            var first = young.get(partition);
            if (partition.topic().equals(topics.sites())) {
                seekModels(consumer, partition, modelled.get(partition));
            } else if (had != null) {
                consumer.seek(partition, had.offset());
            } else {
                consumer.seek(partition, first == null ? ends.getOrDefault(partition, 0L) : first.offset());
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(consumer.position(partition))));
            }
        }
        return all;
    }

    /** One that has come since is read from its beginning. */
    private static void seekModels(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, @Nullable Long readUntil) {
        if (readUntil == null) {
            consumer.seekToBeginning(List.of(partition));
        } else {
            consumer.seek(partition, readUntil);
        }
    }

    private void observe(
            ConsumerRecord<byte[], byte[]> record,
            Observer observer,
            Heartbeat heartbeat,
            Judge judge,
            List<Alert> changes) {
        if (record.topic().equals(topics.sites())) {
            observeSite(record, observer, heartbeat);
            return;
        }
        if (record.value() == null) {
            return;
        }
        try {
            List<Observation> seen = List.of();
            if (record.topic().equals(topics.energy())) {
                seen = observer.of(DeviceMinute.parseFrom(record.value()));
            } else if (record.topic().equals(topics.kpi())) {
                SiteWindow window = SiteWindow.parseFrom(record.value());
                heartbeat.figures(window);
                seen = observer.of(window);
            } else {
                SiteLive live = SiteLive.parseFrom(record.value());
                heartbeat.beats(live, clients.nanos().getAsLong());
                if (observer.isSetBack(live)) {
                    judge.turnBack(live.getSite(), live.getTimeMs());
                }
                seen = observer.of(live, judge.alerted(live.getSite()));
            }
            seen.forEach(one -> changes.addAll(judge.observe(one)));
        } catch (InvalidProtocolBufferException e) {
            passOver(record, e);
        }
    }

    /** Returns when Kafka has them all. */
    private void say(Producer<byte[], byte[]> producer, List<Alert> changes) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Alert alert : changes) {
            log.info(
                    "alert={} site={} device={} rule={} value={}",
                    alert.getState(),
                    alert.getSite(),
                    alert.getDevice(),
                    alert.getRule(),
                    alert.getValue());
            sent.add(producer.send(new ProducerRecord<>(
                    topics.alerts(),
                    null,
                    alert.getTimeMs(),
                    Relay.key(alert).getBytes(StandardCharsets.UTF_8),
                    alert.toByteArray())));
        }
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new KafkaException("an alert could not be said", e.getCause());
            }
        }
    }
}
