package org.heliograph.agent.intake.time;

import java.time.Duration;
import java.time.Instant;

/** How far the agent's clock is believed. */
public sealed interface Standing {
    /** A clock that differs by more than this from where it was, beside the machine's own count, was set anew. */
    long STEP_MILLIS = 2_000;

    /** Not at all yet: readings without a time of their own wait for it. */
    record Held(Cause cause, String reason) implements Standing {}

    enum Cause {
        NOT_LOOKED_AT,
        BEFORE_THE_AGENT,
        BEHIND_WHAT_WAS_SEEN,
        NOT_SET_YET
    }

    /**
     * It is.
     *
     * @param originMillis the wall clock at the machine's start, as it follows from now
     * @param synchronised whether something keeps it right
     */
    record Believed(long originMillis, boolean synchronised) implements Standing {}

    /**
     * By what the clock is judged.
     *
     * @param earliestMillis no time before this can be now
     * @param seenMillis the last time that an agent with this journal believed while it was kept right
     * @param waitAtMost for a time service, after the machine's start; a site without one would wait for ever
     */
    record Rules(long earliestMillis, long seenMillis, Duration waitAtMost) {}

    /** A clock may be behind what was seen by so much. */
    long BEHIND_MILLIS = 60_000;

    /** What holds before the first look at the machine. */
    Standing FIRST = new Held(Cause.NOT_LOOKED_AT, "the agent has just started");

    /** What follows from a look at the machine. */
    static Standing next(Standing before, Rules rules, long wallMillis, long upMillis, Machine.Sync sync) {
        boolean kept = sync == Machine.Sync.YES;
        if (wallMillis < rules.earliestMillis()) {
            return new Held(Cause.BEFORE_THE_AGENT, "the clock says " + Instant.ofEpochMilli(wallMillis));
        }
        if (!kept && wallMillis < rules.seenMillis() - BEHIND_MILLIS) {
            return new Held(
                    Cause.BEHIND_WHAT_WAS_SEEN,
                    "the clock says " + Instant.ofEpochMilli(wallMillis) + ", but it was "
                            + Instant.ofEpochMilli(rules.seenMillis()) + " already");
        }
        if (!kept && before instanceof Held && upMillis < rules.waitAtMost().toMillis()) {
            return new Held(Cause.NOT_SET_YET, "no time service has set the clock yet");
        }
        return new Believed(wallMillis - upMillis, kept);
    }

    /** Whether what is thought of the clock is something else, whatever time it shows. */
    static boolean isChange(Standing before, Standing after) {
        return switch (after) {
            case Held now -> !(before instanceof Held then) || then.cause() != now.cause();
            case Believed now -> !(before instanceof Believed then) || then.synchronised() != now.synchronised();
        };
    }

    /** By how much the clock was set between two looks; 0 when it wasn't. */
    static long stepMillis(Standing before, Standing after) {
        if (before instanceof Believed a && after instanceof Believed b) {
            long step = b.originMillis() - a.originMillis();
            return Math.abs(step) > STEP_MILLIS ? step : 0;
        }
        return 0;
    }
}
