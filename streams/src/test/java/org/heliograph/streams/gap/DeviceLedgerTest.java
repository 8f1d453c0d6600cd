package org.heliograph.streams.gap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.heliograph.streams.gap.DeviceLedger.BootId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeviceLedgerTest {
    private static final BootId BOOT = new BootId("edge-1", 7);

    private final DeviceLedger ledger = new DeviceLedger();

    private void receive(BootId boot, long... sequences) {
        for (long sequence : sequences) {
            ledger.receive(boot, sequence, true, 0);
        }
    }

    private PackCounts counts() {
        return ledger.byAgent().getOrDefault("edge-1", PackCounts.NONE);
    }

    private static PackCounts counts(long expected, long missing, long reported, long duplicates) {
        return new PackCounts(expected, missing, reported, duplicates, 0, 0);
    }

    @Test
    void nothing_is_missing_of_packs_that_all_came() {
        receive(BOOT, 0, 1, 2, 3);

        assertThat(counts()).isEqualTo(counts(4, 0, 0, 0));
    }

    @Test
    void a_skipped_number_is_missing_until_it_comes() {
        receive(BOOT, 0, 1, 3);
        assertThat(counts()).isEqualTo(counts(4, 1, 0, 0));

        receive(BOOT, 2);
        assertThat(counts()).isEqualTo(counts(4, 0, 0, 0));
    }

    @Test
    void what_came_twice_is_a_duplicate_and_not_expected_twice() {
        receive(BOOT, 0, 1, 1, 2);

        assertThat(counts()).isEqualTo(counts(3, 0, 0, 1));
    }

    @Test
    void the_first_packs_are_missed_too() {
        receive(BOOT, 2);

        assertThat(counts()).isEqualTo(counts(3, 2, 0, 0));
    }

    @Test
    void a_start_that_may_have_begun_before_anybody_listened_counts_from_its_first_pack() {
        ledger.receive(BOOT, 1_000, false, 0);
        ledger.receive(BOOT, 1_002, false, 0);
        assertThat(counts()).isEqualTo(counts(3, 1, 0, 0));

        ledger.receive(new BootId("edge-1", 8), 1, false, 0); // but the next one has begun since
        assertThat(counts()).isEqualTo(counts(5, 2, 0, 0));
    }

    @Test
    void a_start_before_the_first_that_was_heard_has_begun_before_anybody_listened() {
        ledger.receive(new BootId("edge-1", 8), 1_000, false, 0);
        ledger.giveUp(BOOT, 5_000, 9_000, false); // which the later start reports

        assertThat(counts()).isEqualTo(counts(4_001, 0, 4_000, 0));
    }

    @Test
    void a_restarted_agent_counts_anew() {
        receive(BOOT, 0, 1, 2);
        receive(new BootId("edge-1", 8), 0, 1);

        assertThat(counts()).isEqualTo(counts(5, 0, 0, 0));
    }

    @Test
    void two_agents_of_one_device_are_told_apart() {
        receive(BOOT, 0, 2);
        receive(new BootId("edge-2", 7), 0, 1);

        assertThat(ledger.byAgent()).isEqualTo(Map.of("edge-1", counts(3, 1, 0, 0), "edge-2", counts(2, 0, 0, 0)));
    }

    @Test
    void what_the_agent_gave_up_is_reported_and_not_missing() {
        receive(BOOT, 0, 5);
        ledger.giveUp(BOOT, 1, 4, true);

        assertThat(counts()).isEqualTo(counts(6, 1, 3, 0));
    }

    @Test
    void what_comes_though_the_agent_gave_it_up_is_here() {
        ledger.giveUp(BOOT, 1, 4, true);
        receive(BOOT, 0, 2, 4);

        assertThat(counts()).isEqualTo(counts(5, 0, 2, 0));
    }

    @Test
    void a_report_counts_once_and_is_no_pack() {
        receive(BOOT, 0, 1);
        for (long number : new long[] {40, 55, 40, 55}) {
            if (ledger.receiveReport(BOOT, number, true, 0)) {
                ledger.lost(BOOT, 2, 30);
            }
        }

        assertThat(counts()).isEqualTo(new PackCounts(2, 0, 0, 0, 4, 60));
    }

    @Test
    void more_gaps_than_are_told_apart_stay_missing() {
        LongStream.range(0, 1_000).forEach(i -> receive(BOOT, 2 * i));

        assertThat(counts()).isEqualTo(counts(1_999, 999, 0, 0));
        assertThat(ledger.state().open().getFirst().received()).hasSize(2 * BootLedger.MAX_RANGES);
    }

    @Test
    void more_reports_than_are_told_apart_stay_reported() {
        LongStream.range(0, 1_000).forEach(i -> receive(BOOT, 3 * i));
        LongStream.range(0, 999).forEach(i -> ledger.giveUp(BOOT, 3 * i + 1, 3 * i + 2, true));

        PackCounts counts = counts();
        assertThat(counts.expected()).isEqualTo(2_998);
        // of gaps that were closed before the agent spoke, nothing is told apart any more
        assertThat(counts.missing() + counts.reported()).isEqualTo(2 * 999);
    }

    @Test
    void gaps_without_number_stay_reported_where_each_is_told_by_the_pack_behind_it() {
        for (long i = 0; i < 1_000; i++) {
            receive(BOOT, 6 * i + 5);
            ledger.giveUp(BOOT, 6 * i, 6 * i + 5, true);
        }

        assertThat(counts()).isEqualTo(counts(6_000, 0, 5_000, 0));
    }

    @Test
    void starts_beyond_those_kept_open_are_summed_up() {
        for (int boot = 0; boot < 100; boot++) {
            ledger.receive(new BootId("edge-1", boot), 0, true, boot);
            ledger.receive(new BootId("edge-1", boot), 2, true, boot);
        }

        assertThat(ledger.state().open()).hasSize(DeviceLedger.MAX_BOOTS);
        assertThat(counts()).isEqualTo(counts(300, 100, 0, 0));
    }

    @Test
    void what_is_repeated_of_a_closed_start_is_a_duplicate() {
        for (int boot = 0; boot < 40; boot++) {
            ledger.receive(new BootId("edge-1", boot), 0, true, boot);
        }
        ledger.receive(new BootId("edge-1", 3), 0, true, 100);

        assertThat(counts()).isEqualTo(counts(40, 0, 0, 1));
    }

    @Test
    void agents_beyond_those_named_are_summed_up_together() {
        for (int agent = 0; agent < 100; agent++) {
            ledger.receive(new BootId("edge-" + agent, 1), 0, true, agent);
        }

        assertThat(ledger.byAgent())
                .hasSize(DeviceLedger.MAX_BOOTS + DeviceLedger.MAX_AGENTS + 1)
                .containsEntry(DeviceLedger.OTHERS, counts(100 - 16 - 16, 0, 0, 0));
    }

    @Test
    void a_number_that_nobody_counts_to_is_passed_over_and_large_ones_do_not_wrap() {
        receive(BOOT, Long.MAX_VALUE);
        assertThat(counts()).isEqualTo(PackCounts.NONE);

        receive(BOOT, Long.MAX_VALUE - 1);
        receive(new BootId("edge-1", 8), Long.MAX_VALUE - 1);
        assertThat(counts().expected()).isEqualTo(Long.MAX_VALUE);
        assertThat(counts().missing()).isEqualTo(Long.MAX_VALUE);
    }

    /** What an agent did. */
    private interface Event {
        void happen(DeviceLedger ledger);
    }

    static Stream<Long> seeds() {
        return LongStream.range(0, 300).boxed();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_order_and_duplication_says_what_the_set_says(long seed) {
        Random random = new Random(seed);
        List<Event> events = new ArrayList<>();
        Map<String, PackCounts> truth = new HashMap<>();
        for (int a = 0; a < 2; a++) {
            String agent = "edge-" + a;
            for (int b = 0; b < 1 + random.nextInt(4); b++) {
                truth.merge(agent, boot(random, new BootId(agent, random.nextLong()), events), PackCounts::plus);
            }
        }
        Collections.shuffle(events, random);
        DeviceLedger shuffled = new DeviceLedger();
        for (Event event : events) {
            event.happen(shuffled);
            if (random.nextInt(10) == 0) {
                shuffled = DeviceLedger.of(shuffled.state()); // a crash: what is stored is all there is
            }
        }

        assertThat(shuffled.byAgent()).isEqualTo(truth);
    }

    /** A start of an agent: its events, and what there is to say of them. */
    private static PackCounts boot(Random random, BootId id, List<Event> events) {
        int sent = 1 + random.nextInt(200);
        Set<Integer> came = new HashSet<>();
        long duplicates = 0;
        for (int sequence = 0; sequence < sent; sequence++) {
            int times = random.nextInt(20) == 0 ? 0 : random.nextInt(20) == 0 ? 2 : 1;
            long number = sequence;
            IntStream.range(0, times).forEach(_ -> events.add(ledger -> ledger.receive(id, number, true, 1)));
            if (times > 0) {
                came.add(sequence);
                duplicates += times - 1;
            }
        }
        Set<Integer> reported = new HashSet<>();
        long unnumbered = 0;
        for (int report = 0; report < random.nextInt(4); report++) {
            int from = random.nextInt(sent);
            int to = Math.min(sent, from + 1 + random.nextInt(10));
            IntStream.range(from, to).forEach(reported::add);
            long number = 10L * report;
            unnumbered += 3;
            Event told = ledger -> {
                if (ledger.receiveReport(id, number, true, 1)) {
                    ledger.giveUp(id, from, to, true);
                    ledger.lost(id, 3, 0);
                }
            };
            events.add(told);
            events.add(told);
        }
        Set<Integer> known = new HashSet<>(came);
        known.addAll(reported);
        int expected = known.stream().mapToInt(sequence -> sequence + 1).max().orElse(0);
        reported.removeAll(came);
        return new PackCounts(expected, expected - known.size(), reported.size(), duplicates, unnumbered, 0);
    }
}
