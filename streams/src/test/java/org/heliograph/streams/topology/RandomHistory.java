package org.heliograph.streams.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;

/**
 * Three hours of a few devices, drawn from a seed: gaps from seconds to an hour, readings on the minute, registers that
 * stand still, dip and jump, packs of any size, in order, shuffled, or some of them late.
 */
final class RandomHistory {
    static final List<String> DEVICES = List.of("pdu-a", "pdu-a1", "util-1", "inlet-1");
    static final String YAML = """
            site: test1
            zone: Asia/Kolkata
            devices:
              - {id: pdu-a, profile: rack-pdu, role: it, rating: 100 kW}
              - {id: pdu-a1, profile: rack-pdu, role: it}
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: inlet-1, profile: inlet-sensor, role: room}
            """;

    private static final Duration LENGTH = Duration.ofHours(3);
    private static final int MINUTE_MILLIS = 60_000;
    private static final List<Style> STYLES = List.of(Style.values());
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

    record Pack(String device, Sampling sampling) {}

    /** In the order in which they arrive. */
    List<Pack> packs() {
        return List.copyOf(packs);
    }

    long startMillis() {
        return endMillis - LENGTH.toMillis();
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
        private long millijoules = 1000 * WH;
        private long exportMillijoules = 77 * WH;

        Unit(String device) {
            this.device = device;
        }

        void record() {
            Sampling pack = new Sampling();
            long next = startMillis() + random.nextInt(2 * MINUTE_MILLIS);
            for (int i = 0; next < endMillis; i++) {
                long at = random.nextInt(4) == 0 ? next - next % MINUTE_MILLIS : next;
                sample(pack, i, at);
                if (!pack.isEmpty() && random.nextInt(3) == 0) {
                    packs.add(new Pack(device, pack));
                    pack = new Sampling();
                }
                next = at + 1 + gapMillis();
            }
            if (!pack.isEmpty()) {
                packs.add(new Pack(device, pack));
            }
        }

        private void sample(Sampling pack, int i, long at) {
            boolean withRegister = i % registerEvery == 0;
            long reading = nextReading();
            double gauge = random.nextDouble() * 5000;
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
            return switch (random.nextInt(25)) {
                case 0 -> 0;
                case 1 -> millijoules / 2;
                case 2 -> millijoules + 100_000 * WH;
                default -> millijoules;
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
