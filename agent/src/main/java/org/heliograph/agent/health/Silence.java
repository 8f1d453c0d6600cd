package org.heliograph.agent.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.heliograph.telemetry.site.Sun;

/**
 * Who is silent. A device is when it has missed some of its reports: how often it reports is known, or learned from the
 * pauses between those that came. Whose transport says by itself when it is gone, as of one that reports only what has
 * changed, is silent when that is said, and not before. Knows no clock; pauses are measured by the machine's own count,
 * which nobody sets.
 */
public final class Silence {
    /** Devices that are watched; of more, only those that are named. */
    static final int DEVICES_MAX = 10_000;

    static final Duration LONGEST_REST = Sun.LONGEST_NIGHT;

    /** What is too rarely heard to know how often it reports. */
    static final Duration UNLEARNED = Duration.ofDays(1);

    /** Pauses until what was learned counts; and as many in a row that it doesn't explain, until it is learned anew. */
    private static final int PAUSES_MIN = 3;
    /** What was learned is of about so many pauses; by their length, as of a burst of messages only its distance counts. */
    private static final double PAUSES_REMEMBERED = 8;

    private final Map<String, Watched> devices = new LinkedHashMap<>();
    private Rule rule;

    /**
     * What is silent.
     *
     * @param periods so many reports have to be missing
     * @param atLeast nobody is silent sooner
     * @param known how often a device reports, said of itself; empty to learn it
     * @param usual how often devices of its kind report; one that has shown that it reports more rarely does
     * @param resting devices that are expected to be quiet now, as solar inverters by night; for {@link #LONGEST_REST} at most
     * @param named devices that are watched however many others there are
     * @param gone devices that nobody misses: of them nothing is said
     */
    public record Rule(
            int periods,
            Duration atLeast,
            Function<String, Optional<Duration>> known,
            Function<String, Optional<Duration>> usual,
            Predicate<String> resting,
            Predicate<String> named,
            Predicate<String> gone) {
        /** Messages that come closer are of one report: no pause between them could be missed. */
        private long reportMillis() {
            return atLeast.toMillis() / periods;
        }
    }

    /**
     * A device became silent, or was heard again.
     *
     * @param told whether its transport has told of it already
     */
    public record Change(String device, boolean silent, Duration since, boolean told) {}

    /** @param lastMillis when it was heard last; 0 when it never was */
    public record State(String device, long lastMillis, boolean silent) {}

    public Silence(Rule rule) {
        this.rule = rule;
    }

    public synchronized void rule(Rule other) {
        rule = other;
    }

    /** Waits for a device that was never heard. */
    public synchronized void expect(String device, long upMillis) {
        watched(device, upMillis).ifPresent(watched -> watched.expect(upMillis));
    }

    /** Waits for one of which only something old was told: it may be gone since, or report seldom. */
    public synchronized void recall(String device, long upMillis) {
        boolean isNew = !devices.containsKey(device);
        watched(device, upMillis).ifPresent(watched -> watched.onlyRecalled |= isNew);
    }

    /** It is no longer ours. */
    public synchronized void forget(String device) {
        devices.remove(device);
    }

    /** @param wallMillis what the clock says, for {@link State#lastMillis} and nothing else */
    public synchronized void heard(String device, long upMillis, long wallMillis) {
        watched(device, upMillis).ifPresent(watched -> {
            if (!watched.everHeard || upMillis >= watched.sinceMillis) {
                watched.heard(
                        upMillis,
                        rule.reportMillis(),
                        rule.usual()
                                .apply(device)
                                .map(_ -> patience(device, watched).toMillis())
                                .orElse(0L));
                watched.lastMillis = wallMillis;
            }
        });
    }

    /** Its transport says whether it is there: from now on that counts. */
    public synchronized void told(String device, boolean present, long upMillis) {
        watched(device, upMillis).ifPresent(watched -> {
            watched.supervised = true;
            watched.onlyRecalled = false;
            watched.away = !present;
            if (present) {
                watched.sinceMillis = upMillis;
                watched.told = true;
            } else {
                watched.awayMillis = upMillis;
            }
        });
    }

    /**
     * Its transport won't say any more whether it is there: its pace counts again, if it is heard by another, and is learned
     * anew. One that reported only what had changed had none.
     */
    public synchronized void unattended(String device) {
        Watched watched = devices.get(device);
        if (watched != null && watched.supervised) {
            watched.supervised = false;
            watched.pauses = 0;
            watched.pauseMillis = 0;
            watched.unexplained = 0;
        }
    }

    private Optional<Watched> watched(String device, long upMillis) {
        Watched known = devices.get(device);
        if (known == null && (devices.size() < DEVICES_MAX || rule.named().test(device))) {
            known = new Watched(upMillis);
            devices.put(device, known);
        }
        return Optional.ofNullable(known);
    }

