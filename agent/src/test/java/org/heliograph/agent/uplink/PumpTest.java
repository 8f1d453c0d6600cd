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
            try (Pump pump = new Pump(journal, uplink, Duration.ofMillis(1))) {
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
    void the_oldest_is_the_first_whose_time_is_known() throws Exception {
        try (Journal journal = open()) {
            Pump waiting = new Pump(journal, new PlannedUplink(), _ -> List.of());
            ((Append.Taken) journal.append(new Entry(Entry.Kind.HELD, "d", 1_000_000_000_000L, Map.of(), new byte[1])))
                    .onDisk()
                    .get();
            assertThat(waiting.pass()).isInstanceOf(Pump.Pass.Waiting.class);
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

            assertThat(pump.fault().get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).hasMessage("as planned");
        }
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
        for (int i = from; i < to; i++) {
            Entry entry = new Entry(Entry.Kind.READINGS, "casa1/inv-01", i, Map.of(), new byte[8]);
            assertThat(journal.append(entry)).isInstanceOf(Append.Taken.class);
        }
        journal.flush().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<Long> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Long::valueOf).toList();
    }
}
