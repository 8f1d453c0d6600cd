package org.heliograph.streams.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Irregularity;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.energy.Spans;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.streams.topology.state.v1.DeviceIrregularities;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * What isn't plain about the registers of each device. What an irregular step means may depend on readings hours away,
 * so the minutes with such steps are remembered, and the meaning of all of them is found anew whenever a minute of their
 * device is measured. Nearly all devices have none.
 */
final class Irregularities {
    static final String STORE = "irregularities";

    private final KeyValueStore<String, byte[]> store;
    private final SampleStore samples;

    Irregularities(KeyValueStore<String, byte[]> store, SampleStore samples) {
        this.store = store;
        this.samples = samples;
    }

    /**
     * A device's spans.
     *
     * @param changedMinutesMillis minutes whose meaning has changed
     */
    record Found(Map<Point, List<Span>> spans, Set<Long> changedMinutesMillis) {
        static final Found NONE = new Found(Map.of(), Set.of());

        List<Span> of(Point register) {
            return spans.getOrDefault(register, List.of());
        }
    }

    /**
     * Looks at measured minutes again.
     *
     * @param run the samples of the minutes and around them
     * @param points the metering points that the device has reported
     */
    Found find(String deviceKey, DeviceHistory history, List<Long> minutesMillis, Samples run, Set<Point> points) {
        Set<Point> registers = EnumSet.noneOf(Point.class);
        points.stream().filter(Point::isRegister).forEach(registers::add);
        byte @Nullable [] stored = store.get(deviceKey);
        DeviceIrregularities before = stored == null
                ? DeviceIrregularities.getDefaultInstance()
                : StateException.read(STORE, stored, DeviceIrregularities::parseFrom);
        NavigableSet<Long> suspected = new TreeSet<>(before.getMinuteMsList());
        minutesMillis.forEach(suspected::remove);
        for (Point register : registers) {
            Irregularity.suspectedMinutes(run, register, history).stream()
                    .filter(minutesMillis::contains)
                    .forEach(suspected::add);
        }
        if (suspected.isEmpty() && stored == null) {
            return Found.NONE;
        }
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        for (Point register : registers) {
            List<Irregularity> steps = new ArrayList<>();
            suspected.forEach(minute -> steps.addAll(steps(deviceKey, history, register, minute, points)));
            List<Span> meaning = Spans.of(steps, register, history);
            if (!meaning.isEmpty()) {
                spans.put(register, meaning);
            }
        }
        return keep(deviceKey, before, suspected, spans);
    }

    private List<Irregularity> steps(
            String deviceKey, DeviceHistory history, Point register, long minuteMillis, Set<Point> points) {
        long since = samples.standstillMinute(deviceKey, minuteMillis, register);
        return Irregularity.among(
                samples.around(deviceKey, since, minuteMillis, points),
                register,
                history,
                minuteMillis,
                minuteMillis + DeviceMinute.LENGTH_MILLIS);
    }

    private Found keep(
            String deviceKey, DeviceIrregularities before, Collection<Long> suspected, Map<Point, List<Span>> spans) {
        DeviceIrregularities after = StoredSpans.encode(suspected, spans);
        if (after.equals(before)) {
            return new Found(spans, Set.of());
        }
        if (after.equals(DeviceIrregularities.getDefaultInstance())) {
            store.delete(deviceKey);
        } else {
            store.put(deviceKey, after.toByteArray());
        }
        Map<Point, List<Span>> old = StoredSpans.decode(before);
        Set<Point> registers = EnumSet.noneOf(Point.class);
        registers.addAll(old.keySet());
        registers.addAll(spans.keySet());
        Set<Long> changed = new HashSet<>();
        for (Point register : registers) {
            Set<Span> was = new HashSet<>(old.getOrDefault(register, List.of()));
            Set<Span> is = new HashSet<>(spans.getOrDefault(register, List.of()));
            was.stream().filter(span -> !is.contains(span)).forEach(span -> addMinutes(span, changed));
            is.stream().filter(span -> !was.contains(span)).forEach(span -> addMinutes(span, changed));
        }
        return new Found(spans, changed);
    }

    private static void addMinutes(Span span, Set<Long> minutes) {
        for (long minute = DeviceMinute.startOf(span.fromMillis());
                minute < span.toMillis();
                minute += DeviceMinute.LENGTH_MILLIS) {
            minutes.add(minute);
        }
    }

    /** The moment from which on samples are still needed to say what happened since another moment. */
    long neededSince(String deviceKey, long sinceMillis) {
        byte @Nullable [] stored = store.get(deviceKey);
        if (stored == null) {
            return sinceMillis;
        }
        DeviceIrregularities all = StateException.read(STORE, stored, DeviceIrregularities::parseFrom);
        return all.getRegistersList().stream()
                .flatMap(register -> register.getSpansList().stream())
                .filter(span -> span.getToMs() > sinceMillis)
                .mapToLong(span -> DeviceMinute.startOf(span.getFromMs()))
                .reduce(sinceMillis, Math::min);
    }

    /** Forgets the steps that end before a moment. */
    void purge(String deviceKey, long beforeMillis) {
        byte @Nullable [] stored = store.get(deviceKey);
        if (stored == null) {
            return;
        }
        DeviceIrregularities old = StateException.read(STORE, stored, DeviceIrregularities::parseFrom);
        NavigableSet<Long> minutes = new TreeSet<>(old.getMinuteMsList());
        if (minutes.isEmpty() || minutes.first() >= beforeMillis) {
            return;
        }
        Map<Point, List<Span>> spans = StoredSpans.decode(old);
        spans.replaceAll((_, all) ->
                all.stream().filter(span -> span.toMillis() > beforeMillis).toList());
        spans.values().removeIf(List::isEmpty);
        DeviceIrregularities rest = StoredSpans.encode(minutes.tailSet(beforeMillis, true), spans);
        if (rest.equals(DeviceIrregularities.getDefaultInstance())) {
            store.delete(deviceKey);
        } else {
            store.put(deviceKey, rest.toByteArray());
        }
    }
}
