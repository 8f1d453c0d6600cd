package org.heliograph.sim.plant;

import org.heliograph.sim.plant.Layout.Loss;
import org.heliograph.telemetry.site.Role;

/**
 * The energy flows of the site in any second. The power chain is computed from the racks towards the grid; what the
 * bus lacks comes from the grid or goes there, through the transformer, so that in every second
 * {@code import + PV - export = IT + losses + cooling + auxiliaries}, in whole millijoules.
 *
 * <p>Remembers the last minute it was asked for, to be quick; not for several threads.
 */
public final class Plant {
    private static final double AUXILIARY_WATTS = 25_000;
    private static final double MILLI = 1000;

    private final Layout layout;
    private final Weather weather;
    private final ItLoad itLoad;
    private final double capacityWatts;
    private final double transformerWatts;
    private final double[] panelWatts;
    private final double[] inverterWatts;
    private final double[] upsWatts;
    private final double[] floorPduWatts;
    private final int[] floorPduOf;
    private final int[] upsOf;
    private final Noise[] crac;
    private final Noise[] auxiliary;
    private final double[] cracWeight;

    /**
     * What is going on beside the energies.
     *
     * @param ambient outdoor temperature, Celsius
     * @param irradiance on the panels, W/m2
     * @param coolingShare heat over the cooling capacity, 0 to about 1.3
     */
    public record Conditions(double ambient, double irradiance, double coolingShare) {}

    /** @param itShare share of the IT capacity that is in use on average */
    public Plant(Layout layout, long seed, double itShare) {
        this.layout = layout;
        Noise noise = new Noise(seed);
        weather = new Weather(layout.model(), noise.channel(1));
        capacityWatts = layout.itCapacityWatts();
        itLoad = new ItLoad(
                capacityWatts * itShare,
                layout.of(Role.IT).size(),
                layout.model().zone(),
                noise.channel(2));
        transformerWatts = layout.ratingWatts(layout.of(Role.GRID).getFirst());
        inverterWatts = ratings(Role.PV);
        upsWatts = ratings(Role.UPS);
        floorPduWatts = ratings(Role.FLOOR_PDU);
        panelWatts = new double[inverterWatts.length];
        Noise mismatch = noise.channel(3);
        for (int i = 0; i < panelWatts.length; i++) {
            // 55 kW of panels on a 50 kW inverter; no two strings are the same
            panelWatts[i] = 1.1 * inverterWatts[i] * (1 + 0.012 * mismatch.swing(i));
        }
        floorPduOf = new int[layout.of(Role.IT).size()];
        for (int i = 0; i < floorPduOf.length; i++) {
            floorPduOf[i] = layout.floorPduOf(i);
        }
        upsOf = new int[floorPduWatts.length];
        for (int i = 0; i < upsOf.length; i++) {
            upsOf[i] = layout.upsOf(i);
        }
        crac = channels(noise.channel(4), layout.of(Role.COOLING).size());
        cracWeight = new double[crac.length];
        auxiliary = channels(noise.channel(5), layout.of(Role.AUXILIARY).size());
    }

    public Layout layout() {
        return layout;
    }

    /** Panels' nameplate power of the whole site. */
    public double peakWatts() {
        double sum = 0;
        for (double watts : panelWatts) {
            sum += watts;
        }
        return sum;
    }

    /**
     * The flows of the second that begins at {@code epochSecond}.
     *
     * @param millijoules one element for each of the layout's columns; overwritten
     */
    public Conditions second(long epochSecond, long[] millijoules) {
        Weather.Conditions sky = weather.at(epochSecond);
        long pv = inverters(sky, millijoules);
        itLoad.second(epochSecond, millijoules, layout.first(Role.IT));
        long bus = distribute(millijoules);
        long it = sum(millijoules, Role.IT);
        double heatWatts = bus / MILLI;
        double coolingShare = heatWatts / capacityWatts;
        double coolingWatts = Equipment.compressorPower(heatWatts, sky.ambient())
                + Equipment.fanPower(capacityWatts, coolingShare, it / MILLI);
        bus += cool(epochSecond, coolingWatts, millijoules);
        bus += auxiliaries(epochSecond, millijoules);
        connect(bus - pv, millijoules);
        return new Conditions(sky.ambient(), sky.irradiance(), coolingShare);
    }

