package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    /** Entries of one and a half kilobytes: more than is read at each start. */
    private static final int LARGE = 12_000;
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
        Files.createFile(folder.resolve("agent.db.lock"));
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
    void a_disk_that_damages_it_again_and_again_is_not_filled_with_what_was_set_aside() throws Exception {
        for (int minute = 0; minute < SetAside.FILES_MAX + 3; minute++) {
            damageAndReopen(minute, LIMITS);
        }
        Path foreign = Files.writeString(folder.resolve("agent.db.corrupt-notes"), "of somebody");

        damageAndReopen(30, LIMITS);
        assertThat(asides()).containsExactly("20260701T100400", "20260701T100500", "20260701T103000");
        assertThat(JournalFile.part(SetAside.named(file, at(0)), "-wal")).doesNotExist();
        assertThat(foreign).exists();

        // each is larger than half of what may be set aside
        damageAndReopen(31, new Journal.Limits(Duration.ofMillis(2), 500, sound.length / 3));
        assertThat(asides()).containsExactly("20260701T103100");
    }

    private void damageAndReopen(int minute, Journal.Limits limits) throws Exception {
        byte[] bytes = sound.clone();
        Arrays.fill(bytes, 0, PAGE_BYTES, (byte) 0);
        Files.write(file, bytes);
        Files.writeString(JournalFile.part(file, "-wal"), "torn");
        Journal.open(file, limits, InstantSource.fixed(at(minute))).close();
    }

    private static Instant at(int minute) {
        return CLOCK.instant().plusSeconds(60L * minute);
    }

    private List<String> asides() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("agent\\.db\\.corrupt-.*Z"))
                    .map(name -> name.substring("agent.db.corrupt-".length(), name.indexOf('.', 20)))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void dead_letters_that_wait_behind_delivered_readings_are_saved_and_are_no_loss() throws Exception {
        Path waiting = folder.resolve("waiting.db");
        try (Journal journal = Journal.open(waiting, LIMITS, CLOCK)) {
            for (int i = 1; i <= 90; i++) {
                var _ = journal.append(new Entry(
                        i % 3 == 0 ? Entry.Kind.DEAD_LETTER : Entry.Kind.READINGS,
                        "casa1/inv-01",
                        i,
                        Map.of(),
                        new byte[200]));
            }
            journal.flush().get();
            journal.confirm(journal.read(0, 60), 2);
        }
        try (Journal journal = Journal.open(waiting, LIMITS, CLOCK)) {
            assertThat(journal.lettersConfirmed()).isEqualTo(2);
            assertThat(journal.readLetters(2, 60, 100)).hasSize(20);
            assertThat(journal.backlog().entries()).isEqualTo(20 + 30);
            journal.confirm(journal.read(60, 10), 2);
        }
        byte[] bytes = Files.readAllBytes(waiting);
        Arrays.fill(bytes, 0, PAGE_BYTES, (byte) 0);
        Files.write(waiting, bytes);

        List<Long> told = new ArrayList<>();
        try (Journal journal = Journal.open(waiting, LIMITS, new Telling(told), CLOCK)) {
            assertThat(journal.confirmed()).isEqualTo(70);
            assertThat(journal.readLetters(journal.lettersConfirmed(), 70, 100))
                    .extracting(stored -> stored.entry().timestampMillis())
                    .startsWith(3L, 6L, 9L)
                    .hasSize(23);
            assertThat(told)
                    .as("readings that are saved, places that are empty")
                    .containsExactly(13L, 0L);
        }
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
        flipABitInTheLog(seed, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void nor_does_it_where_the_file_is_damaged_too(int seed) throws Exception {
        flipABitInTheLog(seed, true);
    }

    /** Of a log whose every commit keeps a counter with an entry. */
    private void flipABitInTheLog(int seed, boolean alsoDamaged) throws Exception {
        long boot;
        Path copy = Files.createDirectory(folder.resolve("copy")).resolve("agent.db");
        int written = 60;
        try (Journal journal = open()) {
            boot = journal.boot();
            for (int i = 1; i <= written; i++) {
                journal.keepCounter("s0/lights", 42 + i);
                ((Append.Taken) journal.append(entry(ENTRIES + i))).onDisk().get();
            }
            Files.copy(file, copy);
            byte[] log = Files.readAllBytes(folder.resolve("agent.db-wal"));
            Random random = new Random(seed);
            // none of it is good where it isn't to mend the file either
            int frames = alsoDamaged ? PAGE_BYTES : log.length / 2;
            log[32 + random.nextInt(frames)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            Files.write(copy.resolveSibling("agent.db-wal"), log);
        }
        if (alsoDamaged) {
            byte[] bytes = Files.readAllBytes(copy);
            Arrays.fill(bytes, 0, PAGE_BYTES, (byte) 0);
            Files.write(copy, bytes);
        }
        Files.createFile(copy.resolveSibling("agent.db.lock"));
        file = copy;

        List<Integer> all = reopened();

        try (Journal journal = open()) {
            assertThat(journal.counter("s0/lights")).isEqualTo(42 + written);
            assertThat(journal.boot()).isGreaterThan(boot);
            assertThat(journal.damages()).isEqualTo(alsoDamaged ? 1 : 0);
        }

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
        try (Journal journal = Journal.open(file, LIMITS, new Telling(told), CLOCK)) {
            List<Stored> stored = journal.read(journal.confirmed(), 10_000).stream()
                    .filter(one -> one.entry().kind() != Entry.Kind.DEAD_LETTER)
                    .toList();
            assertThat(stored.getLast().entry().kind()).isEqualTo(Entry.Kind.REPORT);
            assertThat(stored).hasSize(told.getFirst().intValue() + 1);
            assertThat(told.getFirst() + told.getLast()).isEqualTo(ENTRIES - CONFIRMED);
            assertThat(told.getLast()).isPositive();
        }
    }

    @Test
    void on_a_full_disk_its_reserve_makes_the_room_for_what_can_be_saved() throws Exception {
        long reserveBytes = 2L * sound.length + 100 * PAGE_BYTES;
        List<Long> told = new ArrayList<>();

        List<Stored> saved = reopenedOnAFullDisk(reserveBytes, told);

        assertThat(saved).hasSize(ENTRIES - CONFIRMED + 1);
        assertThat(told).containsExactly((long) ENTRIES - CONFIRMED, 0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 20, 40})
    void what_finds_no_room_on_a_full_disk_is_counted_and_the_agent_starts(int pages) throws Exception {
        List<Long> told = new ArrayList<>();

        List<Stored> saved = reopenedOnAFullDisk(2L * pages * PAGE_BYTES, told);

        long saving = told.getFirst();
        assertThat(saving).isBetween(pages * 5L, ENTRIES - CONFIRMED - 100L);
        assertThat(saving + told.getLast()).isEqualTo(ENTRIES - CONFIRMED);
        assertThat(saved.getLast().entry().kind()).isEqualTo(Entry.Kind.REPORT);
        assertThat(saved).hasSize((int) saving + 1);
        // the rest is where it was
        assertThat(folder.resolve("agent.db.corrupt-20260701T100000.000Z")).exists();
    }

    /** A journal whose first page is gone, and no byte on its disk but those of its reserve. */
    private List<Stored> reopenedOnAFullDisk(long reserveBytes, List<Long> told) throws Exception {
        byte[] bytes = sound.clone();
        Arrays.fill(bytes, 0, PAGE_BYTES, (byte) 0);
        Files.write(file, bytes);
        // a 32nd of its quota is the reserve
        Journal.Limits limits = new Journal.Limits(Duration.ofMillis(2), 500, 32 * reserveBytes);
        Files.write(folder.resolve("agent.db.reserve"), new byte[(int) reserveBytes]);
        long diskBytes = used();
        JournalFile held = JournalFile.lock(file, () -> Math.max(0, diskBytes - used()));
        Shedding telling = new Telling(told);
        try (Journal journal =
                Opening.over(held.open(limits, telling, CLOCK), Database.reader(file), held, limits, telling, CLOCK)) {
            journal.writer().start();
            assertThat(((Append.Taken) journal.append(entry(1))).onDisk().get()).isGreaterThan(ENTRIES);
            List<Stored> stored = journal.read(journal.confirmed(), 10_000);
            return stored.subList(0, stored.size() - 1);
        }
    }

    private long used() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(one -> one.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_large_journal_that_was_left_on_purpose_is_taken_as_it_was_left() throws Exception {
        Backlog left = large();
        spoilALeaf();

        try (Journal journal = openLarge()) {
            assertThat(journal.damages()).isZero();
            assertThat(journal.backlog()).isEqualTo(left);
            assertThat(((Append.Taken) journal.append(entry(1))).onDisk().get()).isEqualTo(LARGE + 1L);
            // and where the pump gets there, it is found
            assertThatThrownBy(() -> readAll(journal)).isInstanceOf(IllegalStateException.class);
        }
        // which the next start isn't to overlook
        try (Journal journal = openLarge()) {
            assertThat(journal.damages()).isOne();
            assertThat(readAll(journal)).isBetween(LARGE - 100, LARGE);
        }
    }

    @Test
    void a_large_journal_whose_agent_was_killed_is_read_whole_at_the_start() throws Exception {
        var _ = large();
        Path killed = Files.createDirectory(folder.resolve("killed")).resolve("agent.db");
        try (Journal _ = openLarge()) {
            Files.copy(file, killed);
            Files.copy(folder.resolve("agent.db-wal"), killed.resolveSibling("agent.db-wal"));
        }
        file = killed;
        spoilALeaf();

        try (Journal journal = openLarge()) {
            assertThat(journal.damages()).isOne();
            assertThat(readAll(journal)).isBetween(LARGE - 100, LARGE);
        }
    }

    @Test
    void a_large_journal_that_was_left_under_other_rules_is_counted_again() throws Exception {
        Backlog left = large();
        Journal.Limits full = new Journal.Limits(Duration.ofMillis(2), 500, left.bytes());
        try (Journal journal = Journal.open(file, full, Shedding.NOTHING, CLOCK)) {
            assertThat(journal.append(entry(1))).isInstanceOf(Append.Full.class);
        }
        try (Journal journal = Journal.open(file, full, new GivesWayWhenAsked(), CLOCK)) {
            assertThat(journal.append(entry(1))).isInstanceOf(Append.Taken.class);
        }
    }

    /** By whose rules everything might give way, though nothing does. */
    private record GivesWayWhenAsked() implements Shedding {
        @Override
        public boolean yields(String key) {
            return true;
        }

        @Override
        public boolean thins() {
            return false;
        }

        @Override
        public long rules() {
            return 1;
        }

        @Override
        public Survey survey(long boot, long nowMillis) {
            return Survey.SILENT;
        }

        @Override
        public Round round(long boot) {
            return new Round() {
                @Override
                public List<Change> thin(List<Stored> page) {
                    return List.of();
                }

                @Override
                public List<Change> drop(List<Stored> page, long bytes) {
                    return List.of();
                }

                @Override
                public Set<String> keys() {
                    return Set.of();
                }

                @Override
                public OptionalLong firstOpen() {
                    return OptionalLong.empty();
                }

                @Override
                public List<Entry> reports(String key, Optional<Entry> earlier, long offset) {
                    throw new AssertionError();
                }
            };
        }
    }

    private Journal openLarge() throws JournalException {
        return Journal.open(file, new Journal.Limits(Duration.ofMillis(2), 500, 64 << 20), CLOCK);
    }

    private Backlog large() throws Exception {
        Files.delete(file);
        try (Journal journal = openLarge()) {
            for (int i = 1; i <= LARGE; i++) {
                byte[] value = new byte[1_500];
                new Random(i).nextBytes(value);
                var taken = (Append.Taken)
                        journal.append(new Entry(Entry.Kind.READINGS, "casa1/inv-01", i, Map.of(), value));
                if (i % 1_000 == 0) {
                    taken.onDisk().get();
                }
            }
            return journal.backlog();
        }
    }

    private void spoilALeaf() throws IOException {
        byte[] noise = new byte[PAGE_BYTES];
        new Random(1).nextBytes(noise);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(noise), channel.size() / PAGE_BYTES / 2 * PAGE_BYTES);
        }
    }

    private static int readAll(Journal journal) throws JournalException {
        int readings = 0;
        long last = 0;
        for (List<Stored> page = journal.read(last, 1_000); !page.isEmpty(); page = journal.read(last, 1_000)) {
            for (Stored stored : page) {
                readings += stored.entry().kind() == Entry.Kind.READINGS ? 1 : 0;
            }
            last = page.getLast().offset();
        }
        return readings;
    }

    /** Says how much was saved and how much is gone, and has a report of it written. */
    private record Telling(List<Long> told) implements Shedding {
        @Override
        public boolean yields(String key) {
            return false;
        }

        @Override
        public boolean thins() {
            return false;
        }

        @Override
        public long rules() {
            return 0;
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
            assertThat(entry.headers()).containsEntry("reason", EntryTable.SPOILT);
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
