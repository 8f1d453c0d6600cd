package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.heliograph.agent.Stop.Step;
import org.heliograph.agent.source.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts that are fakes, and a clock on which only those that hang take time. */
class StopTest {
    /** Of what is promised, for a process to end once its parts have. */
    private static final Duration FOR_THE_PROCESS = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Step> begun = Collections.synchronizedList(new ArrayList<>());
    private final Map<Step, Duration> patience = Collections.synchronizedMap(new EnumMap<>(Step.class));
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore beginnings = new Semaphore(0);
    private final Set<Step> hanging = EnumSet.noneOf(Step.class);
    private long nanos = 7;

    @Test
    void all_budgets_together_keep_the_promise() {
        assertThat(Stop.WITHIN).as("as docs/agent.md promises").isEqualTo(Duration.ofSeconds(5));
        assertThat(Arrays.stream(Step.values()).map(Step::budget).reduce(Duration.ZERO, Duration::plus))
                .isLessThanOrEqualTo(Stop.WITHIN.minus(FOR_THE_PROCESS));
    }

    @Test
    void nothing_new_is_acknowledged_once_anything_else_ends_and_the_journal_takes_until_the_last() {
        assertThat(Step.values()).startsWith(Step.SOURCES).endsWith(Step.JOURNAL);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void a_part_stops_waiting_before_it_is_left(Step step) {
        assertThat(Step.patience(step.budget())).isPositive().isLessThan(step.budget());
    }

    @Test
    void a_source_that_waits_as_long_as_it_may_is_closed_before_it_is_left() {
        assertThat(Source.CLOSE_WITHIN).isLessThan(Step.patience(Step.SOURCES.budget()));
    }

    @Test
    void parts_end_one_after_the_other_and_leave_the_time_they_dont_need_to_the_journal() {
        assertThat(stop().run(this::end)).isEmpty();

        assertThat(begun).containsExactly(Step.values());
        assertThat(patience)
                .containsEntry(Step.PUMP, Step.patience(Step.PUMP.budget()))
                .containsEntry(Step.JOURNAL, Step.patience(Stop.total()));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void a_part_that_hangs_for_ever_is_named_costs_its_budget_and_keeps_nobody_from_ending(Step one) {
        long before = nanos;

        assertThat(stop(one).run(this::end)).containsExactly(one.label());

        assertThat(begun).containsExactly(Step.values());
        assertThat(threads).allMatch(Thread::isDaemon);
        Duration took = Duration.ofNanos(nanos - before);
        if (one == Step.JOURNAL) {
            assertThat(took).as("all that the others left").isEqualTo(Stop.total());
        } else {
            assertThat(took).isEqualTo(one.budget());
            assertThat(patience)
                    .containsEntry(Step.JOURNAL, Step.patience(Stop.total().minus(one.budget())));
        }
    }

    @Test
    void though_everything_hangs_it_is_over_in_time() {
        long before = nanos;

        assertThat(stop(Step.values()).run(this::end)).hasSize(Step.values().length);

        assertThat(begun).containsExactly(Step.values());
        assertThat(Duration.ofNanos(nanos - before)).isEqualTo(Stop.total());
    }

    @Test
    void a_part_that_fails_is_named_and_the_others_end() {
        assertThat(stop().run((step, atMost) -> {
                    end(step, atMost);
                    if (step == Step.PUMP) {
                        throw new IllegalStateException("as planned");
                    }
                    return step == Step.SOURCES ? List.of("board") : List.of();
                }))
                .containsExactly("board", "pump");
        assertThat(begun).containsExactly(Step.values());
    }

    @Test
    void who_is_interrupted_while_everything_ends_lets_it_end_in_order() {
        Thread.currentThread().interrupt();
        try {
            assertThat(new Stop(() -> nanos, (thread, _) -> Stop.ends(thread, PATIENCE)).run(this::end))
                    .isEmpty();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(begun).containsExactly(Step.values());
    }

    private List<String> end(Step step, Duration atMost) {
        patience.put(step, atMost);
        begun.add(step);
        beginnings.release();
        if (hanging.contains(step)) {
            new CompletableFuture<>().join();
        }
        return List.of();
    }

    /** The steps of these hang, and don't hear that they should not. */
    private Stop stop(Step... these) {
        hanging.addAll(List.of(these));
        return new Stop(() -> nanos, (thread, atMost) -> {
            beginnings.acquireUninterruptibly();
            threads.add(thread);
            if (hanging.contains(begun.getLast())) {
                nanos += atMost.toNanos();
                return false;
            }
            return Stop.ends(thread, PATIENCE);
        });
    }
}
