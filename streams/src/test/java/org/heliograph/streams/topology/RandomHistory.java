package org.heliograph.streams.topology;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;

/**
 * Three hours of a few devices, drawn from a seed: gaps from seconds to an hour, readings on the minute, registers that
 * stand still, dip, jump, restart and give way to another unit's, for a reading or for many; packs of any size, in order,
 * shuffled, or some of them late. A local midnight lies within.
 */
final class RandomHistory {
    static final List<String> DEVICES = List.of("pdu-a", "pdu-a1", "day-1", "util-1", "inlet-1");
    private static final String ZONE = "Pacific/Chatham";
    static final String YAML = """
            site: test1
            zone: %s
            profiles:
              - profile: daily-meter
                points:
                  energy: {period: PT10S, maxGap: PT3M, resets: daily}
                  power: {period: PT10S, maxGap: PT3M}
            devices:
              - {id: pdu-a, profile: rack-pdu, role: it, rating: 100 kW}
              - {id: pdu-a1, profile: rack-pdu, role: it}
              - {id: day-1, profile: daily-meter, role: it, rating: 100 kW}
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: inlet-1, profile: inlet-sensor, role: room}
            """.formatted(ZONE);

    private static final Duration LENGTH = Duration.ofHours(3);
    private static final int MINUTE_MILLIS = 60_000;
    private static final List<Trouble> TROUBLES = List.of(Trouble.values());
    private static final List<Style> STYLES = List.of(Style.values());
    private static final double[] MOST_WATTS = {5000, 600, 60};
    private static final long WH = 3_600_000L;

    private final Random random;
    private final long endMillis;
    private final List<Pack> packs = new ArrayList<>();

    RandomHistory(Random random, Instant end) {
        this.random = random;
        this.endMillis = end.toEpochMilli();
        DEVICES.forEach(device -> new Unit(device).record());
        disorder();
    }

    record Pack(String device, String serial, Sampling sampling) {}

    /** In the order in which they arrive. */
    List<Pack> packs() {
        return List.copyOf(packs);
    }

    private long startMillis() {
        return endMillis - LENGTH.toMillis();
    }

    /** The local midnight before the first reading: a register that restarts daily counts from there. */
    long earliestMillis() {
        ZoneId zone = ZoneId.of(ZONE);
        return Instant.ofEpochMilli(startMillis())
                .atZone(zone)
                .toLocalDate()
                .atStartOfDay(zone)
                .toInstant()
                .toEpochMilli();
    }

    private void disorder() {
        switch (random.nextInt(3)) {
            case 0 -> Collections.shuffle(packs, random);
            case 1 -> {
                List<Pack> late = new ArrayList<>();
                packs.removeIf(pack -> random.nextInt(4) == 0 && late.add(pack));
                Collections.shuffle(late, random);
                packs.addAll(late);
            }
            default -> {} // in order, one device after the other
        }
    }

    /** What a register shows for a while instead of the truth. */
    private enum Trouble {
        NONE,
        DIP,
        HIGH,
        FROZEN
    }

    /** How often a device reports what. */
    private enum Style {
        REGISTER_ONLY,
        WITH_POWER,
        OFTEN
    }

    private final class Unit {
        private final String device;
        private final Style style = STYLES.get(random.nextInt(STYLES.size()));
        private final int registerEvery = 1 + random.nextInt(6);
        private final double mostWatts = MOST_WATTS[random.nextInt(MOST_WATTS.length)];
        private long millijoules = 1000 * WH;
        private long exportMillijoules = 77 * WH;
        private String serial = random.nextBoolean() ? "" : "A";
        private Trouble trouble = Trouble.NONE;
        private int troubleLeft;
        private long troubleMillijoules;

        Unit(String device) {
            this.device = device;
        }

        void record() {
            Sampling pack = new Sampling();
            long next = startMillis() + random.nextInt(2 * MINUTE_MILLIS);
            for (int i = 0; next < endMillis; i++) {
                long at = random.nextInt(4) == 0 ? next - next % MINUTE_MILLIS : next;
                sample(pack, i, at);
                boolean isLastOfUnit = !serial.isEmpty() && random.nextInt(120) == 0;
                if (!pack.isEmpty() && (isLastOfUnit || random.nextInt(3) == 0)) {
                    packs.add(new Pack(device, serial, pack));
                    pack = new Sampling();
                }
                if (isLastOfUnit) {
                    serial = "B" + i;
                    millijoules = random.nextLong(2000 * WH);
                }
                next = at + 1 + gapMillis();
            }
            if (!pack.isEmpty()) {
                packs.add(new Pack(device, serial, pack));
            }
        }

        private void sample(Sampling pack, int i, long at) {
            boolean withRegister = i % registerEvery == 0;
            long reading = nextReading();
            double gauge = random.nextDouble() * mostWatts;
            switch (device) {
                case "util-1" -> {
                    if (withRegister || style == Style.REGISTER_ONLY) {
                        pack.register(Point.ENERGY_IMPORT, at, reading);
                    }
                    if (i % 2 == 0) {
                        pack.register(Point.ENERGY_EXPORT, at, exportMillijoules);
                    }
                    pack.gauge(Point.POWER, at, gauge);
                }
                case "inlet-1" -> pack.gauge(Point.INLET_TEMP, at, gauge);
                default -> {
                    if (withRegister) {
                        pack.register(Point.ENERGY, at, reading);
                    }
                    if (style != Style.REGISTER_ONLY) {
                        pack.gauge(Point.POWER, at, gauge);
                    }
                }
            }
        }

        /** What the register shows: mostly the truth, now and then a zero, a dip or a jump. */
        private long nextReading() {
            millijoules += random.nextInt(3) == 0 ? 0 : random.nextLong(WH);
            exportMillijoules += random.nextLong(WH);
            if (troubleLeft-- > 0) {
                return troubled();
            }
            if (random.nextInt(60) == 0) {
                trouble = TROUBLES.get(random.nextInt(TROUBLES.size()));
                troubleLeft = random.nextInt(30);
                troubleMillijoules = millijoules;
            }
            if (random.nextInt(150) == 0) {
                millijoules = 0; // a reset
            }
            return switch (random.nextInt(25)) {
                case 0 -> 0;
                case 1 -> millijoules / 2;
                case 2 -> millijoules + 100_000 * WH;
                default -> millijoules;
            };
        }

        private long troubled() {
            troubleMillijoules += random.nextLong(WH / 2);
            return switch (trouble) {
                case NONE -> millijoules;
                case DIP -> troubleMillijoules / 3;
                case HIGH -> troubleMillijoules + 50_000 * WH;
                case FROZEN -> troubleMillijoules - troubleMillijoules % (20 * WH);
            };
        }

        private int gapMillis() {
            return switch (random.nextInt(20)) {
                case 0 -> random.nextInt(70 * MINUTE_MILLIS);
                case 1 -> random.nextInt(5 * MINUTE_MILLIS);
                case 2, 3, 4 -> random.nextInt(90_000);
                default -> random.nextInt(style == Style.OFTEN ? 15_000 : 40_000);
            };
        }
    }
}