    private long inverters(Weather.Conditions sky, long[] millijoules) {
        int first = layout.first(Role.PV);
        double perPeakWatt = Equipment.panelOutput(sky.irradiance(), Equipment.moduleTemperature(sky));
        long sum = 0;
        for (int i = 0; i < panelWatts.length; i++) {
            double ac = Equipment.inverterOutput(panelWatts[i] * perPeakWatt, inverterWatts[i]);
            millijoules[first + i] = wholeMillijoules(ac);
            sum += millijoules[first + i];
        }
        return sum;
    }

    /** From the racks up through floor PDUs and UPS to the bus; returns what they draw there. */
    private long distribute(long[] millijoules) {
        int it = layout.first(Role.IT);
        int floorPdu = layout.first(Role.FLOOR_PDU);
        int ups = layout.first(Role.UPS);
        for (int i = 0; i < floorPduWatts.length; i++) {
            millijoules[floorPdu + i] = 0;
        }
        for (int i = 0; i < floorPduOf.length; i++) {
            millijoules[floorPdu + floorPduOf[i]] += millijoules[it + i];
        }
        for (int i = 0; i < upsWatts.length; i++) {
            millijoules[ups + i] = 0;
        }
        long feederLoss = 0;
        long floorPduLoss = 0;
        for (int i = 0; i < floorPduWatts.length; i++) {
            long delivered = millijoules[floorPdu + i];
            long feeder = wholeMillijoules(Equipment.feederLoss(delivered / MILLI, floorPduWatts[i]));
            long output = delivered + feeder;
            long loss = wholeMillijoules(Equipment.floorPduLoss(output / MILLI, floorPduWatts[i]));
            millijoules[floorPdu + i] = output;
            millijoules[ups + upsOf[i]] += output + loss;
            feederLoss += feeder;
            floorPduLoss += loss;
        }
        long drawn = 0;
        long upsLoss = 0;
        for (int i = 0; i < upsWatts.length; i++) {
            long loss = wholeMillijoules(Equipment.upsLoss(millijoules[ups + i] / MILLI, upsWatts[i]));
            drawn += millijoules[ups + i] + loss;
            upsLoss += loss;
        }
        millijoules[layout.column(Loss.FEEDER)] = feederLoss;
        millijoules[layout.column(Loss.FLOOR_PDU)] = floorPduLoss;
        millijoules[layout.column(Loss.UPS)] = upsLoss;
        return drawn;
    }

    private long cool(long epochSecond, double watts, long[] millijoules) {
        double weights = 0;
        for (int i = 0; i < crac.length; i++) {
            cracWeight[i] = 1 + 0.05 * crac[i].swing(Long.MIN_VALUE) + 0.04 * crac[i].wander(epochSecond, 600);
            weights += cracWeight[i];
        }
        int first = layout.first(Role.COOLING);
        long sum = 0;
        for (int i = 0; i < crac.length; i++) {
            millijoules[first + i] = wholeMillijoules(watts * cracWeight[i] / weights);
            sum += millijoules[first + i];
        }
        return sum;
    }

    private long auxiliaries(long epochSecond, long[] millijoules) {
        int first = layout.first(Role.AUXILIARY);
        double each = AUXILIARY_WATTS * layout.scale() / Math.max(1, auxiliary.length);
        long sum = 0;
        for (int i = 0; i < auxiliary.length; i++) {
            millijoules[first + i] = wholeMillijoules(each * (1 + 0.08 * auxiliary[i].wander(epochSecond, 900)));
            sum += millijoules[first + i];
        }
        return sum;
    }

    /** What the bus lacks is imported, what it has too much is exported; the transformer takes its part of either. */
    private void connect(long lacking, long[] millijoules) {
        long loss = wholeMillijoules(Equipment.transformerLoss(Math.abs(lacking) / MILLI, transformerWatts));
        long net = lacking + loss;
        millijoules[layout.column(Loss.TRANSFORMER)] = loss;
        millijoules[Layout.IMPORT] = Math.max(0, net);
        millijoules[Layout.EXPORT] = Math.max(0, -net);
    }

    private long sum(long[] millijoules, Role role) {
        int first = layout.first(role);
        long sum = 0;
        for (int i = first; i < first + layout.of(role).size(); i++) {
            sum += millijoules[i];
        }
        return sum;
    }

    private double[] ratings(Role role) {
        return layout.of(role).stream().mapToDouble(layout::ratingWatts).toArray();
    }

    private static Noise[] channels(Noise noise, int count) {
        Noise[] channels = new Noise[count];
        for (int i = 0; i < count; i++) {
            channels[i] = noise.channel(i);
        }
        return channels;
    }

    /** The energy of one second at that power. */
    private static long wholeMillijoules(double watts) {
        return (long) (watts * MILLI + 0.5);
    }
}
