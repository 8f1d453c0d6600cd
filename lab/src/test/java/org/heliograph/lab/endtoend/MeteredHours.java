package org.heliograph.lab.endtoend;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * Some minutes of a small site, drawn from a seed: what each device counted in each minute, and the packs in which its
 * registers say so, on every whole minute and on every half.
 */
final class MeteredHours {
    static final String SITE = "rec1";
    static final String YAML = """
            site: rec1
            zone: UTC
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: "inv-{1,2}", profile: pv-inverter, role: pv}
              - {id: ups-a, profile: ups, role: ups}
              - {id: fpdu-1, profile: floor-pdu, role: floor-pdu}
              - {id: "pdu-{1..6}", profile: rack-pdu, role: it, area: hall-1}
              - {id: crac-1, profile: crac, role: cooling}
            """;
    static final Map<String, Role> ROLES = roles();

    private static final long WH = 3_600_000L;
    private static final long START_OF_REGISTERS = 1_000_000 * WH;
    private static final int MOST_INSTANTS_A_PACK = 6;

    private final Instant from;
    private final int minutes;
    private final List<Pack> packs = new ArrayList<>();
    private final Map<String, long[]> counted = new TreeMap<>();
    private final long[] exported;

    MeteredHours(Random random, Instant from, int minutes) {
        this.from = from;
        this.minutes = minutes;
        this.exported = draw(random, 50);
        ROLES.forEach((device, role) -> {
            long[] drawn = draw(random, wattHoursAMinute(role));
            counted.put(device, drawn);
            record(random, device, drawn);
        });
        packs.sort((a, b) -> a.time().compareTo(b.time()));
    }

    /** As {@code hg.telemetry} carries it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Pack(Instant time, String key, byte[] value) {}

    Instant from() {
        return from;
    }

    Instant to() {
        return from.plus(Duration.ofMinutes(minutes));
    }

    /** What an agent that was started anew reads a minute later of one that has counted so much more meanwhile. */
    Pack next(String device, long millijoules) {
        Sampling sampling = new Sampling();
        long register = START_OF_REGISTERS + energy(device, 0, minutes) + millijoules;
        read(sampling, device, to().plus(Duration.ofMinutes(1)), register, 0);
        return pack(device, sampling, new Origin("edge-1", 2, 0));
    }

    /** In the order of their times. */
    List<Pack> inOrder() {
        return List.copyOf(packs);
    }

    /** Most in order, some much later, some twice. */
    List<Pack> disordered(Random random) {
        List<Pack> order = new ArrayList<>();
        List<Pack> late = new ArrayList<>();
        for (Pack pack : packs) {
            switch (random.nextInt(10)) {
                case 0, 1 -> late.add(pack);
                case 2 -> {
                    order.add(pack);
                    late.add(pack);
                }
                default -> order.add(pack);
            }
        }
        Collections.shuffle(late, random);
        for (Pack pack : late) {
            order.add(random.nextInt(order.size() / 2, order.size()), pack);
        }
        return order;
    }

    /** What the devices of a role counted in minutes {@code first} (inclusive) to {@code end}, millijoules. */
    long energy(Role role, int first, int end) {
        return ROLES.entrySet().stream()
                .filter(device -> device.getValue() == role)
                .mapToLong(device -> energy(device.getKey(), first, end))
                .sum();
    }

    long energy(String device, int first, int end) {
        return sum(counted.getOrDefault(device, new long[minutes]), first, end);
    }

    long exported(int first, int end) {
        return sum(exported, first, end);
    }

    /** {@code E_DC}. */
    long input(int first, int end) {
        return energy(Role.GRID, first, end) - exported(first, end) + energy(Role.PV, first, end);
    }

    /** Whether that is what is published, in windows of every length; all of it within a day. */
    boolean isSaidBy(Published published) {
        return isSaidBy(published, "1m", 1)
                && isSaidBy(published, "15m", 15)
                && isSaidBy(published, "1d", minutes)
                && published.isSettled(energy(Role.IT, 0, minutes));
    }

