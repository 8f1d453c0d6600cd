package org.heliograph.sim.plant;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * The IT load: a share of the capacity that breathes with the hours of the day and the days of the week, divided among
 * the rack PDUs by fixed weights, each wandering around its own.
 */
final class ItLoad {
    private static final double DAY_SECONDS = 86_400;
    private static final double BUSIEST_SECONDS = 15 * 3600;
    private static final double WEEK_SECONDS = 7 * DAY_SECONDS;
    /** Wednesday noon, in seconds after a Thursday midnight: 1970 began on a Thursday. */
    private static final double BUSIEST_OF_WEEK_SECONDS = 6.5 * DAY_SECONDS;

    private final double wattsPerPdu;
    private final ZoneId zone;
    private final Noise[] wandering;
    private final double[] weights;
    private final double[] atMinute;
    private final double[] perSecond;
    private final double[] next;
    private long minute = Long.MIN_VALUE;
    private long zoneOffsetSeconds;

    ItLoad(double watts, int pdus, ZoneId zone, Noise noise) {
        this.zone = zone;
        wattsPerPdu = watts / pdus;
        wandering = new Noise[pdus];
        weights = new double[pdus];
        atMinute = new double[pdus];
        perSecond = new double[pdus];
        next = new double[pdus];
        for (int i = 0; i < pdus; i++) {
            wandering[i] = noise.channel(i);
            double rack = 1 + 0.45 * noise.channel(-1 - i / 2).swing(0);
            weights[i] = rack * (1 + 0.06 * wandering[i].swing(Long.MIN_VALUE));
        }
        double sum = Arrays.stream(weights).sum();
        for (int i = 0; i < pdus; i++) {
            weights[i] *= pdus / sum;
        }
    }

    /** Books the energy of each rack PDU in that second, in millijoules, from column {@code first} on. */
    void second(long epochSecond, long[] millijoules, int first) {
        turnTo(Math.floorDiv(epochSecond, 60L));
        double scale = 1000 * wattsPerPdu * rhythm(epochSecond);
        double second = Math.floorMod(epochSecond, 60L);
        for (int i = 0; i < weights.length; i++) {
            millijoules[first + i] = (long) (scale * (atMinute[i] + second * perSecond[i]) + 0.5);
        }
    }

    private double rhythm(long epochSecond) {
        double local = epochSecond + zoneOffsetSeconds;
        return 1
                + 0.06 * StrictMath.cos(2 * StrictMath.PI * (local - BUSIEST_SECONDS) / DAY_SECONDS)
                + 0.03 * StrictMath.cos(2 * StrictMath.PI * (local - BUSIEST_OF_WEEK_SECONDS) / WEEK_SECONDS);
    }

    private void turnTo(long epochMinute) {
        if (epochMinute == minute) {
            return;
        }
        boolean follows = epochMinute == minute + 1;
        for (int i = 0; i < weights.length; i++) {
            atMinute[i] = follows ? next[i] : weight(i, epochMinute);
            next[i] = weight(i, epochMinute + 1);
            perSecond[i] = (next[i] - atMinute[i]) / 60;
        }
        minute = epochMinute;
        zoneOffsetSeconds = zone.getRules()
                .getOffset(Instant.ofEpochSecond(epochMinute * 60))
                .getTotalSeconds();
    }

    private double weight(int pdu, long epochMinute) {
        return weights[pdu]
                * (1 + 0.05 * wandering[pdu].wander(epochMinute, 20) + 0.02 * wandering[pdu].swing(~epochMinute));
    }
}
