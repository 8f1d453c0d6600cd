package org.heliograph.sim.plant;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * The clouds of one local day: a chain of clear (25 minutes on average) and cloudy spells (12 minutes), each with its
 * own clear-sky index. Every day draws its own chain, from local midnight, so a day is the same whichever day a
 * simulation starts with; the seam falls into the night.
 */
final class CloudyDay {
    private static final double CLEAR_SECONDS = 25 * 60;
    private static final double CLOUDY_SECONDS = 12 * 60;
    private static final long EDGE_SECONDS = 20;

    /** A spell's first second and its clear-sky index. */
    private record Spell(long start, double index) {}

    private final long start;
    private final long end;
    private final List<Spell> spells;
    private int current;

    private CloudyDay(long start, long end, List<Spell> spells) {
        this.start = start;
        this.end = end;
        this.spells = spells;
    }

    static CloudyDay of(LocalDate date, ZoneId zone, Noise noise) {
        long start = date.atStartOfDay(zone).toEpochSecond();
        long end = date.plusDays(1).atStartOfDay(zone).toEpochSecond();
        Noise day = noise.channel(date.toEpochDay());
        boolean clear = day.uniform(0) < CLEAR_SECONDS / (CLEAR_SECONDS + CLOUDY_SECONDS);
        List<Spell> spells = new ArrayList<>();
        long place = 1;
        for (double at = start; at < end; clear = !clear) {
            double index = clear ? normal(day, place, 1, 0.03) : normal(day, place, 0.4, 0.15);
            spells.add(new Spell((long) at, Math.clamp(index, 0.08, 1.1)));
            double dwell = -StrictMath.log(1 - day.uniform(place + 2)) * (clear ? CLEAR_SECONDS : CLOUDY_SECONDS);
            at += Math.max(2 * EDGE_SECONDS, dwell);
            place += 3;
        }
        return new CloudyDay(start, end, List.copyOf(spells));
    }

    boolean contains(long epochSecond) {
        return epochSecond >= start && epochSecond < end;
    }

    /** How much of the clear sky's irradiance arrives; a cloud's edge passes in some seconds. */
    double clearSkyIndex(long epochSecond) {
        if (epochSecond < spells.get(current).start()) {
            current = 0;
        }
        while (current + 1 < spells.size() && spells.get(current + 1).start() <= epochSecond) {
            current++;
        }
        Spell spell = spells.get(current);
        long age = epochSecond - spell.start();
        if (current == 0 || age >= EDGE_SECONDS) {
            return spell.index();
        }
        double before = spells.get(current - 1).index();
        return before + (spell.index() - before) * age / EDGE_SECONDS;
    }

    /** Box and Muller. */
    private static double normal(Noise noise, long place, double mean, double deviation) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - noise.uniform(place)));
        return mean + deviation * radius * StrictMath.cos(2 * StrictMath.PI * noise.uniform(place + 1));
    }
}
