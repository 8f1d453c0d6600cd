package org.heliograph.lab.pipeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.fault.FaultKind;

/**
 * What to run.
 *
 * @param folder where everything of this run is kept
 * @param racks size of the simulated site
 * @param longitude where it stands, degrees east: the sun is over it at another hour of the day
 * @param start where its ledger begins
 * @param itLoad share of the IT capacity in use
 * @param speed most simulated seconds per second of the replay
 * @param broker which MQTT broker stands between the devices and the agent
 * @param store which store the figures land in
 * @param pagePort of the live page; 0 for any free port
 * @param faults what goes wrong with the devices
 * @param faultsUntil from the ledger's start until then
 */
public record Plan(
        Path folder,
        int racks,
        double longitude,
        Instant start,
        long seed,
        double itLoad,
        double speed,
        Broker broker,
        StoreChoice store,
        int pagePort,
        Set<FaultKind> faults,
        Instant faultsUntil) {
    public Plan {
        faults = Set.copyOf(faults);
    }

    /** MQTT brokers. */
    public enum Broker {
        /** Embedded: nothing to install. */
        HIVEMQ,
        /** Debian's. */
        MOSQUITTO
    }

    /** Stores. */
    public sealed interface StoreChoice {
        /** Embedded: nothing to install. */
        record QuestDb() implements StoreChoice {}

        /** Debian's InfluxDB 1, started for the run. */
        record InfluxDb1() implements StoreChoice {}

        /** One that runs already. */
        record Existing(String url, Optional<Path> token) implements StoreChoice {}
    }

    public static Plan of(Path folder, Instant start) {
        return new Plan(
                folder,
                Casablanca.RACKS,
                Casablanca.LONGITUDE,
                start,
                1,
                0.7,
                Double.POSITIVE_INFINITY,
                Broker.HIVEMQ,
                new StoreChoice.QuestDb(),
                0,
                Set.of(),
                Instant.MIN);
    }

    public Plan withRacks(int value) {
        return new Plan(
                folder, value, longitude, start, seed, itLoad, speed, broker, store, pagePort, faults, faultsUntil);
    }

    public Plan withLongitude(double degreesEast) {
        return new Plan(
                folder, racks, degreesEast, start, seed, itLoad, speed, broker, store, pagePort, faults, faultsUntil);
    }

    public Plan withSeed(long value) {
        return new Plan(
                folder, racks, longitude, start, value, itLoad, speed, broker, store, pagePort, faults, faultsUntil);
    }

    public Plan withItLoad(double value) {
        return new Plan(
                folder, racks, longitude, start, seed, value, speed, broker, store, pagePort, faults, faultsUntil);
    }

    public Plan withSpeed(double value) {
        return new Plan(
                folder, racks, longitude, start, seed, itLoad, value, broker, store, pagePort, faults, faultsUntil);
    }

    public Plan withBroker(Broker value) {
        return new Plan(
                folder, racks, longitude, start, seed, itLoad, speed, value, store, pagePort, faults, faultsUntil);
    }

    public Plan withStore(StoreChoice value) {
        return new Plan(
                folder, racks, longitude, start, seed, itLoad, speed, broker, value, pagePort, faults, faultsUntil);
    }

    public Plan withPagePort(int value) {
        return new Plan(
                folder, racks, longitude, start, seed, itLoad, speed, broker, store, value, faults, faultsUntil);
    }

    /** The text of the site's model. */
    public String siteYaml() {
        return Casablanca.siteYaml(siteName(), racks, longitude);
    }

    /** In somebody's own store it must not be taken for a site of theirs: the examples' has the usual name. */
    private String siteName() {
        return switch (store) {
            case StoreChoice.Existing _ -> "demo-" + Casablanca.SITE;
            case StoreChoice.QuestDb _, StoreChoice.InfluxDb1 _ -> Casablanca.SITE;
        };
    }

    /** Faults of these kinds, from the ledger's start until that moment. */
    public Plan withFaults(Set<FaultKind> kinds, Instant until) {
        return new Plan(folder, racks, longitude, start, seed, itLoad, speed, broker, store, pagePort, kinds, until);
    }
}
