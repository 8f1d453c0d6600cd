package org.heliograph.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.health.Health.Cause;
import org.heliograph.agent.health.Health.Severity;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Standing;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.Load;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.uplink.Pump;

/** What the journal, the pump, the clock and the sources say of the agent's health. */
final class AgentHealth {
    /** Above it, the next entry may find no room. */
    private static final double FULL = 0.98;

    /** A journal whose oldest give way makes some room at once, and is between this and full from then on. */
    private static final double FULL_OF_YIELDING = 0.96;

    private static final double FILLING = 0.5;

    private final Journal journal;
    private final Pump pump;
    private final AgentClock clock;
    private final CompletableFuture<Throwable> lookout;
    private final Sources sources;

    /** What is wrong with the configuration that was changed last. */
    private volatile Optional<String> refused = Optional.empty();

    /** Parts of the configuration as it is now that only a restart takes up. */
    private volatile List<String> later = List.of();

    /** @param lookout completes when the thread that looks out for silent devices has died */
    AgentHealth(Journal journal, Pump pump, AgentClock clock, CompletableFuture<Throwable> lookout, Sources sources) {
        this.journal = journal;
        this.pump = pump;
        this.clock = clock;
        this.lookout = lookout;
        this.sources = sources;
    }

    /** @param flaw of the file as it is now; empty when there is none */
    void refused(Optional<String> flaw) {
        refused = flaw;
    }

    /** @param parts of the file as it is now, by which the agent doesn't run before it is started again */
    void later(List<String> parts) {
        later = List.copyOf(parts);
    }

    boolean needsRestart() {
        return !later.isEmpty();
    }

    boolean isConfigRefused() {
        return refused.isPresent();
    }

    /** Share of the journal's quota that readings take, with those that may give way: they are lost when they do. */
    double load() {
        return journal.load().all();
    }

    Health health() {
        List<Cause> causes = new ArrayList<>(withoutSources().causes());
        sources.running().forEach(source -> troubles(source).forEach(causes::add));
        return new Health(causes);
    }

    private static Stream<Cause> troubles(Sources.Running source) {
        return Stream.concat(
                        source.source().unconnected().map(reason -> "not connected: " + reason).stream(),
                        source.source().refusals().stream())
                .map(trouble -> new Cause("source", Severity.DEGRADED, source.name() + ": " + trouble));
    }

    private Health withoutSources() {
        List<Cause> causes = new ArrayList<>();
        died("journal", journal.death(), causes);
        died("uplink", pump.death(), causes);
        died("watch", lookout, causes);
        if (!journal.isWriting()) {
            causes.add(new Cause("journal", Severity.FAILING, journal.failure().orElse("the disk takes nothing")));
        }
        pump.unreadable()
                .ifPresent(
                        reason -> causes.add(new Cause("journal", Severity.FAILING, "nothing can be sent: " + reason)));
        Load load = journal.load();
        if (load.firm() >= FULL) {
            causes.add(new Cause("journal", Severity.FAILING, "it is full: devices are told to come back"));
        } else if (load.all() >= FULL_OF_YIELDING) {
            causes.add(new Cause("journal", Severity.DEGRADED, "it is full: the oldest readings give way to new ones"));
        } else if (load.all() >= FILLING) {
            causes.add(new Cause("journal", Severity.DEGRADED, Math.round(load.all() * 100) + " % of its quota wait"));
        }
        journal.greedy()
                .ifPresent(key -> causes.add(new Cause(
                        "journal",
                        Severity.DEGRADED,
                        key + " holds more than its share of it: what is beyond is lost, and counted (but it pushes"
                                + " again what it pushes over CoAP)")));
        pump.outage()
                .ifPresent(outage -> causes.add(new Cause(
                        "uplink",
                        Severity.DEGRADED,
                        (outage.answered() ? "Kafka takes nothing" : "Kafka is not reached") + "; readings are kept: "
                                + outage.reason())));
        pump.lettersWaitFor()
                .ifPresent(reason -> causes.add(
                        new Cause("rejects", Severity.DEGRADED, "dead letters wait, readings don't: " + reason)));
        if (clock.look().standing() instanceof Standing.Held held) {
            causes.add(new Cause("clock", Severity.DEGRADED, "readings that need its time are held: " + held.reason()));
        }
        refused.ifPresent(flaw -> causes.add(new Cause(
                "config",
                Severity.DEGRADED,
                "the changed file is refused: the agent goes on as it was, and would not start again with it: "
                        + flaw)));
        List<String> waiting = later;
        if (!waiting.isEmpty()) {
            causes.add(new Cause(
                    "config",
                    Severity.DEGRADED,
                    "the file was changed in what only a restart takes up: " + String.join(", ", waiting)));
        }
        return new Health(causes);
    }

    private static void died(String part, CompletableFuture<Throwable> death, List<Cause> causes) {
        if (death.isDone()) {
            causes.add(new Cause(part, Severity.DEAD, "its thread has died; the log says of what"));
        }
    }

    /** For the light on the board, and the canary. Both are sources themselves, and ask none. */
    Signal signal() {
        if (!withoutSources().isReady()) {
            return Signal.FAULT;
        }
        if (load() >= FILLING) {
            return Signal.FILLING;
        }
        return pump.isReachable() ? Signal.WELL : Signal.WAITING;
    }
}
