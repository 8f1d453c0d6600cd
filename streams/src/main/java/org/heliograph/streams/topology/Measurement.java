package org.heliograph.streams.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteModel;
import org.jspecify.annotations.Nullable;

/**
 * Measures the dirty minutes of a partition's devices, publishes them, and sends each touched site's minute on as this
 * partition's share, summed anew from the stored energies of its devices.
 */
final class Measurement {
    static final String STORE = "device-minutes";

    /** Minutes measured from one reading of the sample store. */
    private static final int RUN_MINUTES = 60;

    private final ProcessorContext<String, Emission> context;
    private final EngineSettings settings;
    private final SiteModels sites;
    private final SampleStore samples;
    private final Irregularities irregularities;
    private final DirtyMinutes dirty;
    private final Presence presence;
    private final Silences silences;
    private final KeyValueStore<Bytes, byte[]> store;
    private final int partition;

    Measurement(
            ProcessorContext<String, Emission> context,
            EngineSettings settings,
            SiteModels sites,
            SampleStore samples,
            Irregularities irregularities,
            DirtyMinutes dirty,
            Presence presence,
            Silences silences,
            KeyValueStore<Bytes, byte[]> store,
            int partition) {
        this.context = context;
        this.settings = settings;
        this.sites = sites;
        this.samples = samples;
        this.irregularities = irregularities;
        this.dirty = dirty;
        this.presence = presence;
        this.silences = silences;
        this.store = store;
        this.partition = partition;
    }

    /** A site's minute whose share has changed. */
    private record Touched(String site, long minuteMillis) implements Comparable<Touched> {
        @Override
        public int compareTo(Touched other) {
            int bySite = site.compareTo(other.site);
            return bySite != 0 ? bySite : Long.compare(minuteMillis, other.minuteMillis);
        }
    }

    void measure(long nowMillis) {
        long deadlineNanos = System.nanoTime() + settings.measureBudget().toNanos();
        Set<Touched> touched = new TreeSet<>();
        for (String deviceKey : dirty.devices()) {
            measure(DeviceId.ofKey(deviceKey), due(deviceKey, nowMillis), touched, deadlineNanos);
            if (System.nanoTime() > deadlineNanos) {
                break;
            }
        }
        touched.forEach(this::sendShare);
    }

    /** Minutes that the device has gone past, or that ended long enough ago. */
    private List<Long> due(String deviceKey, long nowMillis) {
        long passed = presence.of(deviceKey).getTimeMs();
        long settled = nowMillis - settings.settle().toMillis();
        return dirty.startedBy(deviceKey, Math.max(passed, settled) - DeviceMinute.LENGTH_MILLIS);
    }

    private void measure(DeviceId id, List<Long> due, Set<Touched> touched, long deadlineNanos) {
        Optional<SiteModel> site = sites.model(id.site());
        int next = 0;
        while (site.isPresent() && next < due.size() && System.nanoTime() <= deadlineNanos) {
            int end = next + 1;
            while (end < due.size() && due.get(end) - due.get(next) < RUN_MINUTES * DeviceMinute.LENGTH_MILLIS) {
                end++;
            }
            List<Long> run = due.subList(next, end);
            Set<Long> elsewhere = measureRun(id, site.get(), run, touched);
            dirty.mark(id.key(), elsewhere);
            dirty.clear(id.key(), run);
            next = end;
        }
    }

