package org.heliograph.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.mqtt.MqttBroker;

/**
 * What a simulated site is made of.
 *
 * @param siteYaml the text of its site model
 * @param metersFrom where the ledger begins, a whole minute: devices that start again with the same show what they'd show
 *     had they never stopped, with another they are other units
 * @param start where the devices begin, a whole minute, not before {@code metersFrom}
 * @param seed the same seed gives the same ledger
 * @param itLoad share of the IT capacity in use on average, 0 to 1
 * @param mqtt where those that publish do
 * @param coap where the CoAP devices listen
 * @param replay how a replay goes on
 * @param clock what live devices go by
 * @param faults what goes wrong
 */
public record Settings(
        String siteYaml,
        Instant metersFrom,
        Instant start,
        long seed,
        double itLoad,
        MqttBroker mqtt,
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

    /**
     * @param kinds of which faults are drawn, from the start
     * @param until that moment
     * @param chosen those that somebody chose instead
     */
    public record Faulty(Set<FaultKind> kinds, Instant until, FaultPlan chosen) {
        public static final Faulty NOT = new Faulty(Set.of(), Instant.MIN, FaultPlan.NONE);

        public Faulty {
            kinds = Set.copyOf(kinds);
        }
    }

    public Settings {
        if (metersFrom.isAfter(start)) {
            throw new IllegalArgumentException("meters that count from " + metersFrom + " can't be read at " + start);
        }
        if (!(itLoad >= 0 && itLoad <= 1)) {
            throw new IllegalArgumentException("the IT load is a share between 0 and 1, not " + itLoad);
        }
    }

    /** The Casablanca site at 70 % IT load, as fast as it goes, its CoAP devices on free loopback ports. */
    public static Settings of(int racks, Instant start, String mqttUrl) {
        return new Settings(
                Casablanca.siteYaml(racks),
                start,
                start,
                1,
                USUAL_IT_LOAD,
                MqttBroker.at(mqttUrl),
                Coap.LOOPBACK,
                Replay.USUAL,
                InstantSource.system(),
                Faulty.NOT);
    }

    /** Another site model. */
    public Settings withSiteYaml(String text) {
        return new Settings(text, metersFrom, start, seed, itLoad, mqtt, coap, replay, clock, faults);
    }

    public Settings withSeed(long value) {
        return new Settings(siteYaml, metersFrom, start, value, itLoad, mqtt, coap, replay, clock, faults);
    }

    public Settings withItLoad(double share) {
        return new Settings(siteYaml, metersFrom, start, seed, share, mqtt, coap, replay, clock, faults);
    }

    public Settings withReplaySpeed(double secondsPerSecond) {
        return with(new Replay(secondsPerSecond, replay.firstObserver, replay.lostObserver));
    }

    /** How long a replay waits for a first observer, and for one that was lost. */
    public Settings withPatience(Duration first, Duration lost) {
        return with(new Replay(replay.speed, first, lost));
    }

    private Settings with(Replay other) {
        return new Settings(siteYaml, metersFrom, start, seed, itLoad, mqtt, coap, other, clock, faults);
    }

    /** What live devices go by, instead of the system's clock. */
    public Settings withClock(InstantSource other) {
        return new Settings(siteYaml, metersFrom, start, seed, itLoad, mqtt, coap, replay, other, faults);
    }

    /** Faults of these kinds, from the ledger's start until that moment. */
    public Settings withFaults(Set<FaultKind> kinds, Instant until) {
        return with(new Faulty(kinds, until, FaultPlan.NONE));
    }

    /** These faults, instead of any that are drawn. */
    public Settings withPlan(FaultPlan chosen) {
        return with(new Faulty(Set.of(), Instant.MIN, chosen));
    }

    private Settings with(Faulty other) {
        return new Settings(siteYaml, metersFrom, start, seed, itLoad, mqtt, coap, replay, clock, other);
    }

    /** Where the ledger begins, if not where the devices do. */
    public Settings withMetersFrom(Instant moment) {
        return new Settings(siteYaml, moment, start, seed, itLoad, mqtt, coap, replay, clock, faults);
    }
}
