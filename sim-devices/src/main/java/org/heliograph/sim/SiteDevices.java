package org.heliograph.sim;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.heliograph.sim.device.GaugeLedger;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.fault.FaultyDevices;
import org.heliograph.sim.ledger.Integration;

/**
 * All devices of a site with their faults, without what they speak: as time goes on they read their instruments, and
 * what arrives of it is taken from here. For one thread.
 */
final class SiteDevices {
    private final Integration integration;
    private final Map<String, Instruments> instruments = new LinkedHashMap<>();
    private final FaultyDevices faulty;
    private final GaugeLedger gauges = new GaugeLedger();

    SiteDevices(Integration integration, long seed, FaultPlan plan) {
        this.integration = integration;
        integration
                .layout()
                .devices()
                .forEach(device -> instruments.put(device.id(), new Instruments(device, integration, seed)));
        faulty = new FaultyDevices(plan);
        rememberAt(integration.now());
    }

    /** Goes on to a moment. */
    void advanceTo(Instant moment) {
        Optional<Instant> turn = faulty.nextMoment(integration.now(), moment);
        while (turn.isPresent()) {
            integration.advanceTo(turn.get());
            rememberAt(turn.get());
            turn = faulty.nextMoment(turn.get(), moment);
        }
        integration.advanceTo(moment);
    }

    private void rememberAt(Instant moment) {
        for (String device : faulty.devicesAt(moment)) {
            faulty.remember(device, instruments(device).read());
        }
    }

    /** Every device reads; how many values that are. */
    long readAll() {
        long values = 0;
        for (Map.Entry<String, Instruments> device : instruments.entrySet()) {
            Snapshot truth = device.getValue().read();
            values += truth.points().size();
            gauges.note(device.getKey(), truth);
            faulty.read(device.getKey(), truth);
        }
        return values;
    }

    /** Reads those that are due at this second. */
    void readDue() {
        long second = integration.now().getEpochSecond();
        instruments.forEach((id, device) -> {
            if (device.isDue(second)) {
                Snapshot truth = device.read();
                gauges.note(id, truth);
                faulty.read(id, truth);
            }
        });
    }

    /** What the gauges have read so far. */
    GaugeLedger gauges() {
        return gauges;
    }

    /** What a device shows before anything happens. */
    Snapshot first(String device) {
        return instruments(device).read();
    }

    /** What arrives by now of each device of which something does, pack by pack. */
    Map<String, List<List<Snapshot>>> take() {
        Map<String, List<List<Snapshot>>> packs = new LinkedHashMap<>();
        for (String device : instruments.keySet()) {
            List<List<Snapshot>> arriving = faulty.take(device, integration.now());
            if (!arriving.isEmpty()) {
                packs.put(device, arriving);
            }
        }
        return packs;
    }

    private Instruments instruments(String device) {
        Instruments its = instruments.get(device);
        if (its == null) {
            throw new IllegalArgumentException("there is no device " + device);
        }
        return its;
    }
}
