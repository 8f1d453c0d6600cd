package org.heliograph.agent.intake.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.heliograph.agent.journal.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's clock, with what is thought of it. Looked at whenever its time is used. */
public final class AgentClock {
    private static final Logger log = LoggerFactory.getLogger(AgentClock.class);

    /** The agent was written after this. */
    public static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    private static final String SEEN = "clock/seen";
    private static final long KEEP_EVERY_MILLIS = 60_000;

    private final Machine machine;
    private final Journal journal;
    private final Duration waitAtMost;
    private final Origins origins;
    private Standing standing = Standing.FIRST;
    private long seenMillis;
    private boolean doubted = true;

    public AgentClock(Machine machine, Journal journal, Duration waitAtMost) {
        this.machine = machine;
        this.journal = journal;
        this.waitAtMost = waitAtMost;
        this.seenMillis = journal.counter(SEEN);
        this.origins = new Origins(journal, machine.start());
    }

    /** A clock that nobody doubts: that of a program which embeds the agent. */
    public static AgentClock trusted(InstantSource clock, Journal journal) {
        Machine machine = new Machine() {
            @Override
            public long wallMillis() {
                return clock.millis();
            }

            @Override
            public long upMillis() {
                return clock.millis();
            }

            @Override
            public String start() {
                return "trusted";
            }

            @Override
            public Sync sync() {
                return Sync.YES;
            }
        };
        AgentClock trusted = new AgentClock(machine, journal, Duration.ZERO);
        trusted.standing = new Standing.Believed(0, true);
        trusted.doubted = false;
        return trusted;
    }

    /**
     * A look at the clock.
     *
     * @param start of the machine
     */
    public record Look(Standing standing, long wallMillis, long upMillis, String start) {}

    public synchronized Look look() {
        long wallMillis = machine.wallMillis();
        long upMillis = machine.upMillis();
        if (doubted) {
            Standing before = standing;
            standing = Standing.next(
                    before,
                    new Standing.Rules(EARLIEST.toEpochMilli(), seenMillis, waitAtMost),
                    wallMillis,
                    upMillis,
                    machine.sync());
            say(before);
            remember(wallMillis);
            if (standing instanceof Standing.Believed believed) {
                origins.learn(believed);
            }
        }
        return new Look(standing, wallMillis, upMillis, machine.start());
    }

    /** Since the machine's start: for durations, which no setting of the clock changes. */
    public long upMillis() {
        return machine.upMillis();
    }

    /**
     * By which a held entry of a start of the machine gets its time; empty when nobody knows, or not yet.
     *
     * @param mayGuess whether the time of a clock that nothing keeps right may be used for good
     */
    Optional<Origins.Origin> origin(String start, long offset, boolean mayGuess) {
        return origins.of(start, offset, mayGuess);
    }

    private void say(Standing before) {
        long stepMillis = Standing.stepMillis(before, standing);
        if (stepMillis != 0) {
            log.warn("clock=set by={}", Duration.ofMillis(stepMillis));
        }
        if (Standing.isChange(before, standing)) {
            switch (standing) {
                case Standing.Held held -> log.warn("clock=doubted reason={}", held.reason());
                case Standing.Believed now -> log.info("clock=believed synchronised={}", now.synchronised());
            }
        }
    }

    private void remember(long wallMillis) {
        if (standing instanceof Standing.Believed believed
                && believed.synchronised()
                && Math.abs(wallMillis - seenMillis) >= KEEP_EVERY_MILLIS) {
            seenMillis = wallMillis;
            journal.keepCounter(SEEN, wallMillis);
        }
    }
}
