package org.heliograph.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.journal.Stored;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PumpTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    private Path folder = Path.of("");

    /** Takes what it is told to, call by call; everything once the plan is over. */
    private static class PlannedUplink implements Uplink {
        private final Deque<Integer> takes = new ArrayDeque<>();
        private final BlockingQueue<Long> arrived = new LinkedBlockingQueue<>();

        PlannedUplink(Integer... takes) {
            this.takes.addAll(List.of(takes));
        }

        @Override
        public Delivery deliver(List<Stored> entries) {
            Integer plan = takes.poll();
            int take = plan == null ? entries.size() : Math.min(plan, entries.size());
            for (Stored stored : entries.subList(0, take)) {
                arrived.add(stored.entry().timestampMillis());
            }
            return take == entries.size() ? new Delivery.Complete() : new Delivery.Halted(take, "as planned");
        }

        @Override
        public Delivery reach() {
            return new Delivery.Complete();
        }

        List<Long> awaitArrivals(int count) throws InterruptedException {
            List<Long> all = new ArrayList<>();
            while (all.size() < count) {
                Long one = arrived.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                assertThat(one).as("after " + all).isNotNull();
                all.add(one);
            }
            return all;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @Test
    void entries_arrive_in_order_once_each_however_often_the_uplink_halts() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 100);
            PlannedUplink uplink = new PlannedUplink(0, 7, 0, 30);
            try (Pump pump = new Pump(journal, uplink)) {
                pump.start();
                append(journal, 100, 120);

                assertThat(uplink.awaitArrivals(120)).isEqualTo(numbers(0, 120));
                pump.close(DEADLINE);
                assertThat(pump.uplinked()).isEqualTo(120);
                assertThat(pump.isReachable()).isTrue();
            }
        }
    }

    @Test
    void a_restart_goes_on_behind_what_was_confirmed() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 10);
            PlannedUplink uplink = new PlannedUplink(4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            try (Pump pump = new Pump(journal, uplink)) {
                pump.start();
                assertThat(uplink.awaitArrivals(4)).isEqualTo(numbers(0, 4));
            }
        }
        try (Journal journal = open()) {
            PlannedUplink uplink = new PlannedUplink();
            try (Pump pump = new Pump(journal, uplink)) {
                pump.start();
                assertThat(uplink.awaitArrivals(6)).isEqualTo(numbers(4, 10));
            }
        }
    }

    @Test
    void readings_go_on_while_dead_letters_are_not_taken_and_those_follow_in_order_also_after_a_restart()
            throws Exception {
        Lettered uplink = new Lettered();
        try (Journal journal = open()) {
            Pump pump = new Pump(journal, uplink);
            append(journal, 0, 2);
            letters(journal, 2, 4);
            append(journal, 4, 6);
            assertThat(pump.pass()).isEqualTo(Pump.Pass.MOVED);
            letters(journal, 6, 7);
            append(journal, 7, 8);
            assertThat(pump.pass()).isEqualTo(Pump.Pass.MOVED);
            pump.passLetters();

            assertThat(uplink.arrived).isEqualTo(List.of(0L, 1L, 4L, 5L, 7L));
            assertThat(pump.uplinked()).isEqualTo(5);
            assertThat(pump.lettersWaitFor()).contains("not made yet");
            assertThat(pump.isReachable()).isTrue();
            journal.flush().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(journal.backlog().entries()).isEqualTo(3);
        }
        try (Journal journal = open()) {
            Pump pump = new Pump(journal, uplink);
            append(journal, 8, 9);
            pump.pass();
            assertThat(uplink.arrived).endsWith(7L, 8L);
            assertThat(pump.lettersWaitFor()).isPresent();

            uplink.takesLetters = true;
            pump.passLetters();
            pump.passLetters();
            letters(journal, 9, 10);
            pump.pass();

            assertThat(uplink.arrived).endsWith(8L, 2L, 3L, 6L, 9L);
            assertThat(pump.lettersWaitFor()).isEmpty();
            journal.flush().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(journal.backlog().entries()).isZero();
        }
    }

    @Test
    void a_dead_letter_that_is_made_on_the_way_and_not_taken_is_kept_in_the_journal() throws Exception {
        Entry made = new Entry(Entry.Kind.DEAD_LETTER, "", 99, Map.of(), new byte[1]);
        Lettered uplink = new Lettered() {
            @Override
            public Delivery deliver(List<Stored> entries) {
                return entries.getFirst().offset() == 1
                        ? new Delivery.Partly(List.of(), List.of(made), "not made yet")
                        : super.deliver(entries);
            }
        };
        uplink.takesLetters = true;
        try (Journal journal = open()) {
            Pump pump = new Pump(journal, uplink);
            append(journal, 0, 1);
            pump.pass();
            pump.pass();
            assertThat(uplink.arrived).containsExactly(99L);
        }
    }

    @Test
    void what_becomes_a_dead_letter_before_it_is_sent_is_kept_while_none_is_taken_and_follows() throws Exception {
        Lettered uplink = new Lettered() {
            @Override
            public Delivery deliver(List<Stored> entries) {
                List<Entry> made = takesLetters
                        ? List.of()
                        : entries.stream()
                                .filter(stored -> !stored.isLetter())
                                .map(Stored::entry)
                                .filter(entry -> entry.kind() == Entry.Kind.DEAD_LETTER)
                                .toList();
                List<Stored> others = entries.stream()
                        .filter(stored -> !made.contains(stored.entry()))
                        .toList();
                return switch (super.deliver(others)) {
                    case Delivery.Partly partly -> new Delivery.Partly(partly.letters(), made, partly.reason());
                    case Delivery answer ->
                        made.isEmpty() ? answer : new Delivery.Partly(List.of(), made, "not made yet");
                };
            }
        };
        try (Journal journal = open()) {
            letters(journal, 0, 1);
            append(journal, 1, 4);
            // the times of two of them can't be found out
            Pump pump = new Pump(
                    journal,
                    uplink,
                    entries -> entries.stream()
                            .map(stored -> stored.offset() == 1 || stored.offset() == 3
                                    ? stored
                                    : stored.as(new Entry(
                                            Entry.Kind.DEAD_LETTER,
                                            stored.entry().key(),
                                            stored.entry().timestampMillis(),
                                            Map.of("reason", "no time"),
                                            stored.entry().value())))
                            .toList());
            pump.pass();
            pump.pass();
            assertThat(uplink.arrived).containsExactly(2L);
            journal.flush().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(journal.backlog().entries())
                    .as("the letter, and those that were made")
                    .isEqualTo(3);

            uplink.takesLetters = true;
            pump.passLetters();
            pump.passLetters();
            assertThat(uplink.arrived).containsExactly(2L, 0L, 1L, 3L);
        }
    }

    /** Takes readings, and dead letters only once their topic is there. */
    private static class Lettered implements Uplink {
        final List<Long> arrived = new ArrayList<>();
        boolean takesLetters;

        @Override
        public Delivery deliver(List<Stored> entries) {
            List<Stored> letters = takesLetters
                    ? List.of()
                    : entries.stream().filter(Stored::isLetter).toList();
            entries.stream()
                    .filter(stored -> !letters.contains(stored))
                    .forEach(stored -> arrived.add(stored.entry().timestampMillis()));
            return letters.isEmpty()
                    ? new Delivery.Complete()
                    : new Delivery.Partly(letters, List.of(), "not made yet");
        }

        @Override
        public Delivery reach() {
            return new Delivery.Complete();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @Test
    void the_oldest_is_the_first_whose_time_is_known() throws Exception {
        try (Journal journal = open()) {
            Pump waiting = new Pump(journal, new PlannedUplink(), _ -> List.of());
            ((Append.Taken) journal.append(new Entry(Entry.Kind.HELD, "d", 1_000_000_000_000L, Map.of(), new byte[1])))
                    .onDisk()
                    .get();
            assertThat(waiting.pass()).isEqualTo(Pump.Pass.WAITING);
            assertThat(waiting.oldestMillis()).isEmpty();

            append(journal, 7, 8);
            waiting.pass();
            assertThat(waiting.oldestMillis()).hasValue(7);
        }
    }

    @Test
    void closing_interrupts_an_uplink_that_waits() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Uplink stuck = new Uplink() {
            @Override
            public Delivery deliver(List<Stored> entries) throws InterruptedException {
                entered.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
                return new Delivery.Complete();
            }

            @Override
            public Delivery reach() {
                return new Delivery.Complete();
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
        try (Journal journal = open()) {
            append(journal, 0, 1);
            Pump pump = new Pump(journal, stuck);
            pump.start();
            assertThat(entered.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            pump.close();

            assertThat(interrupted.getCount()).isZero();
            assertThat(journal.backlog().entries()).isEqualTo(1);
        }
    }

    @Test
    void a_missing_other_side_is_known_of_before_there_is_anything_to_send() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        Uplink missing = new Uplink() {
            @Override
            public Delivery deliver(List<Stored> entries) {
                throw new AssertionError("nothing was there to deliver");
            }

            @Override
            public Delivery reach() {
                return back.getCount() > 0 ? new Delivery.Halted(0, "not there") : new Delivery.Complete();
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
        try (Journal journal = open();
                Pump pump = new Pump(journal, missing)) {
            pump.start();
            awaitReachable(pump, false);
            back.countDown();
            awaitReachable(pump, true);
        }
    }

    @Test
    void the_other_side_is_first_looked_for_when_there_is_something_to_send() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        PlannedUplink uplink = new PlannedUplink() {
            @Override
            public Delivery reach() {
                looks.incrementAndGet();
                return super.reach();
            }
        };
        try (Journal journal = open()) {
            try (Pump idle = patient(journal, uplink)) {
                idle.start();
            }
            assertThat(looks).as("nothing was to be sent").hasValue(0);

            try (Pump pump = patient(journal, uplink)) {
                pump.start();
                append(journal, 0, 1);
                assertThat(uplink.awaitArrivals(1)).isEqualTo(numbers(0, 1));
                assertThat(looks).hasValue(1);
            }
        }
        try (Journal journal = open()) {
            append(journal, 1, 2);
            try (Pump pump = patient(journal, uplink)) {
                pump.start();
                assertThat(uplink.awaitArrivals(1)).as("a backlog").isNotEmpty();
            }
        }
    }

    @Test
    void a_pump_that_dies_says_so() throws Exception {
        PlannedUplink broken = new PlannedUplink() {
            @Override
            public Delivery deliver(List<Stored> entries) {
                throw new IllegalStateException("as planned");
            }
        };
        try (Journal journal = open();
                Pump pump = new Pump(journal, broken)) {
            append(journal, 0, 1);
            pump.start();

            assertThat(pump.death().get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).hasMessage("as planned");
        }
    }

    /** One that with nothing to send never looks for the other side. */
    private static Pump patient(Journal journal, Uplink uplink) {
        return new Pump(journal, uplink, UnaryOperator.identity(), Duration.ofDays(1), Pump.BATCH_ENTRIES_MAX);
    }

    private static void awaitReachable(Pump pump, boolean reachable) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (pump.isReachable() != reachable) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(
                folder.resolve("agent.db"),
                new Journal.Limits(Duration.ofMillis(1), 500, 1 << 20),
                InstantSource.system());
    }

    private static void append(Journal journal, int from, int to) throws Exception {
        append(Entry.Kind.READINGS, journal, from, to);
    }

    private static void letters(Journal journal, int from, int to) throws Exception {
        append(Entry.Kind.DEAD_LETTER, journal, from, to);
    }

    private static void append(Entry.Kind kind, Journal journal, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Entry entry = new Entry(kind, "casa1/inv-01", i, Map.of(), new byte[8]);
            assertThat(journal.append(entry)).isInstanceOf(Append.Taken.class);
        }
        journal.flush().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<Long> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Long::valueOf).toList();
    }
}