    /** Measures minutes; returns those whose meaning changed with them. */
    private Set<Long> measureRun(DeviceId id, SiteModel site, List<Long> minutes, Set<Touched> touched) {
        Set<Point> points = EnumSet.noneOf(Point.class);
        for (long minuteMillis : minutes) {
            site.device(id.device(), Instant.ofEpochMilli(minuteMillis))
                    .ifPresent(device -> points.addAll(DeviceProcessor.meteringPoints(device, id.key(), presence)));
        }
        Samples run = samples.around(id.key(), minutes.getFirst(), minutes.getLast(), points);
        DeviceHistory history = DeviceHistory.of(site, id.device());
        Irregularities.Found found = irregularities.find(id.key(), history, minutes, run, points);
        long oldest = settings.oldestMinuteMillis(context.currentSystemTimeMs());
        boolean reachesBack = run.series().stream().anyMatch(series -> series.timeMillis(0) < oldest);
        if (reachesBack) {
            site.device(id.device(), Instant.ofEpochMilli(minutes.getFirst()))
                    .ifPresent(device -> silences.note(id.key(), device, run, minutes.getFirst(), oldest));
        }
        for (long minuteMillis : minutes) {
            site.device(id.device(), Instant.ofEpochMilli(minuteMillis)).ifPresent(device -> {
                Samples around =
                        run.around(minuteMillis, minuteMillis + DeviceMinute.LENGTH_MILLIS, RegisterMeter.CONTEXT);
                DeviceMinute minute = DeviceMinute.of(history, device, around, found::of, minuteMillis);
                if (reachesBack) {
                    minute = minute.carrying(
                            silences.carried(id.key(), history, device, around, found::of, minuteMillis));
                }
                if (publish(id, device, minuteMillis, minute)) {
                    touched.add(new Touched(id.site(), minuteMillis));
                }
            });
        }
        return found.changedMinutesMillis().stream()
                .filter(minute -> minute >= oldest)
                .collect(Collectors.toSet());
    }

    /** Stores and publishes what is said of the minute now; false when nothing changed. */
    private boolean publish(DeviceId id, Device device, long minuteMillis, DeviceMinute minute) {
        Bytes key = Keys.siteMinute(id.site(), minuteMillis, id.device());
        var message = DeviceMinutes.encode(id, device, minuteMillis, minute);
        byte[] value = message.toByteArray();
        byte @Nullable [] said = store.get(key);
        // a minute that nothing is known of is said to be so only where something was said of it
        if (Arrays.equals(value, said) || (said == null && minute.isVoid())) {
            return false;
        }
        store.put(key, value);
        if (settings.scope().publishes(Instant.ofEpochMilli(minuteMillis))) {
            context.forward(new Record<>(id.key(), new Emission.Energy(message), minuteMillis));
        }
        return device.role().countsEnergy();
    }

    private void sendShare(Touched touched) {
        Optional<SiteModels.Version> site = sites.version(touched.site());
        if (site.isEmpty()) {
            return;
        }
        MeterTree tree = site.get().treeAt(Instant.ofEpochMilli(touched.minuteMillis()));
        SiteShare sum = SiteShare.EMPTY;
        try (KeyValueIterator<Bytes, byte[]> devices = store.range(
                Keys.siteMinute(touched.site(), touched.minuteMillis(), ""),
                Keys.siteMinute(touched.site(), touched.minuteMillis() + 1, ""))) {
            while (devices.hasNext()) {
                sum = sum.plus(
                        DeviceMinutes.share(devices.next().value, site.get().model(), tree));
            }
        }
        SiteInput input = SiteInput.newBuilder()
                .setMinute(Shares.encode(sum).setPartition(partition).setMinuteMs(touched.minuteMillis()))
                .build();
        context.forward(new Record<>(touched.site(), new Emission.ToSite(input), touched.minuteMillis()));
    }

    /** Forgets what no late reading can change any more. */
    void purge(long nowMillis) {
        long before = settings.oldestMinuteMillis(nowMillis);
        Set<String> sitesSeen = new TreeSet<>();
        presence.forEach((deviceKey, _) -> {
            long needed = irregularities.purge(deviceKey, before);
            samples.purge(deviceKey, needed, presence.pointsSeen(deviceKey));
            sitesSeen.add(DeviceId.ofKey(deviceKey).site());
        });
        silences.purge(before);
        dirty.devices().forEach(deviceKey -> dirty.clear(deviceKey, dirty.startedBy(deviceKey, before - 1)));
        for (String site : sitesSeen) {
            List<Bytes> old = new ArrayList<>();
            try (KeyValueIterator<Bytes, byte[]> devices =
                    store.range(Keys.siteMinute(site, 0, ""), Keys.siteMinute(site, before, ""))) {
                devices.forEachRemaining(entry -> old.add(entry.key));
            }
            old.forEach(store::delete);
        }
    }
}
