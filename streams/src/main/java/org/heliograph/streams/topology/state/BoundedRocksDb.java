package org.heliograph.streams.topology.state;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One block cache and one budget of write buffers for all stores of the process: without, each partition's store would
 * take its own. Kafka Streams makes one of these for every store, so what they share has to be static.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {
    /** The property that carries the budget in bytes, as a Long. */
    public static final String BUDGET = "heliograph.rocksdb.bytes";

    private static final long DEFAULT_BYTES = 128L << 20;
    private static final long MEMTABLE_BYTES = 4L << 20;
    private static final long BLOCK_BYTES = 4L << 10;

    private static final class Shared {
        private final Cache cache;
        private final WriteBufferManager writeBuffers;

        Shared(long bytes) {
            cache = new LRUCache(bytes);
            writeBuffers = new WriteBufferManager(bytes / 2, cache);
        }
    }

    @SuppressWarnings("NonFinalStaticField") // see above: there is no other place that all stores can reach
    private static volatile @Nullable Shared shared;

    private static synchronized Shared shared(Map<String, Object> configs) {
        Shared known = shared;
        if (known == null) {
            RocksDB.loadLibrary();
            known = new Shared(bytes(configs.get(BUDGET)));
            shared = known;
        }
        return known;
    }

    static long bytes(@Nullable Object budget) {
        return switch (budget) {
            case null -> DEFAULT_BYTES;
            case Long bytes -> bytes;
            default -> throw new IllegalArgumentException(BUDGET + " is no Long: " + budget);
        };
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Shared budget = shared(configs);
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(budget.cache);
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        table.setBlockSize(BLOCK_BYTES);
        options.setWriteBufferManager(budget.writeBuffers);
        options.setWriteBufferSize(MEMTABLE_BYTES);
        options.setTableFormatConfig(table);
    }

    @Override
    public void close(String storeName, Options options) {
        // the cache and the budget belong to the process
    }
}
