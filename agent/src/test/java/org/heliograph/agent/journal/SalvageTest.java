package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a disk does to a journal, and what is left of it. Damage is by seed. */
class SalvageTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final Journal.Limits LIMITS = new Journal.Limits(Duration.ofMillis(2), 500, 16 << 20);
    private static final int ENTRIES = 1_200;
    private static final int CONFIRMED = 300;
    private static final int PAGE_BYTES = 4_096;
    /** Every so many entries one needs pages of its own. */
    private static final int LONG_EVERY = 97;

    @TempDir
    private Path folder = Path.of("");

    private static byte[] sound = new byte[0];
    private Path file = Path.of("");

    /** The journal's own file, in which all was merged; 300 entries of it were delivered and their pages are free again. */
    @BeforeAll
    static void a_journal_with_900_entries_that_wait(@TempDir Path made) throws Exception {
        Path whole = made.resolve("agent.db");
        try (Journal journal = Journal.open(whole, LIMITS, CLOCK)) {
            for (int i = 1; i <= ENTRIES; i++) {
                var _ = journal.append(entry(i));
            }
            journal.keepCounter("s0/lights", 42);
            journal.flush().get();
            journal.confirm(journal.read(0, CONFIRMED));
        }
        sound = Files.readAllBytes(whole);
    }

    @BeforeEach
    void copy() throws Exception {
        file = Files.write(folder.resolve("agent.db"), sound);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void bits_that_flip_cost_what_they_hit_and_nothing_else(int seed) throws Exception {
        Random random = new Random(seed);
        byte[] bytes = sound.clone();
        Set<Integer> hit = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            hit.add(at / PAGE_BYTES);
        }
        Files.write(file, bytes);

        List<Integer> saved = reopened();

        assertThat(saved).isSorted().doesNotHaveDuplicates();
        // what a page holds at most, a long entry's pages holding one
        assertThat(ENTRIES - CONFIRMED - saved.size()).isLessThanOrEqualTo(hit.size() * 60);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void a_page_of_noise_costs_its_own_entries(int seed) throws Exception {
        Random random = new Random(seed);
        byte[] bytes = sound.clone();
        byte[] noise = new byte[PAGE_BYTES];
        random.nextBytes(noise);
        // any but the first: that is another test
        int page = 1 + random.nextInt(bytes.length / PAGE_BYTES - 1);
        System.arraycopy(noise, 0, bytes, page * PAGE_BYTES, PAGE_BYTES);
        Files.write(file, bytes);

        assertThat(reopened().size()).isGreaterThanOrEqualTo(ENTRIES - CONFIRMED - 60);
    }

    @Test
    void a_file_without_its_first_page_loses_nothing() throws Exception {
        byte[] bytes = sound.clone();
        Arrays.fill(bytes, 0, PAGE_BYTES, (byte) 0);
        Files.write(file, bytes);

        assertThat(reopened()).hasSize(ENTRIES - CONFIRMED).isSorted();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 40})
    void a_file_that_was_cut_keeps_what_is_before_the_cut(int pages) throws Exception {
        Files.write(file, Arrays.copyOf(sound, sound.length - pages * PAGE_BYTES - 77));

        List<Integer> saved = reopened();

        assertThat(saved).isSorted().doesNotHaveDuplicates();
        assertThat(ENTRIES - CONFIRMED - saved.size()).isLessThanOrEqualTo((pages + 1) * 60);
    }

    @Test
    void what_was_damaged_is_set_aside_and_the_journal_goes_on_where_it_was() throws Exception {
        byte[] bytes = sound.clone();
        Arrays.fill(bytes, PAGE_BYTES, 2 * PAGE_BYTES, (byte) 0x5A);
        Files.write(file, bytes);

        long boot;
        try (Journal journal = open()) {
            boot = journal.boot();
            assertThat(journal.confirmed()).isEqualTo(CONFIRMED);
            assertThat(journal.counter("s0/lights")).isEqualTo(42);
            assertThat(journal.damages()).isEqualTo(1);
            assertThat(((Append.Taken) journal.append(entry(1))).onDisk().get()).isGreaterThan(ENTRIES);
        }
        assertThat(folder.resolve("agent.db.corrupt-20260701T100000.000Z")).hasBinaryContent(bytes);
        assertThat(names()).doesNotContain("agent.db.saving", "agent.db.saved");
        try (Journal journal = open()) {
            assertThat(journal.boot()).isGreaterThan(boot);
            assertThat(journal.damages()).isEqualTo(1);
        }
    }

    @Test
    void a_restart_in_the_middle_of_it_loses_nothing() throws Exception {
        byte[] bytes = sound.clone();
        Arrays.fill(bytes, PAGE_BYTES, 2 * PAGE_BYTES, (byte) 0x5A);
        Files.write(file, bytes);
        List<Integer> saved = reopened();
        // as the process may leave it: saved, the damaged file already aside, its log not yet
        Files.move(file, folder.resolve("agent.db.saved"));
        Files.write(folder.resolve("agent.db-wal"), new byte[] {1, 2, 3});

        assertThat(reopened()).isEqualTo(saved);
        // and before: half of it written
        Files.write(folder.resolve("agent.db.saving"), Arrays.copyOf(sound, 10_000));
        assertThat(reopened()).isEqualTo(saved);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_bit_that_flips_in_the_log_costs_nothing_behind_it(int seed) throws Exception {
        Path copy = Files.createDirectory(folder.resolve("copy")).resolve("agent.db");
        int written = 60;
        try (Journal journal = open()) {
            for (int i = 1; i <= written; i++) {
                ((Append.Taken) journal.append(entry(ENTRIES + i))).onDisk().get();
            }
            Files.copy(file, copy);
            byte[] log = Files.readAllBytes(folder.resolve("agent.db-wal"));
            Random random = new Random(seed);
            log[32 + random.nextInt(log.length / 2)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            Files.write(copy.resolveSibling("agent.db-wal"), log);
        }
        file = copy;

        List<Integer> all = reopened();

        assertThat(all).isSorted().doesNotHaveDuplicates();
        assertThat(all).contains(ENTRIES + written);
        assertThat(ENTRIES - CONFIRMED + written - all.size()).isLessThanOrEqualTo(1);
    }

    @Test
    void what_is_gone_is_told_in_the_same_file() throws Exception {
        byte[] bytes = sound.clone();
        // the leaf in the middle of those that wait
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 8 * PAGE_BYTES, (byte) 0x5A);
        Files.write(file, bytes);
        List<Long> told = new ArrayList<>();
        Shedding telling = new Shedding() {
            @Override
            public boolean yields(String key) {
                return false;
            }

            @Override
            public Round round(long boot) {
                throw new AssertionError();
            }

            @Override
            public Survey survey(long boot, long nowMillis) {
                return new Survey() {
                    private long saved;

                    @Override
                    public void saved(Stored stored) {
                        saved += stored.entry().kind() == Entry.Kind.READINGS ? 1 : 0;
                    }

                    @Override
                    public List<Entry> reports(long gone, long offset) {
                        told.addAll(List.of(saved, gone));
                        return List.of(new Entry(
                                Entry.Kind.REPORT,
                                "casa1/edge-1",
                                nowMillis,
                                Map.of(),
                                "lost".getBytes(StandardCharsets.UTF_8)));
                    }
                };
            }
        };
        try (Journal journal = Journal.open(file, LIMITS, telling, CLOCK)) {
            List<Stored> stored = journal.read(journal.confirmed(), 10_000).stream()
                    .filter(one -> one.entry().kind() != Entry.Kind.DEAD_LETTER)
                    .toList();
            assertThat(stored.getLast().entry().kind()).isEqualTo(Entry.Kind.REPORT);
            assertThat(stored).hasSize(told.getFirst().intValue() + 1);
            assertThat(told.getFirst() + told.getLast()).isEqualTo(ENTRIES - CONFIRMED);
            assertThat(told.getLast()).isPositive();
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(file, LIMITS, CLOCK);
    }

    /** The numbers of the entries of readings that are in the journal now; each is as it was written. */
    private List<Integer> reopened() throws JournalException {
        List<Integer> numbers = new ArrayList<>();
        try (Journal journal = open()) {
            for (Stored stored : journal.read(journal.confirmed(), 10_000)) {
                // what was delivered comes again where nothing is left that says so
                number(stored).filter(number -> number > CONFIRMED).ifPresent(numbers::add);
            }
        }
        return numbers;
    }

    private static Optional<Integer> number(Stored stored) {
        Entry entry = stored.entry();
        if (entry.kind() == Entry.Kind.DEAD_LETTER) {
            assertThat(entry.headers()).containsEntry("reason", Database.SPOILT);
            return Optional.empty();
        }
        Entry written = entry(Math.toIntExact(entry.timestampMillis()));
        assertThat(entry.kind()).isEqualTo(written.kind());
        assertThat(entry.key()).isEqualTo(written.key());
        assertThat(entry.headers()).isEqualTo(written.headers());
        assertThat(Arrays.equals(entry.value(), written.value())).isTrue();
        return Optional.of(Math.toIntExact(entry.timestampMillis()));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static Entry entry(int number) {
        byte[] value = new byte[number % LONG_EVERY == 0 ? 10_000 : 60 + number % 50];
        new Random(number).nextBytes(value);
        return new Entry(Entry.Kind.READINGS, "casa1/inv-0" + number % 7, number, Map.of("machine-start", "x"), value);
    }
}
