package org.heliograph.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.config.WhenFull;
import org.heliograph.agent.health.Canary;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.health.Silence;
import org.heliograph.agent.health.WatchedIntake;
import org.heliograph.agent.intake.GivingWay;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.RateLimit;
import org.heliograph.agent.intake.Spoilage;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Machine;
import org.heliograph.agent.intake.time.Restamping;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.uplink.KafkaUplink;
import org.heliograph.agent.uplink.Pump;
import org.heliograph.telemetry.kafka.KafkaSection;
import org.heliograph.telemetry.reading.DeviceId;
import org.jspecify.annotations.Nullable;

/**
 * A running agent: what {@code agent run} runs, and what a program that embeds one starts. Its threads are daemons: such a
 * program keeps one of its own for as long as the agent is to run.
 */
public final class Agent implements AutoCloseable {
    private final InstantSource clock;
    private final AgentClock time;
    private final MachineClock moments;
    private final long found;
    private final Journal journal;
    private final KafkaUplink uplink;
    private final Pump pump;
    private final JournalingIntake intake;
    private final RateLimit limit;
    private final Silence silence;
    private final AgentHealth condition;
    private final Sources sources = new Sources();
    private final Lookout lookout;
    private volatile AgentConfig config;
    private volatile @Nullable Canary canary;
    private @Nullable HealthDoor health;
    private volatile List<String> left = List.of();

    private Agent(AgentConfig config, Journal journal, AgentClock time, InstantSource clock) {
        this.config = config;
        this.journal = journal;
        this.found = journal.backlog().entries();
        this.clock = clock;
        this.time = time;
        this.moments = new MachineClock(clock, time::upMillis);
        KafkaSection kafka = config.kafka();
        uplink = new KafkaUplink(
                kafka.bootstrap(), kafka.topics(), "heliograph-" + config.agent(), kafka.whole(), clock);
        Restamping restamping = new Restamping(time, this::isReachable);
        Spoilage spoilage = new Spoilage(new DeviceId(config.site(), config.agent()), journal.born());
        pump = new Pump(journal, uplink, entries -> spoilage.told(restamping.due(entries)));
        intake = new JournalingIntake(
                journal, config.agent(), time, config.journal().deviceTimeFrom());
        Operation operation = config.operation();
        Expectations expectations = Expectations.of(config, clock);
        silence = new Silence(expectations.rule());
        limit = new RateLimit(
                new WatchedIntake(intake, silence, clock, time::upMillis),
                operation.limit().packsPerSecond(),
                operation.limit().burst(),
                clock);
        limit.named(expectations::names);
        lookout = new Lookout(config.site(), silence, intake, this::watch, clock, time::upMillis);
        condition = new AgentHealth(journal, pump, time, lookout.death(), sources);
    }

    /**
     * Opens the journal and starts everything, with a clock that nobody doubts; what can't be reached yet is waited for.
     *
     * @throws JournalException if the journal can't be opened, or another agent has it
     */
    public static Agent start(AgentConfig config, InstantSource clock) throws JournalException {
        return start(config, journal -> AgentClock.trusted(clock, journal), clock);
    }

    /** Starts everything on a machine whose clock may be wrong. */
    public static Agent start(AgentConfig config, Machine machine) throws JournalException {
        return start(
                config,
                journal -> new AgentClock(machine, journal, config.journal().waitForTime()),
                () -> Instant.ofEpochMilli(machine.wallMillis()));
    }

