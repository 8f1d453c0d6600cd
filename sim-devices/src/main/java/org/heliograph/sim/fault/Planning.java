package org.heliograph.sim.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Noise;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;

/** Draws a plan. Used once. */
final class Planning {
    private static final Duration LONGEST_DELAY = Duration.ofHours(47);
    private static final int DAY_MINUTES = 24 * 60;
    private static final int MOST_DRAWS = 500;
    private static final int OUTAGE_DEVICES = 4;
    private static final double LOST_SHARE = 0.5;
    private static final long PLAN_CHANNEL = 0xFA017;

    private final Layout layout;
    private final Instant from;
    private final long minutes;
    private final Noise noise;
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, List<Stretch>> busy = new HashMap<>();

    /** Minutes since the plan's start. */
    private record Stretch(long fromMinute, long toMinute) {
        boolean overlaps(Stretch other) {
            return fromMinute < other.toMinute && other.fromMinute < toMinute;
        }

        long minutes() {
            return toMinute - fromMinute;
        }

        /** An hour, or a quarter of the stretch. */
        long hourMinutes() {
            return Math.min(60, minutes() / 4);
        }

        /** Before and after a fault all is well for at least that long. */
        long guardMinutes() {
            return Math.clamp(minutes() / 12, 5, 15);
        }
    }

    /** Where a fault comes to lie. */
    private record Place(Device device, Stretch stretch) {}

    /** One chance after the other. */
    private static final class Draw {
        private final Noise noise;
        private long drawn;

        Draw(Noise noise) {
            this.noise = noise;
        }

        double uniform() {
            return noise.uniform(drawn++);
        }

        /** From 0 to below the bound. */
        long below(long bound) {
            return (long) (uniform() * bound);
        }
    }

    Planning(Layout layout, long seed, Instant from, Instant to) {
        this.layout = layout;
        this.from = from;
        minutes = Duration.between(from, to).toMinutes();
        noise = new Noise(seed).channel(PLAN_CHANNEL); // not of the date: what went wrong today can be had tomorrow
    }

    List<Fault> plan(Set<FaultKind> kinds) {
        boolean all = kinds.size() == FaultKind.values().length;
        if (kinds.contains(FaultKind.ROLLOVER) && !rollover() && !all) {
            throw impossible(FaultKind.ROLLOVER);
        }
        long days = Math.max(1, Math.round((double) minutes / DAY_MINUTES));
        for (long day = 0; day < days; day++) {
            Stretch stretch = new Stretch(minutes * day / days, minutes * (day + 1) / days);
            for (FaultKind kind : FaultKind.values()) {
                if (kinds.contains(kind) && kind != FaultKind.ROLLOVER && !add(kind, day, stretch) && !all) {
                    throw impossible(kind);
                }
            }
        }
        return faults;
    }

    private IllegalArgumentException impossible(FaultKind kind) {
        boolean isCrowded = layout.devices().stream().anyMatch(device -> kind.isDrawnFor(device));
        return new IllegalArgumentException(
                isCrowded
                        ? "the site's devices are too few for one more fault '" + kind.label()
                                + "': they have others at that time; ask for fewer kinds, or for more racks"
                        : "the site has no device for the fault '" + kind.label() + "'");
    }

    /** Whether there was a device for it. */
    private boolean add(FaultKind kind, long day, Stretch stretch) {
        Draw draw = new Draw(noise.channel(kind.label().hashCode()).channel(day));
        int variants = kind == FaultKind.STUCK ? 2 : 1;
        for (int variant = 0; variant < variants; variant++) {
            Optional<Place> place = place(kind, stretch, draw);
            if (place.isEmpty()) {
                return false;
            }
            faults.add(fault(kind, variant, place.get(), draw));
            if (kind == FaultKind.OUTAGE) {
                outageOfNeighbours(place.get(), stretch.guardMinutes());
            }
        }
        return true;
    }

    private Optional<Place> place(FaultKind kind, Stretch day, Draw draw) {
        List<Device> devices = layout.devices().stream()
                .filter(device -> kind.isDrawnFor(device))
                .toList();
        if (devices.isEmpty()) {
            return Optional.empty();
        }
        long length = length(kind, day.hourMinutes());
        long guard = day.guardMinutes();
        for (int i = 0; i < MOST_DRAWS; i++) {
            Device device = devices.get((int) draw.below(devices.size()));
            long start = day.fromMinute() + guard + draw.below(Math.max(1, day.minutes() - length - 2 * guard));
            Stretch stretch = new Stretch(start, start + length);
            if (reserve(device, stretch, guard)) {
                return Optional.of(new Place(device, stretch));
            }
        }
        return Optional.empty();
    }

    private boolean reserve(Device device, Stretch stretch, long guardMinutes) {
        Stretch wide = new Stretch(stretch.fromMinute() - guardMinutes, stretch.toMinute() + guardMinutes);
        List<Stretch> reserved = busy.computeIfAbsent(device.id(), _ -> new ArrayList<>());
        return reserved.stream().noneMatch(wide::overlaps) && reserved.add(wide);
    }

