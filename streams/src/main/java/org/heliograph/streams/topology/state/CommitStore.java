package org.heliograph.streams.topology.state;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * A logged store whose owner keeps what has changed in memory, and writes it when the task is about to commit: much that
 * changed since the last commit becomes few records, and is in the same transaction as the records that it came from.
 *
 * <p>Kafka Streams tells its own caches of a commit by {@link CachedStateStore}, before it flushes the producer. That
 * interface is internal, and there is no public one for it; a version that doesn't call it loses every write at once,
 * which every recovery test shows.
 */
public final class CommitStore implements StateStore, CachedStateStore<Bytes, byte[]> {
    private final KeyValueStore<Bytes, byte[]> entries;
    private @Nullable Runnable write;

    private CommitStore(KeyValueStore<Bytes, byte[]> entries) {
        this.entries = entries;
    }

    /** What is written; what isn't yet, only the owner knows. */
    public KeyValueStore<Bytes, byte[]> entries() {
        return entries;
    }

    /** @param write writes what has changed: called before each commit */
    public void beforeCommit(Runnable write) {
        this.write = write;
    }

    @Override
    public void flushCache() {
        if (write != null) {
            write.run();
        }
    }

    /** The owner is gone: another will be made from what is written. */
    @Override
    public void clearCache() {
        write = null;
    }

    @Override
    public boolean setFlushListener(CacheFlushListener<Bytes, byte[]> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    public String name() {
        return entries.name();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        entries.init(context, root);
    }

    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        entries.commit(changelogOffsets);
    }

    @Override
    public Long committedOffset(TopicPartition partition) {
        return entries.committedOffset(partition);
    }

    @Override
    @SuppressWarnings("deprecation") // the entries decide
    public boolean managesOffsets() {
        return entries.managesOffsets();
    }

    @Override
    public void close() {
        entries.close();
    }

    @Override
    public boolean persistent() {
        return entries.persistent();
    }

    @Override
    public boolean isOpen() {
        return entries.isOpen();
    }

    @Override
    public Position getPosition() {
        return entries.getPosition();
    }

    /** Builds one around a plain store. */
    public record Builder(StoreBuilder<KeyValueStore<Bytes, byte[]>> plain) implements StoreBuilder<CommitStore> {
        @Override
        public CommitStore build() {
            return new CommitStore(plain.build());
        }

        @Override
        public StoreBuilder<CommitStore> withCachingEnabled() {
            throw new UnsupportedOperationException("it is one");
        }

        @Override
        public StoreBuilder<CommitStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<CommitStore> withLoggingEnabled(Map<String, String> config) {
            return new Builder(plain.withLoggingEnabled(config));
        }

        @Override
        public StoreBuilder<CommitStore> withLoggingDisabled() {
            return new Builder(plain.withLoggingDisabled());
        }

        @Override
        public Map<String, String> logConfig() {
            return plain.logConfig();
        }

        @Override
        public boolean loggingEnabled() {
            return plain.loggingEnabled();
        }

        @Override
        public String name() {
            return plain.name();
        }
    }
}
