package org.heliograph.streams.topology.device;

import java.util.ArrayList;
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
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.DeviceIrregularities;
import org.heliograph.telemetry.reading.Point;
import org.jspecify.annotations.Nullable;

/**
 * What isn't plain about the registers of each device. What an irregular step means may depend on readings hours away,
 * so the minutes with such steps are remembered, and those with steps that late power may make such; the meaning of all
 * of them is found anew whenever a minute of their device is measured. Nearly all devices have none.
 */
public final class Irregularities {
    public static final String STORE = "irregularities";

    private final KeyValueStore<String, byte[]> store;
    private final SampleStore samples;
    private final KnownSteps known = new KnownSteps();

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

        /** Whether any of them begins before a moment. */
        boolean reachesBack(long millis) {
            return spans.values().stream().flatMap(List::stream).anyMatch(span -> span.fromMillis() < millis);
        }
    }

    /**
     * Looks at measured minutes again.
     *
     * @param run the samples of the minutes and around them
     * @param points the metering points that the device has reported
     * @param oldestMillis minutes before that aren't measured any more, changed or not
     */
    Found find(
            String deviceKey,
            DeviceHistory history,
            List<Long> minutesMillis,
            Samples run,
            Set<Point> points,
            long oldestMillis) {
        Set<Point> registers = EnumSet.noneOf(Point.class);
        points.stream().filter(Point::isRegister).forEach(registers::add);
        byte @Nullable [] stored = store.get(deviceKey);
        DeviceIrregularities before = stored == null
                ? DeviceIrregularities.getDefaultInstance()
                : StateException.read(STORE, stored, DeviceIrregularities::parseFrom);
        NavigableSet<Long> measured = new TreeSet<>(minutesMillis);
        NavigableSet<Long> suspected = new TreeSet<>(before.getMinuteMsList());
        suspected.removeAll(measured);
        for (Point register : registers) {
            Irregularity.suspectedMinutes(run, register, history).stream()
                    .filter(measured::contains)
                    .forEach(suspected::add);
        }
        if (suspected.isEmpty() && stored == null) {
            return Found.NONE;
        }
        Map<Point, Long> settled = StoredSpans.settledMillis(before);
        NavigableSet<Long> remembered = new TreeSet<>();
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        for (Point register : registers) {
            List<Irregularity> steps = new ArrayList<>();
            for (long minute : suspected) {
                KnownSteps.OfMinute ofMinute = known.minute(
                        deviceKey,
                        history,
                        points,
                        register,
                        minute,
                        measured,
                        looked -> look(deviceKey, history, register, looked, points));
                if (ofMinute.isToBeRemembered()) {
                    remembered.add(minute);
                }
                long settledMillis = settled.getOrDefault(register, -1L);
                ofMinute.steps().stream()
                        .filter(step -> step.after().timeMillis() > settledMillis)
                        .forEach(steps::add);
            }
            List<Span> meaning = Spans.of(steps, register, history);
            if (!meaning.isEmpty()) {
                spans.put(register, meaning);
            }
        }
        known.keepOnly(deviceKey, remembered);
        return keep(deviceKey, before, remembered, spans, oldestMillis);
    }

    private KnownSteps.OfMinute look(
            String deviceKey, DeviceHistory history, Point register, long minuteMillis, Set<Point> points) {
        long since = samples.standstillMinute(deviceKey, minuteMillis, register);
        Samples around = samples.around(deviceKey, since, minuteMillis, points);
        long end = minuteMillis + DeviceMinute.LENGTH_MILLIS;
        List<Irregularity> steps = Irregularity.among(around, register, history, minuteMillis, end);
        boolean isDecidedByPower = Irregularity.isDecidedByPower(around, register, history, minuteMillis, end);
        return KnownSteps.OfMinute.of(steps, isDecidedByPower, around, points, since, minuteMillis);
    }

    private Found keep(
            String deviceKey,
            DeviceIrregularities before,
            NavigableSet<Long> remembered,
            Map<Point, List<Span>> spans,
            long oldestMillis) {
        DeviceIrregularities after = StoredSpans.encode(remembered, spans, StoredSpans.settledMillis(before));
        if (after.equals(before)) {
            return new Found(spans, Set.of());
        }
        put(deviceKey, after);
        Map<Point, List<Span>> old = StoredSpans.decode(before);
        Set<Point> registers = EnumSet.noneOf(Point.class);
        registers.addAll(old.keySet());
        registers.addAll(spans.keySet());
        Set<Long> changed = new HashSet<>();
        for (Point register : registers) {
            Set<Span> was = new HashSet<>(old.getOrDefault(register, List.of()));
            Set<Span> is = new HashSet<>(spans.getOrDefault(register, List.of()));
            was.stream().filter(span -> !is.contains(span)).forEach(span -> addMinutes(span, oldestMillis, changed));
            is.stream().filter(span -> !was.contains(span)).forEach(span -> addMinutes(span, oldestMillis, changed));
        }
        return new Found(spans, changed);
    }

    /** To the one in which it ends, with the step that ends it. */
    private static void addMinutes(Span span, long oldestMillis, Set<Long> minutes) {
        for (long minute = Math.max(oldestMillis, DeviceMinute.startOf(span.fromMillis()));
                minute <= span.toMillis();
                minute += DeviceMinute.LENGTH_MILLIS) {
            minutes.add(minute);
        }
    }

    private void put(String deviceKey, DeviceIrregularities all) {
        if (all.equals(DeviceIrregularities.getDefaultInstance())) {
            store.delete(deviceKey);
        } else {
            store.put(deviceKey, all.toByteArray());
        }
    }

    /**
     * Forgets the steps that are settled: all that end before a moment, but for those of a span that reaches beyond it.
     * What is judged goes on from the same step as before, so that what is forgotten changes no meaning.
     *
     * @return the moment from which on samples are still needed to say what happened since
     */
    long purge(String deviceKey, long beforeMillis) {
        byte @Nullable [] stored = store.get(deviceKey);
        if (stored == null) {
            return beforeMillis;
        }
        DeviceIrregularities old = StateException.read(STORE, stored, DeviceIrregularities::parseFrom);
        Map<Point, Long> settled = StoredSpans.settledMillis(old);
        Map<Point, List<Span>> spans = StoredSpans.decode(old);
        settled.replaceAll((_, _) -> beforeMillis);
        spans.forEach((register, all) -> settled.put(
                register,
                all.stream()
                        .filter(span -> span.toMillis() > beforeMillis)
                        .mapToLong(Span::fromMillis)
                        .reduce(beforeMillis, Math::min)));
        spans.replaceAll((_, all) ->
                all.stream().filter(span -> span.toMillis() > beforeMillis).toList());
        long needed = settled.values().stream().map(DeviceMinute::startOf).reduce(beforeMillis, Math::min);
        NavigableSet<Long> minutes = new TreeSet<>(old.getMinuteMsList()).tailSet(needed, true);
        known.keepOnly(deviceKey, minutes);
        DeviceIrregularities rest = StoredSpans.encode(minutes, spans, settled);
        if (!rest.equals(old)) {
            put(deviceKey, rest);
        }
        return needed;
    }
}
