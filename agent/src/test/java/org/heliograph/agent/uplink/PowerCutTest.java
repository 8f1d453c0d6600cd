package org.heliograph.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Backlog;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.ModelDisk;
import org.heliograph.agent.journal.Stored;
import org.junit.jupiter.api.Test;

/** Journal and pump over a model of a disk, on thousands of schedules, each of them given by its seed. */
class PowerCutTest {
    private static final int SCHEDULES = 3_000;
    private static final int STEPS = 150;
    private static final long MAX_BYTES = 4_000;

    /** What is removed from the code, or from the disk, to see whether a schedule catches it. */
    private enum Mutation {
        NONE,
        NO_SYNC,
        SKIPPED_ENTRY,
        SWAPPED_ENTRIES,
        FORGOTTEN_LETTERS
    }

    @Test
    void nothing_acknowledged_is_lost_and_each_device_keeps_its_order() {
        assertThat(failures(Mutation.NONE, SCHEDULES)).isEmpty();
    }

    @Test
    void a_commit_that_is_not_synced_is_caught() {
        assertThat(failures(Mutation.NO_SYNC, 100)).isNotEmpty().anyMatch(failure -> failure.contains("lost"));
    }

    @Test
    void an_entry_that_is_confirmed_but_was_not_sent_is_caught() {
        assertThat(failures(Mutation.SKIPPED_ENTRY, 100)).isNotEmpty().anyMatch(failure -> failure.contains("lost"));
    }

    @Test
    void entries_that_are_sent_in_another_order_are_caught() {
        assertThat(failures(Mutation.SWAPPED_ENTRIES, 100)).isNotEmpty().allMatch(failure -> failure.contains("order"));
    }

    @Test
    void dead_letters_that_are_confirmed_while_they_wait_are_caught() {
        assertThat(failures(Mutation.FORGOTTEN_LETTERS, 100))
                .isNotEmpty()
                .allMatch(failure -> failure.contains("dead letters are lost"));
    }

    @Test
    void a_topic_of_dead_letters_that_is_away_holds_no_reading_back() {
        for (int seed = 0; seed < 200; seed++) {
            assertThat(new Schedule(seed, Mutation.NONE).readingsThatWaitForLetters())
                    .isZero();
        }
    }

    private static List<String> failures(Mutation mutation, int schedules) {
        return IntStream.range(0, schedules)
                .mapToObj(seed -> new Schedule(seed, mutation).run())
                .filter(failure -> !failure.isEmpty())
                .toList();
    }

    private static final class Schedule implements Uplink {
        private final int seed;
        private final Mutation mutation;
        private final Random random;
        private final ModelDisk disk = new ModelDisk();
        private final Map<String, Integer> next = new HashMap<>();
        private final Map<String, CompletableFuture<Long>> taken = new HashMap<>();
        private final List<String> arrived = new ArrayList<>();
        private boolean away;
        private boolean lettersAway;
        private Journal journal;
        private Pump pump;

        @SuppressWarnings("this-escape") // the pump is not run yet
        Schedule(int seed, Mutation mutation) {
            this.seed = seed;
            this.mutation = mutation;
            this.random = new Random(seed);
            if (mutation == Mutation.NO_SYNC) {
                disk.forgetToSync();
            }
            journal = open();
            pump = new Pump(journal, this);
        }

        /** What went wrong; empty when nothing did. */
        String run() {
            for (int i = 0; i < STEPS; i++) {
                try {
                    step(random.nextInt(100));
                } catch (ModelDisk.PowerCut _) {
                    restart();
                }
            }
            disk.setFull(false);
            disk.fallAtNextCommit(ModelDisk.Fall.NONE);
            away = false;
            lettersAway = false;
            do {
                ModelDisk.write(journal);
                passLetters();
            } while (pass() || pump.lettersWaitFor().isPresent());
            ModelDisk.write(journal);
            return verdict();
        }

        /** With a topic of dead letters that never comes back; how many readings haven't arrived in the end. */
        long readingsThatWaitForLetters() {
            for (int i = 0; i < STEPS; i++) {
                append(random.nextInt(4) == 0 ? Entry.Kind.DEAD_LETTER : Entry.Kind.READINGS);
            }
            lettersAway = true;
            do {
                ModelDisk.write(journal);
                passLetters();
            } while (pass());
            Set<String> missing = new HashSet<>(taken.keySet());
            missing.removeAll(arrived);
            assertThat(pump.lettersWaitFor()).contains("letters away");
            assertThat(missing).isNotEmpty();
            return missing.stream().filter(name -> !name.startsWith("letter")).count();
        }

