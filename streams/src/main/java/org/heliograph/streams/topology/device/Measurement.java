package org.heliograph.streams.topology.device;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Evidence;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.Output;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.SiteModels;
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
    /** Minutes measured from one reading of the sample store. */
    private static final int RUN_MINUTES = 60;

    private final ProcessorContext<String, Output> context;
    private final EngineSettings settings;
    private final SiteModels sites;
    private final SampleStore samples;
    private final Irregularities irregularities;
    private final DirtyMinutes dirty;
    private final DeviceBook devices;
    private final Standstills standstills;
    private final LongSilences silences;
    private final SiteEnergies energies;
    private final int partition;
    private final DeviceMinutes messages = new DeviceMinutes();

    Measurement(
            ProcessorContext<String, Output> context,
            EngineSettings settings,
            SiteModels sites,
            DeviceStores stores,
            Irregularities irregularities,
            Standstills standstills,
            LongSilences silences) {
        this.context = context;
        this.settings = settings;
        this.sites = sites;
        this.samples = stores.samples();
        this.irregularities = irregularities;
        this.dirty = stores.dirty();
        this.devices = stores.devices();
        this.standstills = standstills;
        this.silences = silences;
        this.energies = stores.energies();
        this.partition = context.taskId().partition();
    }

    /** Returns whether a site's minute is another now. */
    boolean measure(long nowMillis) {
        long deadlineNanos = System.nanoTime() + settings.measureBudget().toNanos();
        List<SiteEnergies.Minute> touched = new ArrayList<>();
        for (String deviceKey : dirty.devices()) {
            SeenDevice seen = devices.of(deviceKey);
            if (seen != null) {
                measure(seen, due(seen, nowMillis), touched, deadlineNanos);
            }
            if (System.nanoTime() > deadlineNanos) {
                break;
            }
        }
        Collections.sort(touched);
        touched.forEach(this::sendShare);
        return !touched.isEmpty();
    }

    /** Minutes that the device has gone past, or that ended long enough ago. */
    private List<Long> due(SeenDevice seen, long nowMillis) {
        long settled = nowMillis - settings.settle().toMillis();
        return dirty.startedBy(seen.key(), Math.max(seen.timeMillis(), settled) - DeviceMinute.LENGTH_MILLIS);
    }

    private void measure(SeenDevice seen, List<Long> due, List<SiteEnergies.Minute> touched, long deadlineNanos) {
        if (due.isEmpty()) {
            return;
        }
        Optional<SiteModel> site = sites.model(seen.id().site());
        int next = 0;
        while (site.isPresent() && next < due.size() && System.nanoTime() <= deadlineNanos) {
            int end = next + 1;
            while (end < due.size() && due.get(end) - due.get(next) < RUN_MINUTES * DeviceMinute.LENGTH_MILLIS) {
                end++;
            }
            List<Long> run = due.subList(next, end);
            Set<Long> elsewhere = measureRun(seen, site.get(), run, touched);
            dirty.mark(seen.key(), elsewhere);
            dirty.clear(seen.key(), run);
            next = end;
        }
        samples.release(seen.key());
    }

    /** Measures minutes; returns those whose meaning changed with them. */
    private Set<Long> measureRun(
            SeenDevice seen, SiteModel site, List<Long> minutes, List<SiteEnergies.Minute> touched) {
        DeviceId id = seen.id();
        DeviceHistory history = DeviceHistory.of(site, id.device());
        Set<Point> points = Acceptance.meteringPoints(history.entries(), seen);
        Samples run = samples.around(seen.key(), minutes.getFirst(), minutes.getLast(), points);
        // what came before the engine was away may be older than what would be taken now
        long oldest = Math.min(settings.oldestMinuteMillis(context.currentSystemTimeMs()), minutes.getFirst());
        Irregularities.Found found = irregularities.find(seen.key(), history, minutes, run, points, oldest);
        Standstills.Found stood = standstills.find(seen.key(), history, minutes, run, found::of, oldest);
        Evidence evidence = new Evidence(found::of, stood::of);
        site.device(id.device(), Instant.ofEpochMilli(minutes.getFirst()))
                .ifPresent(device -> silences.note(seen.key(), device, run, found::of, minutes, oldest));
        boolean reachesBack = found.reachesBack(oldest) || (!run.isEmpty() && run.earliestMillis() < oldest);
        for (long minuteMillis : minutes) {
            Device device =
                    site.device(id.device(), Instant.ofEpochMilli(minuteMillis)).orElse(null);
            if (device == null) {
                continue;
            }
            Samples around = run.around(minuteMillis, minuteMillis + DeviceMinute.LENGTH_MILLIS, RegisterMeter.CONTEXT);
            Samples own = samples.minute(seen.key(), minuteMillis);
            DeviceMinute minute = DeviceMinute.of(history, device, around, own, evidence, minuteMillis);
            if (reachesBack) {
                minute =
                        minute.carrying(silences.carried(seen.key(), history, device, around, found::of, minuteMillis));
            }
            publish(seen, device, minuteMillis, minute, touched);
        }
        Set<Long> changed = new HashSet<>(found.changedMinutesMillis());
        changed.addAll(stood.changedMinutesMillis());
        return changed;
    }

    /** Publishes what is said of the minute now, unless it is what was said. */
    private void publish(
            SeenDevice seen, Device device, long minuteMillis, DeviceMinute minute, List<SiteEnergies.Minute> touched) {
        DeviceId id = seen.id();
        SiteEnergies.Minute ofSite = energies.minute(id.site(), minuteMillis);
        SiteEnergies.@Nullable Said before = ofSite.said(id.device());
        if (before == null && minute.isVoid()) {
            return; // a minute that nothing is known of is said to be so only where something was said of it
        }
        byte[] value = messages.encode(seen, device, minuteMillis, minute);
        long print = Fingerprint.of(value);
        if (before != null && before.print() == print) {
            return;
        }
        ofSite.say(id.device(), SiteEnergies.Said.of(device, minute, print));
        if (settings.scope().publishes(Instant.ofEpochMilli(minuteMillis))) {
            context.forward(new Record<>(seen.key(), new Output.Energy(value), minuteMillis));
        }
        // a device that has become one without an energy leaves what it was counted in
        boolean counts =
                device.role().countsEnergy() || (before != null && before.role().countsEnergy());
        if (counts && ofSite.touch()) {
            touched.add(ofSite);
        }
    }

    private void sendShare(SiteEnergies.Minute touched) {
        Optional<SiteModels.Version> site = sites.version(touched.site());
        if (site.isEmpty()) {
            return;
        }
        MeterTree tree = site.get().treeAt(Instant.ofEpochMilli(touched.startMillis()));
        SiteShare sum = touched.sum(site.get().model(), tree);
        SiteInput input = SiteInput.newBuilder()
                .setMinute(Shares.encode(sum).setPartition(partition).setMinuteMs(touched.startMillis()))
                .build();
        context.forward(new Record<>(touched.site(), new Output.ToSite(input), touched.startMillis()));
    }

    /** Forgets what no late reading can change any more, and what is to be measured still for as long as the sites wait. */
    void purge(long nowMillis) {
        long before = Math.max(
                Math.min(settings.oldestMinuteMillis(nowMillis), dirty.oldestMillis()),
                settings.oldestBacklogMillis(nowMillis));
        dirty.forget(before, nowMillis);
        if (before <= 0) {
            return; // nothing is that old
        }
        Set<String> sitesSeen = new TreeSet<>();
        devices.forEach(seen -> {
            long needed = irregularities.purge(seen.key(), before);
            samples.purge(seen.key(), needed, seen.points());
            sitesSeen.add(seen.id().site());
        });
        silences.purge(before);
        standstills.purge(before);
        sitesSeen.forEach(site -> energies.purge(site, before));
    }
}
