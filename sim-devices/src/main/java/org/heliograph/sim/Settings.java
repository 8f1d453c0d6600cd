package org.heliograph.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.heliograph.sim.fault.FaultKind;

/**
 * What a simulated site is made of.
 *
 * @param siteYaml the text of its site model
 * @param start where the ledger begins, a whole minute
 * @param seed the same seed gives the same ledger
 * @param itLoad share of the IT capacity in use on average, 0 to 1
 * @param mqttUrl {@code tcp://127.0.0.1:1883}
 * @param coapHost address that the CoAP devices listen on
 * @param coapPortBase port of the first CoAP device, the others follow; 0 for free ports
 * @param replaySpeed most simulated seconds per second in a replay; infinite for as fast as it goes
 * @param firstObserver how long a replay waits for somebody to observe the CoAP devices
 * @param lostObserver how long a replay waits for the observer of a CoAP device to come back
 * @param clock what live devices go by
 * @param faults what goes wrong
 */
public record Settings(
        String siteYaml,
        Instant start,
        long seed,
        double itLoad,
        String mqttUrl,
        String coapHost,
        int coapPortBase,
        double replaySpeed,
        Duration firstObserver,
        Duration lostObserver,
        InstantSource clock,
        Faulty faults) {
    public static final double USUAL_IT_LOAD = 0.7;

    /** Which kinds of faults there are, until when. */
    public record Faulty(Set<FaultKind> kinds, Instant until) {
        public static final Faulty NOT = new Faulty(Set.of(), Instant.MIN);

        public Faulty {
            kinds = Set.copyOf(kinds);
        }
    }

    public Settings {
        if (!(itLoad >= 0 && itLoad <= 1)) {
            throw new IllegalArgumentException("the IT load is a share between 0 and 1, not " + itLoad);
        }
        if (!(replaySpeed > 0)) {
            throw new IllegalArgumentException("the replay's speed must be positive, not " + replaySpeed);
        }
    }

    /** The Casablanca site at 70 % IT load, as fast as it goes, its CoAP devices on free loopback ports. */
    public static Settings of(int racks, Instant start, String mqttUrl) {
        return new Settings(
                Casablanca.siteYaml(racks),
                start,
                1,
                USUAL_IT_LOAD,
                mqttUrl,
                "127.0.0.1",
                0,
                Double.POSITIVE_INFINITY,
                Duration.ofSeconds(60),
                Duration.ofMinutes(2),
                InstantSource.system(),
                Faulty.NOT);
    }

    public Settings withSiteYaml(String text) {
        return new Settings(
                text,
                start,
                seed,
                itLoad,
                mqttUrl,
                coapHost,
                coapPortBase,
                replaySpeed,
                firstObserver,
                lostObserver,
                clock,
                faults);
    }

    public Settings withSeed(long value) {
        return new Settings(
                siteYaml,
                start,
                value,
                itLoad,
                mqttUrl,
                coapHost,
                coapPortBase,
                replaySpeed,
                firstObserver,
                lostObserver,
                clock,
                faults);
    }

    public Settings withItLoad(double share) {
        return new Settings(
                siteYaml,
                start,
                seed,
                share,
                mqttUrl,
                coapHost,
                coapPortBase,
                replaySpeed,
                firstObserver,
                lostObserver,
                clock,
                faults);
    }

    public Settings withCoap(String host, int portBase) {
        return new Settings(
                siteYaml,
                start,
                seed,
                itLoad,
                mqttUrl,
                host,
                portBase,
                replaySpeed,
                firstObserver,
                lostObserver,
                clock,
                faults);
    }

    public Settings withReplaySpeed(double secondsPerSecond) {
        return new Settings(
                siteYaml,
                start,
                seed,
                itLoad,
                mqttUrl,
                coapHost,
                coapPortBase,
                secondsPerSecond,
                firstObserver,
                lostObserver,
                clock,
                faults);
    }

    /** How long a replay waits for a first observer, and for one that was lost. */
    public Settings withPatience(Duration first, Duration lost) {
        return new Settings(
                siteYaml,
                start,
                seed,
                itLoad,
                mqttUrl,
                coapHost,
                coapPortBase,
                replaySpeed,
                first,
                lost,
                clock,
                faults);
    }

    /** What live devices go by, instead of the system's clock. */
    public Settings withClock(InstantSource other) {
        return new Settings(
                siteYaml,
                start,
                seed,
                itLoad,
                mqttUrl,
                coapHost,
                coapPortBase,
                replaySpeed,
                firstObserver,
                lostObserver,
                other,
                faults);
    }

    /** Faults of these kinds, from the ledger's start until that moment. */
    public Settings withFaults(Set<FaultKind> kinds, Instant until) {
        return new Settings(
                siteYaml,
                start,
                seed,
                itLoad,
                mqttUrl,
                coapHost,
                coapPortBase,
                replaySpeed,
                firstObserver,
                lostObserver,
                clock,
                new Faulty(kinds, until));
    }
}
