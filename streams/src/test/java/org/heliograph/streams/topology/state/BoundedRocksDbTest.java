package org.heliograph.streams.topology.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** The budget is the process's: no other test of this module may open stores by it. */
class BoundedRocksDbTest {
    private static final long MEBIBYTE = 1L << 20;
    private static final long BUDGET = 16 * MEBIBYTE;
    private static final int VALUE_BYTES = 4 << 10;

    @TempDir
    private Path folder;

    private final Random random = new Random(5);

    @Test
    void all_stores_of_the_process_share_one_budget() throws RocksDBException {
        try (Store a = new Store("a");
                Store b = new Store("b")) {
            assertThat(a.is("block-cache-capacity")).isEqualTo(BUDGET);
            assertThat(b.is("block-cache-capacity")).isEqualTo(BUDGET);

            a.write(2 * MEBIBYTE);
            assertThat(b.is("block-cache-usage"))
                    .as("what is still to be written counts, of whichever store")
                    .isGreaterThanOrEqualTo(2 * MEBIBYTE)
                    .isLessThan(BUDGET);

            a.write(32 * MEBIBYTE);
            b.write(32 * MEBIBYTE);
            a.readAll();
            b.readAll();
            assertThat(a.is("block-cache-usage"))
                    .as("full, of blocks of both")
                    .isEqualTo(b.is("block-cache-usage"))
                    .isBetween(BUDGET / 2, BUDGET + MEBIBYTE);
        }
    }

    @Test
    void a_budget_that_is_no_number_is_not_passed_over() {
        assertThatThrownBy(() -> BoundedRocksDb.bytes("16777216")).isInstanceOf(IllegalArgumentException.class);
        assertThat(BoundedRocksDb.bytes(BUDGET)).isEqualTo(BUDGET);
    }

    /** A store as Kafka Streams opens it: the settings of one of its own. */
    private final class Store implements AutoCloseable {
        private final Options options = new Options().setCreateIfMissing(true);
        private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
        private final RocksDB db;
        private int written;

        Store(String name) throws RocksDBException {
            options.setTableFormatConfig(new BlockBasedTableConfig());
            new BoundedRocksDb().setConfig(name, options, Map.of(BoundedRocksDb.BUDGET, BUDGET));
            db = RocksDB.open(options, folder.resolve(name).toString());
        }

        void write(long bytes) throws RocksDBException {
            byte[] value = new byte[VALUE_BYTES];
            for (long i = 0; i < bytes / VALUE_BYTES; i++) {
                random.nextBytes(value);
                db.put(unlogged, key(written++), value);
            }
        }

        void readAll() throws RocksDBException {
            try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
                db.flush(wait);
            }
            for (int i = 0; i < written; i++) {
                assertThat(db.get(key(i))).hasSize(VALUE_BYTES);
            }
        }

        long is(String property) throws RocksDBException {
            return db.getLongProperty("rocksdb." + property);
        }

        private static byte[] key(int number) {
            return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
        }

        @Override
        public void close() {
            db.close();
            unlogged.close();
            options.close();
        }
    }
}