    private static Agent start(AgentConfig config, Function<Journal, AgentClock> time, InstantSource clock)
            throws JournalException {
        AgentConfig.Journal limits = config.journal();
        Journal journal = Journal.open(
                limits.path(),
                new Journal.Limits(limits.commitEvery(), limits.commitAt(), limits.maxBytes()),
                givingWay(new DeviceId(config.site(), config.agent()), limits.whenFull()),
                clock);
        Agent agent;
        try {
            agent = new Agent(config, journal, time.apply(journal), clock);
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
        try {
            agent.pump.start();
            agent.runSources();
            agent.lookout.start();
            agent.openHealth();
            return agent;
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private static GivingWay givingWay(DeviceId agent, WhenFull rules) {
        Predicate<String> yields = device -> rules.of(device) != WhenFull.Way.REFUSE_NEW;
        return rules.thins()
                ? new GivingWay(agent, yields, device -> rules.of(device) == WhenFull.Way.THIN_OUT, rules.number())
                : new GivingWay(agent, yields, rules.number());
    }

    /**
     * Goes on with another configuration: devices, limits and what is called silent. The journal and the sources that are
     * configured as before are not touched.
     *
     * @return the parts that differ and that only a restart takes up
     */
    public synchronized List<String> reload(AgentConfig changed) {
        List<String> later = Stream.of(
                        differs("agent", AgentConfig::agent, changed),
                        differs("site", AgentConfig::site, changed),
                        differs("kafka", AgentConfig::kafka, changed),
                        differs("journal", AgentConfig::journal, changed),
                        differs("health", c -> String.valueOf(c.operation().health()), changed))
                .flatMap(List::stream)
                .toList();
        condition.later(later);
        Set<String> gone = declared(config);
        gone.removeAll(declared(changed));
        config = config.taking(changed);
        Operation operation = config.operation();
        limit.limit(operation.limit().packsPerSecond(), operation.limit().burst());
        Expectations expectations = Expectations.of(config, clock);
        limit.named(expectations::names);
        silence.rule(expectations.rule());
        gone.forEach(silence::forget);
        runSources();
        return later;
    }

    /** Says by its health that it doesn't run by the file as it is now; empty when it does. */
    void refused(Optional<String> flaw) {
        condition.refused(flaw);
    }

    private List<String> differs(String part, Function<AgentConfig, Object> of, AgentConfig changed) {
        return of.apply(config).equals(of.apply(changed)) ? List.of() : List.of(part);
    }

    private void runSources() {
        List<Sources.Plan> plans = new ArrayList<>(Sources.plans(
                config, moments, new JournalCounts(journal), new JournalNames(journal), condition::signal));
        Operation.Canary own = config.operation().canary();
        if (own == null) {
            canary = null;
        } else {
            plans.add(Sources.Plan.of("canary", AgentConfig.Part.CANARY, own, () -> {
                Canary singing = new Canary(
                        own,
                        config.site(),
                        moments,
                        () -> new Canary.Song(condition.signal().number(), 100 * condition.load()),
                        journal::awaitConfirmed);
                canary = singing;
                return singing;
            }));
        }
        sources.run(plans, config.owners(), limit);
        declared(config).forEach(device -> silence.expect(device, time.upMillis()));
    }

    /** Devices that are to be heard because the configuration names them. */
    private static Set<String> declared(AgentConfig config) {
        Set<String> devices = new HashSet<>();
        config.owners().forEach((device, part) -> {
            if (part != AgentConfig.Part.CANARY) {
                devices.add(device.device());
            }
        });
        return devices;
    }

    private void watch() {
        journal.watch();
        sources.watch(time.upMillis());
    }

    private void openHealth() {
        Operation.Health at = config.operation().health();
        if (at != null) {
            health = new HealthDoor(at, this::health, this::metrics, HealthDoor.TRY_EVERY);
            health.open();
        }
    }

    private boolean isReachable() {
        return pump.isReachable();
    }

    public Status status() {
        return new Status(
                intake.counts(), pump.uplinked(), pump.isReachable(), journal.backlog(), journal.droppedDeadLetters());
    }

    /** Entries that waited at the start. */
    long found() {
        return found;
    }

    public Health health() {
        return condition.health();
    }

    /** For Prometheus. */
    String metrics() {
        return new Metrics(config, condition, sources, silence, limit, intake, journal, pump, canary)
                .at(clock.millis());
    }

    /** The devices that the configuration names and that were never heard. */
    public Set<String> unheard() {
        Set<String> never = silence.states().stream()
                .filter(device -> device.lastMillis() == 0)
                .map(Silence.State::device)
                .collect(Collectors.toSet());
        never.retainAll(declared(config));
        return never;
    }

    List<Sources.Running> sources() {
        return sources.running();
    }

    /**
     * Completes when one of the threads that everything depends on has died: nothing would be kept, or nothing sent, or no
     * device ever be silent, and nobody would notice. The process should end, so that its supervisor starts another.
     */
    public CompletableFuture<Throwable> death() {
        return journal.death()
                .applyToEither(pump.death(), Function.identity())
                .applyToEither(lookout.death(), Function.identity());
    }

    public AgentConfig config() {
        return config;
    }

    /** Stops the sources, brings what they took to disk, sends what goes at once. The rest is sent after the next start. */
    @Override
    public void close() {
        left = new Stop().run(this::end);
    }

    /** Parts that didn't end in time when it was closed, by name: their threads go with the process. */
    List<String> left() {
        return left;
    }

    private List<String> end(Stop.Step step, Duration patience) {
        switch (step) {
            case SOURCES -> {
                lookout.end();
                return sources.close(patience);
            }
            case INTAKE -> {
                intake.tellUntold(Duration.ZERO);
                flush(patience);
            }
            case PUMP -> pump.close(pump.isReachable() ? patience : Duration.ZERO);
            case UPLINK -> uplink.close(patience);
            case HEALTH -> {
                if (health != null) {
                    health.close();
                }
            }
            case JOURNAL -> journal.close(patience);
        }
        return List.of();
    }

    private void flush(Duration atMost) {
        try {
            journal.flush().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException _) {
            // closing the journal tries once more, and says what it couldn't write
        }
    }
}
