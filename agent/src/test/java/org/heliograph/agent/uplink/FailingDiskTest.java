package org.heliograph.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.ModelDisk;
import org.heliograph.agent.journal.Stored;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk whose electronics fail: for a while, or for good. */
class FailingDiskTest {
    private static final long MAX_BYTES = 1 << 20;
    /** More than any limit of tries. */
    private static final int FOR_EVER = 1_000;

    private final ModelDisk disk = new ModelDisk();
    private final List<Long> arrived = new ArrayList<>();
    private Journal journal = open();
    private Pump pump = new Pump(journal, new Everything());

    private final class Everything implements Uplink {
        @Override
        public Delivery deliver(List<Stored> entries) {
            entries.forEach(stored -> arrived.add(stored.entry().timestampMillis()));
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
    }

    @BeforeEach
    void one_entry_waits() {
        append(1);
        ModelDisk.write(journal);
    }

    @Test
    void a_journal_that_can_not_be_read_for_a_while_is_said_so_and_goes_on() throws Exception {
        disk.setFailing(true, false);
        assertThat(pump.pass()).isEqualTo(Pump.Pass.UNREADABLE);
        assertThat(pump.pass()).isEqualTo(Pump.Pass.UNREADABLE);
        assertThat(pump.unreadable()).contains("the journal can't be read: disk I/O error");
        assertThat(journal.errors()).isEqualTo(2);

        disk.setFailing(false, false);
        assertThat(pump.pass()).isEqualTo(Pump.Pass.MOVED);
        assertThat(pump.unreadable()).isEmpty();
        assertThat(arrived).containsExactly(1L);
    }

    @Test
    void one_that_can_not_be_read_for_good_ends_the_process_and_loses_nothing() throws Exception {
        disk.setFailing(true, false);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < FOR_EVER; i++) {
                        pump.pass();
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("disk I/O error");
        assertThat(journal.errors()).isEqualTo(Reader.READS_MAX);

        disk.setFailing(false, false);
        restart();
        pump.pass();
        assertThat(arrived).containsExactly(1L);
    }

    @Test
    void a_disk_that_fails_to_write_for_a_while_takes_nothing_says_why_and_goes_on() throws Exception {
        Append.Taken taken = append(2);
        disk.setFailing(false, true);
        for (int i = 0; i < 3; i++) {
            ModelDisk.write(journal);
        }
        assertThat(journal.failure()).contains("the disk fails: disk I/O error");
        assertThat(journal.isWriting()).isFalse();
        assertThat(journal.errors()).isEqualTo(3);
        assertThat(journal.append(entry(3))).isInstanceOf(Append.Full.class);

        disk.setFailing(false, false);
        ModelDisk.write(journal);
        assertThat(journal.failure()).isEmpty();
        assertThat(taken.onDisk()).isCompleted();
        append(3);
        ModelDisk.write(journal);
        pump.pass();
        assertThat(arrived).containsExactly(1L, 2L, 3L);
    }

    @Test
    void one_that_fails_to_write_for_good_ends_the_process_and_nothing_was_acknowledged() throws Exception {
        Append.Taken taken = append(2);
        disk.setFailing(false, true);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < FOR_EVER; i++) {
                        ModelDisk.write(journal);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the journal's disk fails: disk I/O error");
        assertThat(taken.onDisk()).isNotCompleted();

        disk.setFailing(false, false);
        restart();
        pump.pass();
        assertThat(arrived).containsExactly(1L);
    }

    @Test
    void one_that_is_full_is_waited_for_as_long_as_it_takes() {
        Append.Taken taken = append(2);
        disk.setFull(true);
        for (int i = 0; i < FOR_EVER; i++) {
            ModelDisk.write(journal);
        }
        assertThat(journal.failure()).contains("the disk is full");
        assertThat(journal.errors()).isZero();
        assertThat(taken.onDisk()).isNotCompleted();

        disk.setFull(false);
        ModelDisk.write(journal);
        assertThat(taken.onDisk()).isCompleted();
    }

    @Test
    void one_that_takes_nothing_is_waited_for_as_a_full_one_whatever_it_calls_that() throws Exception {
        Append.Taken taken = append(2);
        disk.setTakingNothing(true);
        for (int i = 0; i < FOR_EVER; i++) {
            ModelDisk.write(journal);
        }
        assertThat(journal.failure())
                .contains("the disk takes nothing (a quota, or mounted read-only?): disk I/O error");
        assertThat(journal.isWriting()).isFalse();
        assertThat(journal.errors())
                .as("the first, of which nobody knew the cause")
                .isEqualTo(1);
        assertThat(journal.append(entry(3))).isInstanceOf(Append.Full.class);
        pump.pass();
        ModelDisk.write(journal);
        assertThat(journal.backlog().entries())
                .as("what was delivered makes room")
                .isEqualTo(1);

        disk.setTakingNothing(false);
        ModelDisk.write(journal);
        assertThat(journal.failure()).isEmpty();
        assertThat(taken.onDisk()).isCompleted();
        pump.pass();
        assertThat(arrived).containsExactly(1L, 2L);
    }

    @Test
    void one_that_takes_nothing_for_an_hour_ends_the_process_as_it_may_be_gone() {
        append(2);
        disk.setTakingNothing(true);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 2 * 3_600; i++) {
                        ModelDisk.write(journal);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the journal's disk fails: disk I/O error");
    }

    private void restart() {
        disk.cutPower();
        journal = open();
        pump = new Pump(journal, new Everything());
    }

    private Journal open() {
        try {
            return disk.open(MAX_BYTES);
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Append.Taken append(long number) {
        return (Append.Taken) journal.append(entry(number));
    }

    private static Entry entry(long number) {
        return new Entry(Entry.Kind.READINGS, "casa1/inv-01", number, Map.of(), new byte[8]);
    }
}
