package org.heliograph.streams.topology.device;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.topology.state.EngineSettings;

/**
 * The device minutes whose samples have changed since they were last measured. In memory only: what is kept of a device
 * ({@link DeviceBook}) says from which minute on all have to be measured again after a start. The store has the oldest
 * of all, so that others can tell whether something is left to be done, and how far minutes have been forgotten, and when:
 * of one before that not all samples are there, nor what was said of the site's other devices, so it can't be measured
 * again.
 */
public final class DirtyMinutes {
    public static final String STORE = "dirty-minutes";

    private final KeyValueStore<String, byte[]> store;
    private final String partition;
    private final Map<String, NavigableSet<Long>> minutes = new HashMap<>();
    private final Set<String> touched = new LinkedHashSet<>();
    private long forgottenMillis;
    private long lastForgotMillis;
    private long writtenMillis;
    private long writtenForgottenMillis;
    private long writtenLastForgotMillis;

    /**
     * What is left to be done.
     *
     * @param oldestMillis the oldest minute that is kept, where the store doesn't say
     * @param nowMillis nothing later has been forgotten, whatever was forgotten by a clock that was ahead
     */
    DirtyMinutes(KeyValueStore<String, byte[]> store, int partition, long oldestMillis, long nowMillis) {
        this.store = store;
        this.partition = Integer.toString(partition);
        byte[] written = store.get(this.partition);
        writtenMillis = written == null ? Long.MAX_VALUE : decode(written);
        boolean isSaid = written != null && written.length == 3 * Long.BYTES;
        writtenForgottenMillis = isSaid ? ByteBuffer.wrap(written).getLong(Long.BYTES) : Long.MIN_VALUE;
        writtenLastForgotMillis = isSaid ? ByteBuffer.wrap(written).getLong(2 * Long.BYTES) : Long.MIN_VALUE;
        forgottenMillis = isSaid ? Math.min(writtenForgottenMillis, DeviceMinute.startOf(nowMillis)) : oldestMillis;
        lastForgotMillis =
                Math.min(isSaid ? writtenLastForgotMillis : oldestMillis + EngineSettings.REACH.toMillis(), nowMillis);
    }

    void mark(String deviceKey, Collection<Long> changed) {
        if (!changed.isEmpty()) {
            minutes.computeIfAbsent(deviceKey, _ -> new TreeSet<>()).addAll(changed);
            touched.add(deviceKey);
        }
    }

    void mark(String deviceKey, long changed) {
        minutes.computeIfAbsent(deviceKey, _ -> new TreeSet<>()).add(changed);
        touched.add(deviceKey);
    }

    /** Marks all minutes from the first to the last; none where the last is before it. */
    void mark(String deviceKey, long first, long last) {
        if (first > last) {
            return;
        }
        NavigableSet<Long> dirty = minutes.computeIfAbsent(deviceKey, _ -> new TreeSet<>());
        for (long minute = first; minute <= last; minute += DeviceMinute.LENGTH_MILLIS) {
            dirty.add(minute);
        }
        touched.add(deviceKey);
    }

    /** Has what is kept of a device written. */
    void touch(String deviceKey) {
        touched.add(deviceKey);
    }

    void clear(String deviceKey, Collection<Long> measured) {
        NavigableSet<Long> dirty = minutes.get(deviceKey);
        if (dirty != null) {
            measured.forEach(dirty::remove);
            if (dirty.isEmpty()) {
                minutes.remove(deviceKey);
            }
        }
    }

    List<String> devices() {
        return List.copyOf(minutes.keySet());
    }

    /** A device's dirty minutes that start by then, oldest first. */
    List<Long> startedBy(String deviceKey, long millis) {
        NavigableSet<Long> dirty = minutes.get(deviceKey);
        return dirty == null || dirty.first() > millis ? List.of() : List.copyOf(dirty.headSet(millis, true));
    }

    /** A device's oldest dirty minute; {@link Long#MAX_VALUE} without any. */
    long oldestMillis(String deviceKey) {
        NavigableSet<Long> dirty = minutes.get(deviceKey);
        return dirty == null ? Long.MAX_VALUE : dirty.first();
    }

    /** The oldest dirty minute of all; {@link Long#MAX_VALUE} without any. */
    long oldestMillis() {
        long oldest = Long.MAX_VALUE;
        for (NavigableSet<Long> dirty : minutes.values()) {
            oldest = Math.min(oldest, dirty.first());
        }
        return oldest;
    }

    /** Minutes before that have been forgotten, measured or not. */
    long forgottenMillis() {
        return forgottenMillis;
    }

    /** When an engine forgot minutes last, be it none: it was at work then. */
    long lastForgotMillis() {
        return lastForgotMillis;
    }

    /** Minutes before a moment are forgotten now. */
    void forget(long beforeMillis, long nowMillis) {
        lastForgotMillis = nowMillis;
        forgottenMillis = Math.max(forgottenMillis, beforeMillis);
        devices().forEach(deviceKey -> clear(deviceKey, startedBy(deviceKey, beforeMillis - 1)));
    }

    /** The devices that minutes were marked of since this was last asked. */
    Set<String> touched() {
        Set<String> all = Set.copyOf(touched);
        touched.clear();
        return all;
    }

    /** Says what is left to be done: before each commit. */
    void write() {
        long oldest = oldestMillis();
        if (oldest == writtenMillis
                && forgottenMillis == writtenForgottenMillis
                && lastForgotMillis == writtenLastForgotMillis) {
            return;
        }
        writtenMillis = oldest;
        writtenForgottenMillis = forgottenMillis;
        writtenLastForgotMillis = lastForgotMillis;
        store.put(
                partition,
                ByteBuffer.allocate(3 * Long.BYTES)
                        .putLong(oldest)
                        .putLong(forgottenMillis)
                        .putLong(lastForgotMillis)
                        .array());
    }

    /** The oldest dirty minute of a partition, as it is stored; {@link Long#MAX_VALUE} without any. */
    public static long decode(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong();
    }
}
