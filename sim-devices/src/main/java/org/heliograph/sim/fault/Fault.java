package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.InverterStates;

/**
 * One fault of one device. What is not heard, or shows wrong, is that of the readings with {@code from <= time < to}, by
 * a right clock.
 */
public sealed interface Fault {
    String device();

    Instant from();

    Instant to();

    FaultKind kind();

    /** Whether both change what one counter shows at the same time. */
    default boolean overlapsOnDisplay(Fault other) {
        return device().equals(other.device())
                && kind().changesCounter()
                && other.kind().changesCounter()
                && from().isBefore(other.end())
                && other.from().isBefore(end());
    }

    /** One that is of a moment lasts as long as a reading. */
    private Instant end() {
        return to().isAfter(from()) ? to() : from().plusSeconds(1);
    }

    /** Each message is lost with a probability. */
    record Drop(String device, Instant from, Instant to, double share, long seed) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.DROP;
        }
    }

    /** Each message comes again, that much later. */
    record Duplicate(String device, Instant from, Instant to, Duration later) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.DUPLICATE;
        }
    }

    /** Each message travels alone, for a time between 0 and {@code atMost}. */
    record Reorder(String device, Instant from, Instant to, Duration atMost, long seed) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.REORDER;
        }
    }

    /** The messages are kept back and come together at {@code due}. */
    record Delay(String device, Instant from, Instant to, Instant due) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.DELAY;
        }
    }

    /** Nothing arrives. */
    record Outage(String device, Instant from, Instant to) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.OUTAGE;
        }
    }

    /** The register is at zero at {@code from} and counts from there. */
    record Reset(String device, Instant from) implements Fault {
        @Override
        public Instant to() {
            return from;
        }

        @Override
        public FaultKind kind() {
            return FaultKind.RESET;
        }
    }

    /**
     * All the time the register shows its count modulo the modulus, and at {@code from} it lacks {@code headroom} to it.
     * When it gets there depends on the device.
     */
    record Rollover(String device, Instant from, Instant to, long modulusMillijoules, long headroomMillijoules)
            implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.ROLLOVER;
        }
    }

    /** The display stands still, the counter behind it goes on: at {@code to} it shows the truth again. */
    record FrozenDisplay(String device, Instant from, Instant to) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.STUCK;
        }
    }

    /** The counter stands still and goes on from there at {@code to}. */
    record StoppedCounter(String device, Instant from, Instant to) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.STUCK;
        }
    }

    /** From {@code from} on it is another unit, whose register began at {@code startMillijoules}. */
    record Swap(String device, Instant from, String serial, long startMillijoules) implements Fault {
        @Override
        public Instant to() {
            return from;
        }

        @Override
        public FaultKind kind() {
            return FaultKind.SWAP;
        }
    }

    /** The reading of {@code from}, no other, shows that much more. */
    record Spike(String device, Instant from, long excessMillijoules) implements Fault {
        @Override
        public Instant to() {
            return from.plusSeconds(1);
        }

        @Override
        public FaultKind kind() {
            return FaultKind.SPIKE;
        }
    }

    /** The register shows zero. */
    record Glitch(String device, Instant from, Instant to) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.GLITCH;
        }
    }

    /**
     * What a device can raise an alarm about is the matter; its energy is as ever.
     *
     * @param states how it numbers its states, if it is an inverter
     */
    record Alarm(String device, Instant from, Instant to, InverterStates states) implements Fault {
        private static final Map<Point, Long> SHOWN = Map.of(
                Point.BREAKER, 1L,
                Point.DOOR, 1L,
                Point.EVENTS, 1L,
                Point.INLET_TEMP, 35_00L,
                Point.LEAK, 2L);

        @Override
        public FaultKind kind() {
            return FaultKind.ALARM;
        }

        static boolean canBeOf(Device device) {
            return device.profile().points().keySet().stream()
                    .anyMatch(point -> point == Point.STATE || SHOWN.containsKey(point));
        }

        /** In a gauge's smallest steps. */
        long shown(Point gauge, long truth) {
            return gauge == Point.STATE ? states.fault() : SHOWN.getOrDefault(gauge, truth);
        }
    }

    /** The device's clock is ahead by that much; behind where it is negative. */
    record Skew(String device, Instant from, Instant to, Duration ahead) implements Fault {
        @Override
        public FaultKind kind() {
            return FaultKind.SKEW;
        }
    }
}
