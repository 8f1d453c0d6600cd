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
 * @param coap where the CoAP devices listen
 * @param replay how a replay goes on
 * @param clock what live devices go by
 * @param faults what goes wrong
 */
public record Settings(
        String siteYaml,
        Instant start,
        long seed,
        double itLoad,
        String mqttUrl,
        Coap coap,
        Replay replay,
        InstantSource clock,
        Faulty faults) {
    public static final double USUAL_IT_LOAD = 0.7;

    /** @param portBase port of the first CoAP device, the others follow; 0 for free ports */
    public record Coap(String host, int portBase) {
        public static final Coap LOOPBACK = new Coap("127.0.0.1", 0);
    }

    /**
     * @param speed most simulated seconds per second; infinite for as fast as it goes
     * @param firstObserver how long it waits for somebody to observe the CoAP devices
     * @param lostObserver how long it waits for the observer of a CoAP device to come back
     */
    public record Replay(double speed, Duration firstObserver, Duration lostObserver) {
        public static final Replay USUAL =
                new Replay(Double.POSITIVE_INFINITY, Duration.ofSeconds(60), Duration.ofMinutes(2));

        public Replay {
            if (!(speed > 0)) {
                throw new IllegalArgumentException("the replay's speed must be positive, not " + speed);
            }
        }
    }

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
    }

    /** The Casablanca site at 70 % IT load, as fast as it goes, its CoAP devices on free loopback ports. */
    public static Settings of(int racks, Instant start, String mqttUrl) {
        return new Settings(
                Casablanca.siteYaml(racks),
                start,
                1,
                USUAL_IT_LOAD,
                mqttUrl,
                Coap.LOOPBACK,
                Replay.USUAL,
                InstantSource.system(),
                Faulty.NOT);
    }

    public Settings withSeed(long value) {
        return new Settings(siteYaml, start, value, itLoad, mqttUrl, coap, replay, clock, faults);
    }

    public Settings withItLoad(double share) {
        return new Settings(siteYaml, start, seed, share, mqttUrl, coap, replay, clock, faults);
    }

    public Settings withReplaySpeed(double secondsPerSecond) {
        return with(new Replay(secondsPerSecond, replay.firstObserver, replay.lostObserver));
    }

    /** How long a replay waits for a first observer, and for one that was lost. */
    public Settings withPatience(Duration first, Duration lost) {
        return with(new Replay(replay.speed, first, lost));
    }

    private Settings with(Replay other) {
        return new Settings(siteYaml, start, seed, itLoad, mqttUrl, coap, other, clock, faults);
    }

    /** What live devices go by, instead of the system's clock. */
    public Settings withClock(InstantSource other) {
        return new Settings(siteYaml, start, seed, itLoad, mqttUrl, coap, replay, other, faults);
    }

    /** Faults of these kinds, from the ledger's start until that moment. */
    public Settings withFaults(Set<FaultKind> kinds, Instant until) {
        return new Settings(siteYaml, start, seed, itLoad, mqttUrl, coap, replay, clock, new Faulty(kinds, until));
    }
}