        private void step(int draw) {
            if (draw < 45) {
                append(Entry.Kind.READINGS);
            } else if (draw < 52) {
                append(Entry.Kind.DEAD_LETTER);
            } else if (draw < 70) {
                ModelDisk.write(journal);
            } else if (draw < 81) {
                pass();
            } else if (draw < 84) {
                passLetters();
            } else if (draw < 86) {
                lettersAway = !lettersAway;
            } else if (draw < 89) {
                away = !away;
            } else if (draw < 93) {
                disk.setFull(random.nextBoolean());
            } else if (draw < 96) {
                disk.fallAtNextCommit(
                        random.nextBoolean() ? ModelDisk.Fall.BEFORE_COMMIT : ModelDisk.Fall.AFTER_COMMIT);
            } else {
                restart();
            }
        }

        private void append(Entry.Kind kind) {
            String device = kind == Entry.Kind.READINGS ? "device-" + random.nextInt(3) : "letter";
            int number = next.getOrDefault(device, 0);
            String name = device + " " + number;
            byte[] value = name.getBytes(StandardCharsets.UTF_8);
            if (journal.append(new Entry(kind, device, 0, Map.of(), value)) instanceof Append.Taken took) {
                next.put(device, number + 1);
                taken.put(name, took.onDisk());
            }
        }

        private boolean pass() {
            try {
                return pump.pass() == Pump.Pass.MOVED;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** The pump tries them only where there are any. */
        private void passLetters() {
            try {
                if (pump.lettersWaitFor().isPresent()) {
                    pump.passLetters();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private void restart() {
            disk.cutPower();
            journal = open();
            pump = new Pump(journal, this);
        }

        private Journal open() {
            try {
                return disk.open(MAX_BYTES);
            } catch (java.sql.SQLException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Delivery deliver(List<Stored> entries) {
            int reaches = away ? random.nextInt(entries.size() + 1) : entries.size();
            List<Stored> sent = new ArrayList<>(entries.subList(0, reaches));
            List<Stored> letters =
                    lettersAway ? sent.stream().filter(Stored::isLetter).toList() : List.of();
            if (mutation == Mutation.SKIPPED_ENTRY && sent.size() > 3) {
                sent.remove(1);
            }
            if (mutation == Mutation.SWAPPED_ENTRIES) {
                sent = sent.reversed();
            }
            sent.removeAll(letters);
            for (Stored stored : sent) {
                arrived.add(new String(stored.entry().value(), StandardCharsets.UTF_8));
            }
            if (away) {
                // of what arrived, not everything is known to have
                int before = letters.isEmpty() ? reaches : entries.indexOf(letters.getFirst());
                return new Delivery.Halted(random.nextInt(before + 1), "away");
            }
            return letters.isEmpty() || mutation == Mutation.FORGOTTEN_LETTERS
                    ? new Delivery.Complete()
                    : new Delivery.Partly(letters, List.of(), "letters away");
        }

        @Override
        public Delivery reach() {
            return new Delivery.Complete();
        }

        @Override
        public void close() {
            // nothing is held
        }

        private String verdict() {
            Set<String> there = new HashSet<>(arrived);
            long lettersLost = 0;
            for (Map.Entry<String, CompletableFuture<Long>> one : taken.entrySet()) {
                boolean acknowledged =
                        one.getValue().isDone() && !one.getValue().isCompletedExceptionally();
                if (acknowledged && !there.contains(one.getKey())) {
                    if (!one.getKey().startsWith("letter")) {
                        return "seed " + seed + ": " + one.getKey() + " was acknowledged and is lost";
                    }
                    lettersLost++;
                }
            }
            if (lettersLost > journal.droppedDeadLetters()) {
                return "seed " + seed + ": " + lettersLost + " dead letters are lost, " + journal.droppedDeadLetters()
                        + " of them counted";
            }
            Map<String, Integer> last = new HashMap<>();
            for (String name : new java.util.LinkedHashSet<>(arrived)) {
                String[] parts = name.split(" ", -1);
                int number = Integer.parseInt(parts[1]);
                if (last.getOrDefault(parts[0], -1) > number) {
                    return "seed " + seed + ": " + name + " is out of order";
                }
                last.put(parts[0], number);
            }
            return journal.backlog().equals(new Backlog(0, 0)) ? "" : "seed " + seed + ": left " + journal.backlog();
        }
    }
}