    /** What has changed since the last look. */
    public synchronized List<Change> look(long upMillis) {
        List<Change> changes = new ArrayList<>();
        devices.forEach((device, watched) -> {
            if (rule.gone().test(device)) {
                return; // what is known of it stays: the next model may have it again
            }
            long quietMillis = upMillis - watched.sinceMillis;
            boolean quiet = watched.away
                    || (!watched.supervised
                            && quietMillis > patience(device, watched).toMillis());
            // who fell silent before its rest doesn't come back by that
            boolean silent = quiet && (watched.silent || !isResting(device, quietMillis));
            if (silent != watched.silent) {
                watched.told = silent ? watched.away : watched.told;
                watched.silent = silent;
                changes.add(new Change(device, silent, Duration.ofMillis(quietMillis), watched.told));
            }
        });
        return changes;
    }

    private boolean isResting(String device, long quietMillis) {
        return quietMillis <= LONGEST_REST.toMillis() && rule.resting().test(device);
    }

    public synchronized List<State> states() {
        return devices.entrySet().stream()
                .filter(entry -> !rule.gone().test(entry.getKey()))
                .map(entry -> new State(entry.getKey(), entry.getValue().lastMillis, entry.getValue().silent))
                .toList();
    }

    private Duration patience(String device, Watched watched) {
        Optional<Duration> known = rule.known().apply(device);
        Optional<Duration> usual = rule.usual().apply(device);
        boolean isLearned = watched.pauses >= PAUSES_MIN;
        if (known.isEmpty() && usual.isEmpty() && (watched.everHeard || watched.onlyRecalled) && !isLearned) {
            return UNLEARNED;
        }
        Duration learned = isLearned ? Duration.ofMillis((long) watched.pauseMillis) : Duration.ZERO;
        Duration period = known.orElseGet(
                () -> usual.filter(shorter -> shorter.compareTo(learned) > 0).orElse(learned));
        Duration patience = period.multipliedBy(rule.periods());
        return patience.compareTo(rule.atLeast()) > 0 ? patience : rule.atLeast();
    }

    private static final class Watched {
        private long sinceMillis;
        /** When its latest report began. */
        private long reportMillis;

        private double pauseMillis;
        private int pauses;
        /** In a row, that were too long by what was learned. */
        private int unexplained;

        private boolean everHeard;
        /** Whether nobody expects it, or has heard it. */
        private boolean onlyRecalled;

        private long lastMillis;
        private boolean silent;
        /** Whether its transport told that it is. */
        private boolean told;

        private boolean supervised;
        private boolean away;
        private long awayMillis;

        Watched(long upMillis) {
            sinceMillis = upMillis;
            reportMillis = upMillis;
        }

        /** Whoever wasn't expected yet has from now on the time that any has. */
        void expect(long upMillis) {
            if (onlyRecalled && !everHeard && !silent) {
                sinceMillis = upMillis;
                reportMillis = upMillis;
            }
            onlyRecalled = false;
        }

        /** @param usualMillis how long one of its kind may be quiet; 0 when that isn't known */
        void heard(long upMillis, long oneReportMillis, long usualMillis) {
            long pause = upMillis - reportMillis;
            if (!everHeard) {
                reportMillis = upMillis;
            } else if (pause >= oneReportMillis) {
                learn(pause, usualMillis);
                reportMillis = upMillis;
            }
            everHeard = true;
            if (away && upMillis >= awayMillis) {
                // it speaks, and who said that it is gone doesn't say that it is back: it has another transport now
                away = false;
                supervised = false;
                told = false;
            }
            sinceMillis = upMillis;
        }

        /**
         * One silence doesn't teach that silence is usual; but one that nothing usual interrupts is. Where its kind has a pace
         * nothing else teaches another.
         */
        private void learn(long pause, long usualMillis) {
            if (usualMillis > 0 && pauses < PAUSES_MIN) {
                unexplained = pause > usualMillis ? unexplained + 1 : 0;
                if (unexplained >= PAUSES_MIN) {
                    unexplained = 0;
                    pauses = PAUSES_MIN;
                    pauseMillis = pause;
                }
            } else if (pauses < PAUSES_MIN) {
                pauseMillis = Math.max(pauseMillis, (double) pause);
                pauses++;
            } else if (!silent) {
                unexplained = 0;
                pauseMillis += Math.min(1, pause / (PAUSES_REMEMBERED * pauseMillis)) * (pause - pauseMillis);
            } else if (++unexplained >= PAUSES_MIN) {
                unexplained = 0;
                pauseMillis = pause;
            }
        }
    }
}
