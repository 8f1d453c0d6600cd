package org.heliograph.streams.topology.samples;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.sample.Samples;
import org.jspecify.annotations.Nullable;

/**
 * The minutes of one device's samples that are in memory: what has changed since it was written, and the newest, for as
 * long as they are likely to be asked for.
 */
final class HeldSamples {
    private static final long UNWRITTEN = -1;

    private final String deviceKey;
    private final SampleBlocks blocks;
    private final NavigableMap<Long, Minute> minutes = new TreeMap<>();
    /** The newest minute that it has samples of. */
    private long newestMillis = Long.MIN_VALUE;
    /** Every minute from there on that it has samples of is in memory. */
    private long completeFromMillis = Long.MIN_VALUE;

    private boolean isChanged;

    private static final class Minute {
        private Samples samples;
        /** The start of the block that it is in. */
        private long blockMillis;

        private boolean isAlone;
        private boolean isChanged;

        Minute(Samples samples, long blockMillis, boolean isAlone) {
            this.samples = samples;
            this.blockMillis = blockMillis;
            this.isAlone = isAlone;
        }
    }

    /** The samples of a device, with its newest block. */
    HeldSamples(String deviceKey, SampleBlocks blocks) {
        this.deviceKey = deviceKey;
        this.blocks = blocks;
        blocks.newest(deviceKey).ifPresent(newest -> {
            hold(newest);
            newestMillis = minutes.lastKey();
            completeFromMillis = minutes.firstKey();
        });
    }

    private void hold(SampleBlocks.Block block) {
        NavigableMap<Long, Samples> stored = block.minutes();
        stored.forEach((minute, samples) ->
                minutes.putIfAbsent(minute, new Minute(samples, block.startMillis(), stored.size() == 1)));
    }

    /** How many minutes there are. */
    int size() {
        return minutes.size();
    }

    boolean isChanged() {
        return isChanged;
    }

    long completeFromMillis() {
        return completeFromMillis;
    }

    /** The samples of the minutes from the one to the other, exclusive, that are in memory. */
    List<Samples> between(long fromMillis, long toMillis) {
        List<Samples> samples = new ArrayList<>();
        minutes.subMap(fromMillis, true, toMillis, false).values().forEach(minute -> samples.add(minute.samples));
        return samples;
    }

    /** Gives what is wanted of the minutes on the context's side of a minute that are in memory like all between. */
    void give(long minuteMillis, Surroundings context) {
        boolean isBefore = context.isBefore();
        NavigableMap<Long, Minute> side =
                isBefore ? minutes.headMap(minuteMillis, false).descendingMap() : minutes.tailMap(minuteMillis, false);
        for (Map.Entry<Long, Minute> entry : side.entrySet()) {
            if (context.isWhole() || entry.getKey() < completeFromMillis) {
                return;
            }
            context.take(entry.getKey(), entry.getValue().samples);
        }
    }

    /** The newest minute before another that has samples, and is in memory like all that come after it. */
    Map.@Nullable Entry<Long, Samples> previous(long minuteMillis) {
        Map.Entry<Long, Minute> previous = minutes.lowerEntry(minuteMillis);
        return previous == null || previous.getKey() < completeFromMillis
                ? null
                : Map.entry(previous.getKey(), previous.getValue().samples);
    }

    /** The samples of a minute, when there are any. */
    @Nullable
    Samples minute(long minuteMillis) {
        Minute minute = find(minuteMillis);
        return minute == null ? null : minute.samples;
    }

    private @Nullable Minute find(long minuteMillis) {
        Minute known = minutes.get(minuteMillis);
        if (known != null || minuteMillis > newestMillis || minuteMillis >= completeFromMillis) {
            return known;
        }
        blocks.with(deviceKey, minuteMillis).ifPresent(this::hold);
        return minutes.get(minuteMillis);
    }

    /** Adds samples of a minute to those that there are; returns all of them. */
    Samples add(long minuteMillis, Samples added) {
        Minute minute = find(minuteMillis);
        if (minute == null) {
            minute = new Minute(added.thinned(), UNWRITTEN, true);
            minutes.put(minuteMillis, minute);
            newestMillis = Math.max(newestMillis, minuteMillis);
        } else {
            minute.samples = minute.samples.plus(added).thinned();
        }
        minute.isChanged = true;
        isChanged = true;
        return minute.samples;
    }

    /** Writes what has changed: new minutes in as few blocks as can be, but for the newest, which mostly isn't over. */
    void write() {
        if (!isChanged) {
            return;
        }
        NavigableMap<Long, Samples> run = new TreeMap<>();
        int runSamples = 0;
        NavigableMap<Long, NavigableMap<Long, Samples>> rewritten = new TreeMap<>();
        for (Map.Entry<Long, Minute> entry : minutes.entrySet()) {
            long millis = entry.getKey();
            Minute minute = entry.getValue();
            if (!minute.isChanged) {
                continue;
            }
            minute.isChanged = false;
            if (minute.blockMillis != UNWRITTEN) {
                rewritten
                        .computeIfAbsent(minute.blockMillis, start -> stored(start, minute))
                        .put(millis, minute.samples);
                continue;
            }
            boolean follows = !run.isEmpty()
                    && run.lastKey() == millis - DeviceMinute.LENGTH_MILLIS
                    && run.size() < SampleBlocks.MOST_MINUTES
                    && runSamples < SampleBlocks.MOST_SAMPLES
                    && millis != newestMillis;
            if (!follows) {
                put(run);
                run.clear();
                runSamples = 0;
            }
            run.put(millis, minute.samples);
            runSamples += minute.samples.size();
        }
        put(run);
        rewritten.values().forEach(this::putInParts);
        isChanged = false;
    }

    /** A block's minutes as they are stored; none when all of them is the minute that has changed. */
    private NavigableMap<Long, Samples> stored(long startMillis, Minute changedMinute) {
        return changedMinute.isAlone ? new TreeMap<>() : blocks.minutes(deviceKey, startMillis);
    }

    /** Writes a block whose minutes may have grown: in several, where it must take no further minute. */
    private void putInParts(NavigableMap<Long, Samples> block) {
        NavigableMap<Long, Samples> part = new TreeMap<>();
        int partSamples = 0;
        for (Map.Entry<Long, Samples> minute : block.entrySet()) {
            if (partSamples >= SampleBlocks.MOST_SAMPLES) {
                put(part);
                part.clear();
                partSamples = 0;
            }
            part.put(minute.getKey(), minute.getValue());
            partSamples += minute.getValue().size();
        }
        put(part);
    }

    private void put(NavigableMap<Long, Samples> block) {
        if (block.isEmpty()) {
            return;
        }
        blocks.put(deviceKey, block);
        for (long millis : block.keySet()) {
            Minute held = minutes.get(millis);
            if (held != null) {
                held.blockMillis = block.firstKey();
                held.isAlone = block.size() == 1;
            }
        }
    }

    /** Drops minutes from memory that are written, oldest first, as long as there are more than so many. */
    void release(int kept) {
        int excess = minutes.size() - kept;
        Iterator<Map.Entry<Long, Minute>> oldest = minutes.entrySet().iterator();
        while (excess-- > 0) {
            Map.Entry<Long, Minute> entry = oldest.next();
            if (!entry.getValue().isChanged) {
                oldest.remove();
                completeFromMillis = Math.max(completeFromMillis, entry.getKey() + DeviceMinute.LENGTH_MILLIS);
            }
        }
    }
}
