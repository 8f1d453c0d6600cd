package org.heliograph.streams.topology.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
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
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.telemetry.reading.Point;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What isn't plain about the registers of each device. What an irregular step means may depend on readings hours away,
 * so the minutes with such steps are remembered, and those with steps that late power may make such; the meaning of all
 * of them is found anew whenever a minute of their device is measured. Nearly all devices have none.
 */
public final class Irregularities {
    public static final String STORE = "irregularities";

    private static final Logger log = LoggerFactory.getLogger(Irregularities.class);

    /** A register with more of them in what is kept, one each eight minutes, isn't as its profile says. */
    private static final int MANY_STEPS = 400;

    private final StoredIrregularities stored;
    private final SampleStore samples;
    private final KnownSteps known = new KnownSteps();
    /** By register that has many steps, of which day that was said last. */
    private final Map<String, Long> saidDays = new HashMap<>();

    Irregularities(KeyValueStore<String, byte[]> store, SampleStore samples) {
        this.stored = new StoredIrregularities(store);
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
        for (Point point : points) {
            if (point.isRegister()) {
                registers.add(point);
            }
        }
        StoredIrregularities.OfDevice before = stored.get(deviceKey);
        NavigableSet<Long> measured = new TreeSet<>(minutesMillis);
        NavigableSet<Long> suspected = new TreeSet<>(before.minutesMillis());
        suspected.removeAll(measured);
        for (Point register : registers) {
            for (long minute : Irregularity.suspectedMinutes(run, register, history)) {
                if (measured.contains(minute)) {
                    suspected.add(minute);
                }
            }
        }
        if (suspected.isEmpty() && before.isEmpty()) {
            return Found.NONE;
        }
        NavigableSet<Long> remembered = new TreeSet<>();
        Map<Point, List<Span>> spans = new EnumMap<>(Point.class);
        for (Point register : registers) {
            List<Irregularity> steps = new ArrayList<>();
            long settledMillis = before.settledMillis().getOrDefault(register, -1L);
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
                ofMinute.steps().stream()
                        .filter(step -> step.after().timeMillis() > settledMillis)
                        .forEach(steps::add);
            }
            if (steps.size() > MANY_STEPS) {
                sayIrregular(deviceKey, register, steps);
            }
            List<Span> meaning = Spans.of(steps, register, history);
            if (!meaning.isEmpty()) {
                spans.put(register, meaning);
            }
        }
        known.keepOnly(deviceKey, remembered);
        return keep(deviceKey, before, remembered, spans, oldestMillis);
    }

    /** Once for each day that has such a step: each costs time whenever a minute of the device is measured. */
    private void sayIrregular(String deviceKey, Point register, List<Irregularity> steps) {
        long day = Math.floorDiv(
                steps.getLast().after().timeMillis(), Duration.ofDays(1).toMillis());
        Long said = saidDays.get(Keys.register(deviceKey, register));
        if (said == null || said < day) {
            saidDays.put(Keys.register(deviceKey, register), day);
            log.warn(
                    "register=irregular device={} point={} steps={} hint=\"does it count in coarse steps? then its profile "
                            + "needs resolution\"",
                    deviceKey,
                    register.label(),
                    steps.size());
        }
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
            StoredIrregularities.OfDevice before,
            NavigableSet<Long> remembered,
            Map<Point, List<Span>> spans,
            long oldestMillis) {
        StoredIrregularities.OfDevice after =
                new StoredIrregularities.OfDevice(remembered, spans, before.settledMillis());
        if (after.equals(before)) {
            return new Found(spans, Set.of());
        }
        stored.put(deviceKey, after);
        Map<Point, List<Span>> old = before.spans();
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

    /**
     * Forgets the steps that are settled: all that end before a moment, but for those of a span that reaches beyond it.
     * What is judged goes on from the same step as before, so that what is forgotten changes no meaning.
     *
     * @return the moment from which on samples are still needed to say what happened since
     */
    long purge(String deviceKey, long beforeMillis) {
        StoredIrregularities.OfDevice old = stored.get(deviceKey);
        if (old.isEmpty()) {
            return beforeMillis;
        }
        Map<Point, Long> settled = new EnumMap<>(old.settledMillis());
        Map<Point, List<Span>> spans = new EnumMap<>(old.spans());
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
        NavigableSet<Long> minutes = new TreeSet<>(old.minutesMillis().tailSet(needed, true));
        known.keepOnly(deviceKey, minutes);
        StoredIrregularities.OfDevice rest = new StoredIrregularities.OfDevice(minutes, spans, settled);
        if (!rest.equals(old)) {
            stored.put(deviceKey, rest);
        }
        return needed;
    }
}
