package org.heliograph.lab.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.senml.SenmlDecoder;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.device.SenmlPack;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.streams.config.SiteText;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.yaml.ConfigurationException;

/**
 * The devices of one or several equal sites, in the proportions of the Casablanca site, and what they say over a stretch
 * of time: the simulated plant's instruments, through SenML, as on the way from a device to Kafka.
 */
final class Fleet {
    private static final long SEED = 7;
    private static final long BOOT = 1;
    private static final double IT_LOAD = 0.5;
    static final int FEWEST_DEVICES = 10;
    /** One in this many of the rest of the devices. */
    private static final int INVERTERS_IN = 47;

    private static final int COOLING_IN = 20;
    private static final int SENSORS_IN = 10;

    /** What the meters above the racks have to carry for each device of the site; the site may be a large one. */
    private static final int KILOWATTS_FOR_EACH = 10;

    private final List<SiteText> sites;
    private final Instant from;
    private final Instant to;
    private final Shape shape;
    private final Integration integration;
    private final List<Instruments> instruments;

    private Fleet(List<SiteText> sites, Instant from, Instant to, Shape shape, Integration integration) {
        this.sites = sites;
        this.from = from;
        this.to = to;
        this.shape = shape;
        this.integration = integration;
        instruments = integration.layout().devices().stream()
                .map(device -> new Instruments(device, integration, SEED))
                .toList();
    }

    /**
     * Makes the sites.
     *
     * @param from a whole minute
     * @param devices of each site
     * @throws IllegalArgumentException with a sentence, if there is no such fleet
     */
    static Fleet of(int sites, int devices, Instant from, Duration span, Shape shape) {
        if (devices < FEWEST_DEVICES) {
            throw new IllegalArgumentException("a site has at least " + FEWEST_DEVICES + " devices, not " + devices);
        }
        List<SiteText> texts = IntStream.range(0, sites)
                .mapToObj(i -> site(String.format(Locale.ROOT, "site-%04d", i), devices))
                .toList();
        Plant plant = new Plant(Layout.of(texts.getFirst().model(), from), SEED, IT_LOAD);
        return new Fleet(texts, from, from.plus(span), shape, new Integration(plant, from));
    }

    private static SiteText site(String name, int devices) {
        int rest = devices - 6;
        int inverters = Math.max(1, rest / INVERTERS_IN);
        int cooling = Math.max(1, rest / COOLING_IN);
        int sensors = rest / SENSORS_IN;
        int racks = rest - inverters - cooling - sensors;
        int kilowatts = devices * KILOWATTS_FOR_EACH;
        StringBuilder yaml =
                new StringBuilder("""
                site: %s
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                factors: {average: ember-2024, marginal: ifi-2021-solar}
                devices:
                  - {id: util-1, profile: utility-meter, role: grid, rating: %d kW}
                  - {id: "ups-{a,b}", profile: ups, role: ups, rating: %d kW}
                  - {id: "fpdu-{1..2}", profile: floor-pdu, role: floor-pdu, rating: %d kW}
                  - {id: aux-1, profile: energy-meter, role: auxiliary}
                  - {id: "inv-{1..%d}", profile: pv-inverter, role: pv, rating: 50 kW, area: roof}
                  - {id: "crac-{1..%d}", profile: crac, role: cooling, area: hall-1}
                  - {id: "pdu-{00001..%05d}", profile: rack-pdu, role: it, rating: 7.4 kW, area: hall-1}
                """.formatted(name, kilowatts, kilowatts, kilowatts, inverters, cooling, racks));
        if (sensors > 0) {
            yaml.append("  - {id: \"inlet-{1..%d}\", profile: inlet-sensor, role: room, area: hall-1}%n"
                    .formatted(sensors));
        }
        try {
            return new SiteText(SiteFile.parse(name + ".yaml", yaml.toString()), yaml.toString(), Instant.now());
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    List<SiteText> sites() {
        return sites;
    }

    /** Devices of all sites. */
    int devices() {
        return sites.size() * instruments.size();
    }

    Instant from() {
        return from;
    }

    Instant to() {
        return to;
    }

    int minutes() {
        return (int) Duration.between(from, to).toMinutes();
    }

    /** What really happened, on each of the sites, as far as it has been told. */
    Ledger truth() {
        return integration.ledger();
    }

    /** Tells everything once, in the order of time, both ends included. */
    Told tell(BiConsumer<Readings, byte[]> packs) {
        SenmlDecoder decoder = new SenmlDecoder();
        long records = 0;
        long readings = 0;
        long packsOfEach = 0;
        Instant next = from;
        while (!next.isAfter(to)) {
            List<List<Snapshot>> read = new ArrayList<>();
            instruments.forEach(_ -> read.add(new ArrayList<>()));
            for (int i = 0; i < shape.instants && !next.isAfter(to); i++) {
                integration.advanceTo(next);
                for (int device = 0; device < instruments.size(); device++) {
                    read.get(device).add(instruments.get(device).read());
                }
                next = next.plus(shape.cadence);
            }
            for (int device = 0; device < instruments.size(); device++) {
                String name = instruments.get(device).device().id();
                Readings template = decode(decoder, name, SenmlPack.json(read.get(device)));
                for (SiteText site : sites) {
                    Readings pack =
                            new Readings(new DeviceId(site.model().site(), name), template.serial(), template.series());
                    packs.accept(pack, PackCodec.encode(pack, new Origin("bench", BOOT, packsOfEach)));
                    records++;
                    readings += pack.size();
                }
            }
            packsOfEach++;
        }
        return new Told(records, readings);
    }

    private static Readings decode(SenmlDecoder decoder, String device, byte[] body) {
        return switch (decoder.decode(body, new DeviceId("site", device), Instant.EPOCH)) {
            case Decoded.Accepted accepted -> accepted.readings().getFirst();
            case Decoded.Refused(String reason) -> throw new IllegalStateException(device + ": " + reason);
        };
    }

    /** How much was told. */
    record Told(long records, long readings) {}
}
