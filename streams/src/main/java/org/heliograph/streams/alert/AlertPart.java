package org.heliograph.streams.alert;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.telemetry.Ending;
import org.heliograph.telemetry.kafka.BrokerContact;
import org.heliograph.telemetry.kafka.CommittedRecords;
import org.heliograph.telemetry.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running alerts. To compare devices with their neighbours somebody has to see all of them, so of all instances one
 * judges and tells: who has the one partition of {@code hg.sites} in the consumer group. Another takes over when it goes.
 */
public final class AlertPart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AlertPart.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final String LEAD = "lead";
    private static final String WATCH = "alert-watch";
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
    private static final int SESSION_TIMEOUT_MILLIS = 15_000;

    private final Topics topics;
    private final AlertSettings settings;
    private final AlertClients clients;
    private final Function<String, Consumer<byte[], byte[]>> members;
    private final BrokerContact contact;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private final Thread thread = Thread.ofVirtual()
            .name("alerts")
            .uncaughtExceptionHandler((_, e) -> {
                log.error("alerts=broken worker={}", LEAD, e);
                broken.complete(null);
            })
            .unstarted(this::run);
    private volatile boolean leading;
    /** What keeps a thread from its work now, by its name; a thread that gets on takes its own away. */
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    private final List<Relay> relays = new CopyOnWriteArrayList<>();

    /** @param members of the group that its argument names */
    AlertPart(
            AlertClients clients,
            Function<String, Consumer<byte[], byte[]>> members,
            Topics topics,
            AlertSettings settings) {
        this.clients = clients;
        this.members = members;
        this.contact = new BrokerContact(clients.clock(), AlertPart::tell);
        this.topics = topics;
        this.settings = settings;
    }

    /**
     * Starts. Kafka doesn't need to be there yet, nor any receiver.
     *
     * @param kafka client settings, at least {@code bootstrap.servers}
     */
    public static AlertPart start(Map<String, Object> kafka, Topics topics, AlertSettings settings) {
        AlertClients clients = new AlertClients(
                InstantSource.system(),
                System::nanoTime,
                group -> consumer(kafka, group, false),
                () -> producer(kafka));
        AlertPart part = new AlertPart(clients, group -> consumer(kafka, group, true), topics, settings);
        part.start();
        return part;
    }

    void start() {
        thread.start();
    }

    /** Whether it is this instance that judges and tells: not, where it is its turn and all that it tries fails. */
    public boolean isLeading() {
        return leading && isWatched();
    }

    /** Whether figures are judged as far as this instance knows: by itself, or by another while it isn't its turn. */
    public boolean isWatched() {
        return !problems.containsKey(LEAD) && !problems.containsKey(WATCH);
    }

    /** Why it can't do its part now; empty when it can. */
    public String problem() {
        Stream<String> away = receivers().stream()
                .filter(receiver -> !receiver.problem().isEmpty())
                .map(receiver -> receiver.name() + ": " + receiver.problem());
        return Stream.concat(problems.values().stream().sorted(), away)
                .findFirst()
                .orElse("");
    }

    /** The receivers that this instance tells; none while another does. */
    public List<ReceiverState> receivers() {
        return relays.stream().map(this::state).toList();
    }

    /** A receiver takes nothing either while whoever tells it can't. */
    private ReceiverState state(Relay relay) {
        ReceiverState state = relay.state();
        return state.problem().isEmpty()
                ? new ReceiverState(state.name(), problems.getOrDefault(worker(state.name()), ""), state.refused())
                : state;
    }

    /** Completed when a fault has ended a thread that trying anew doesn't mend: the process must not go on without it. */
    public CompletableFuture<Void> broken() {
        return broken.copy();
    }

    @Override
    public void close() {
        stop.countDown();
        Ending.await(thread, CLOSE_LIMIT);
    }

    private void run() {
        while (!isStopped(Duration.ZERO)) {
            try (Consumer<byte[], byte[]> lead = members.apply(settings.group())) {
                lead.subscribe(List.of(topics.sites()));
                lead(lead);
            } catch (RuntimeException e) {
                if (!e.toString().equals(problems.put(LEAD, e.toString()))) { // it is tried again each second
                    log.warn("alerts=restarting worker={}", LEAD, e);
                }
                isStopped(RETRY);
            }
        }
    }

    /** Works while it is this instance's turn, until it is stopped. */
    private void lead(Consumer<byte[], byte[]> lead) {
        List<Worker> team = new ArrayList<>();
        try {
            while (!isStopped(Duration.ZERO)) {
                ConsumerRecords<byte[], byte[]> records = lead.poll(AlertClients.POLL);
                contact.listened(lead, !records.isEmpty());
                takePart();
                boolean isMine = !lead.assignment().isEmpty();
                if (isMine && team.isEmpty()) {
                    log.info("alerts=leading rules={}", settings.rules().rules().size());
                    begin(team);
                } else if (!isMine && !team.isEmpty()) {
                    log.info("alerts=following");
                    end(team);
                }
            }
        } finally {
            end(team);
        }
    }

    /** What it can while it waits for its turn as well: be told that it is. */
    private void takePart() {
        String problem = contact.problem();
        if (problem.isEmpty()) {
            problems.remove(LEAD);
        } else {
            problems.put(LEAD, problem);
        }
    }

    private static void tell(String problem) {
        if (problem.isEmpty()) {
            log.info("alerts=hears-kafka");
        } else {
            log.warn("alerts=waiting reason=\"{}\"", problem);
        }
    }

    private void begin(List<Worker> team) {
        leading = true;
        team.add(worker(WATCH, turns -> new AlertWatch(clients, topics, settings).work(turns)));
        settings.webhook().ifPresent(webhook -> team.add(relay(new WebhookReceiver(webhook), webhook.repeat())));
        settings.mqtt().ifPresent(mqtt -> team.add(relay(new MqttReceiver(mqtt), Duration.ofMinutes(1))));
    }

    private Worker relay(Receiver receiver, Duration repeat) {
        Relay relay = new Relay(clients, topics, settings.group() + "-" + receiver.name(), receiver, repeat);
        relays.add(relay);
        return worker(worker(receiver.name()), turns -> {
            try (receiver) {
                relay.work(turns);
            }
        });
    }

    private void end(List<Worker> team) {
        leading = false;
        team.forEach(Worker::close);
        problems.keySet().retainAll(Set.of(LEAD));
        relays.clear();
        team.clear();
    }

    private static String worker(String receiver) {
        return "alert-" + receiver;
    }

    private Worker worker(String name, Worker.Work work) {
        return Worker.start(name, work, problems, stop, broken);
    }

    private boolean isStopped(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** A consumer that commits what it is told to, under a group's name, member of it or not. */
    private static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka, String group, boolean isMember) {
        Map<String, Object> all = CommittedRecords.settings(kafka);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, group + (isMember ? "-lead" : ""));
        all.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
        all.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Producer<byte[], byte[]> producer(Map<String, Object> kafka) {
        Map<String, Object> all = new HashMap<>(kafka);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