    private boolean isSaidBy(Published published, String label, int length) {
        for (int first = 0; first < minutes; first += length) {
            Instant start = from.plus(Duration.ofMinutes(first));
            Instant named = label.equals("1d") ? start.truncatedTo(ChronoUnit.DAYS) : start;
            SiteWindow window = published.windows().get(SITE + "/" + label + "/" + named.toEpochMilli());
            int end = first + length;
            if (window == null
                    || window.getEnergyDcMj() != input(first, end)
                    || window.getEnergyIt1Mj() != energy(Role.UPS, first, end)
                    || window.getEnergyIt2Mj() != energy(Role.FLOOR_PDU, first, end)
                    || window.getEnergyIt3Mj() != energy(Role.IT, first, end)
                    || window.getEnergyPvMj() != energy(Role.PV, first, end)
                    || window.getEnergyCoolingMj() != energy(Role.COOLING, first, end)) {
                return false;
            }
        }
        return true;
    }

    private static long sum(long[] each, int first, int end) {
        long sum = 0;
        for (int minute = first; minute < end; minute++) {
            sum += each[minute];
        }
        return sum;
    }

    private long[] draw(Random random, long wattHours) {
        return random.longs(minutes, wattHours * WH / 2, wattHours * WH * 3 / 2).toArray();
    }

    private void record(Random random, String device, long[] drawn) {
        long register = START_OF_REGISTERS;
        long export = START_OF_REGISTERS;
        Sampling sampling = new Sampling();
        int room = random.nextInt(1, MOST_INSTANTS_A_PACK);
        long sequence = 0;
        for (int minute = 0; minute <= minutes; minute++) {
            Instant at = from.plus(Duration.ofMinutes(minute));
            read(sampling, device, at, register, export);
            if (minute < minutes) {
                long half = drawn[minute] * random.nextInt(100) / 100;
                read(sampling, device, at.plusSeconds(30), register + half, export + exported[minute] / 3);
                register += drawn[minute];
                export += exported[minute];
            }
            if (--room <= 0 || minute == minutes) {
                packs.add(pack(device, sampling, new Origin("edge-1", 1, sequence++)));
                sampling = new Sampling();
                room = random.nextInt(1, MOST_INSTANTS_A_PACK);
            }
        }
    }

    private static void read(Sampling sampling, String device, Instant at, long register, long export) {
        if (ROLES.get(device) == Role.GRID) {
            sampling.register(Point.ENERGY_IMPORT, at.toEpochMilli(), register);
            sampling.register(Point.ENERGY_EXPORT, at.toEpochMilli(), export);
        } else {
            sampling.register(Point.ENERGY, at.toEpochMilli(), register);
        }
    }

    private static Pack pack(String device, Sampling sampling, Origin origin) {
        DeviceId id = new DeviceId(SITE, device);
        Readings readings = new Readings(id, "", sampling.series());
        return new Pack(readings.latest(), id.key(), PackCodec.encode(readings, origin));
    }

    private static long wattHoursAMinute(Role role) {
        return new EnumMap<>(
                        Map.of(Role.GRID, 1500L, Role.PV, 200L, Role.UPS, 1100L, Role.FLOOR_PDU, 1000L, Role.IT, 150L))
                .getOrDefault(role, 300L);
    }

    private static Map<String, Role> roles() {
        Map<String, Role> roles = new TreeMap<>(Map.of(
                "util-1", Role.GRID,
                "inv-1", Role.PV,
                "inv-2", Role.PV,
                "ups-a", Role.UPS,
                "fpdu-1", Role.FLOOR_PDU,
                "crac-1", Role.COOLING));
        for (int rack = 1; rack <= 6; rack++) {
            roles.put("pdu-" + rack, Role.IT);
        }
        return Collections.unmodifiableMap(roles);
    }
}