    private static long length(FaultKind kind, long hourMinutes) {
        return switch (kind) {
            case DROP, DUPLICATE, REORDER -> hourMinutes / 2;
            case DELAY, OUTAGE, STUCK, SKEW, ALARM -> hourMinutes;
            case GLITCH -> Math.max(2, hourMinutes / 4);
            case RESET, SWAP, SPIKE, ROLLOVER -> 1;
        };
    }

    private Fault fault(FaultKind kind, int variant, Place place, Draw draw) {
        String device = place.device().id();
        Instant start = moment(place.stretch().fromMinute());
        Instant end = moment(place.stretch().toMinute());
        long length = place.stretch().minutes();
        return switch (kind) {
            case DROP -> new Fault.Drop(device, start, end, LOST_SHARE, draw.below(Long.MAX_VALUE));
            case DUPLICATE -> new Fault.Duplicate(device, start, end, Duration.ofMinutes(1 + draw.below(length)));
            case REORDER ->
                new Fault.Reorder(device, start, end, Duration.ofMinutes(length / 2), draw.below(Long.MAX_VALUE));
            case DELAY -> new Fault.Delay(device, start, end, due(place.stretch(), draw));
            case OUTAGE -> new Fault.Outage(device, start, end);
            case RESET -> new Fault.Reset(device, start.plusSeconds(5 + draw.below(50)));
            case STUCK ->
                variant == 0
                        ? new Fault.FrozenDisplay(device, start, end)
                        : new Fault.StoppedCounter(device, start, end);
            case SWAP ->
                new Fault.Swap(
                        device,
                        start.plusSeconds(5 + draw.below(50)),
                        "SN" + (100_000_000 + draw.below(899_999_999)),
                        energy(place.device(), 20_000 * draw.uniform()));
            case SPIKE -> new Fault.Spike(device, start, energy(place.device(), 50 + 50 * draw.uniform()));
            case GLITCH -> new Fault.Glitch(device, start, start.plusSeconds(60 * (1 + draw.below(length))));
            case SKEW -> {
                Duration off = Duration.ofSeconds(61 + draw.below(210));
                yield new Fault.Skew(device, start, end, draw.uniform() < 0.5 ? off : off.negated());
            }
            case ALARM ->
                new Fault.Alarm(device, start, end, place.device().profile().states());
            case ROLLOVER -> throw new IllegalStateException("planned apart");
        };
    }

    /** In the later half of the time that is left, but no more than the longest delay after the first reading. */
    private Instant due(Stretch readings, Draw draw) {
        long rest = Math.min(minutes - readings.toMinute(), LONGEST_DELAY.toMinutes() - readings.minutes());
        return moment(readings.toMinute() + Math.round(rest * (1 + draw.uniform()) / 2));
    }

    /** The register of one device lacks at the start what it counts in half an hour to three hours at its rating. */
    private boolean rollover() {
        Draw draw = new Draw(noise.channel(FaultKind.ROLLOVER.label().hashCode()));
        List<Device> devices = layout.devices().stream()
                .filter(device -> FaultKind.ROLLOVER.isDrawnFor(device))
                .toList();
        if (devices.isEmpty()) {
            return false;
        }
        Device device = devices.get((int) draw.below(devices.size()));
        double hours = Math.min(0.5 + 2.5 * draw.uniform(), minutes / 60.0 / 4);
        faults.add(new Fault.Rollover(
                device.id(), from, moment(minutes), modulus(device).orElseThrow(), Math.max(1, energy(device, hours))));
        return reserve(device, new Stretch(0, minutes), 0);
    }

    /** Devices that stand beside it fall silent with it. */
    private void outageOfNeighbours(Place place, long guardMinutes) {
        List<Device> neighbours = layout.of(place.device().role()).stream()
                .filter(device -> device.area().equals(place.device().area()))
                .toList();
        int at = neighbours.indexOf(place.device());
        for (Device neighbour : neighbours.subList(at + 1, Math.min(neighbours.size(), at + OUTAGE_DEVICES))) {
            if (reserve(neighbour, place.stretch(), guardMinutes)) {
                faults.add(new Fault.Outage(
                        neighbour.id(),
                        moment(place.stretch().fromMinute()),
                        moment(place.stretch().toMinute())));
            }
        }
    }

    static OptionalLong modulus(Device device) {
        PointSpec register = device.profile().points().get(Point.ENERGY);
        return register == null ? OptionalLong.empty() : register.modulusMillijoules();
    }

    /** What a device counts in that many hours at its rating. */
    private long energy(Device device, double hours) {
        return (long) (layout.ratingWatts(device) * hours * Millijoules.PER_WATT_HOUR);
    }

    private Instant moment(long minute) {
        return from.plus(Duration.ofMinutes(minute));
    }
}
