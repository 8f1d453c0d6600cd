package org.heliograph.sim;

import java.math.BigDecimal;
import java.util.Locale;
import org.heliograph.sim.ledger.GridFactors;

/**
 * The site that ships: a data centre in Casablanca with 190 racks, 1.5 MW of IT and 500 kW of inverters on its roof, or
 * the same in miniature.
 */
public final class Casablanca {
    /** The factors that its model names: Ember's average of 2024, IFI's combined margin for solar (TWG v3.1, 2021). */
    public static final GridFactors FACTORS = new GridFactors(new BigDecimal("577.65"), new BigDecimal("660"));

    public static final int RACKS = 190;
    public static final String SITE = "casa1";
    public static final double LONGITUDE = -7.59;

    private static final int MAX_RACKS = 624;
    private static final int RACKS_PER_ROW = 24;
    private static final int RACKS_PER_SENSOR = 4;
    private static final int INVERTER_KILOWATTS = 50;

    private Casablanca() {}

    /**
     * The text of its {@code site.yaml}.
     *
     * @throws IllegalArgumentException if there is no such number of racks
     */
    public static String siteYaml(int racks) {
        return siteYaml(SITE, racks, LONGITUDE);
    }

    /**
     * The same of another name, and elsewhere.
     *
     * @param longitude degrees east
     */
    public static String siteYaml(String site, int racks, double longitude) {
        if (racks < 1 || racks > MAX_RACKS) {
            throw new IllegalArgumentException("between 1 and " + MAX_RACKS + " racks, not " + racks);
        }
        int inverters = Math.max(1, scaled(10, racks));
        int blocks = Math.max(1, scaled(4, racks));
        int cracs = Math.max(2, scaled(24, racks));
        StringBuilder yaml = new StringBuilder("site: " + site + "\n").append("""
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: %s}
                late: PT48H
                factors: {average: ember-2024, marginal: ifi-2021-solar}
                devices:
                """.formatted(longitude));
        line(yaml, "util-1", "utility-meter", "grid", "rating: " + utilityKilowatts(racks, inverters));
        line(
                yaml,
                "inv-{01.." + twoDigits(inverters) + "}",
                "pv-inverter",
                "pv",
                "parent: util-1, rating: " + INVERTER_KILOWATTS + " kW, area: roof");
        line(yaml, "ups-{a,b}", "ups", "ups", "parent: util-1, rating: " + kilowatts(1000.0, racks));
        line(
                yaml,
                "fpdu-{1.." + blocks + "}{a,b}",
                "floor-pdu",
                "floor-pdu",
                "parent: \"ups-{2}\", rating: " + kilowatts(1600.0 / blocks, racks));
        rows(yaml, racks, blocks);
        line(
                yaml,
                "crac-{01.." + twoDigits(cracs) + "}",
                "crac",
                "cooling",
                "parent: util-1, rating: " + kilowatts(720.0 / cracs, racks) + ", area: hall-1");
        line(yaml, "aux-1", "energy-meter", "auxiliary", "parent: util-1, rating: " + kilowatts(40.0, racks));
        return yaml.toString();
    }

    /** Full rows of racks, then the last row's, each fed by its block's floor PDUs; then the inlet sensors. */
    private static void rows(StringBuilder yaml, int racks, int blocks) {
        int fullRows = racks / RACKS_PER_ROW;
        int rest = racks % RACKS_PER_ROW;
        int rows = rest > 0 ? fullRows + 1 : fullRows;
        for (int first = 0; first < rows; ) {
            int block = first * blocks / rows;
            int next = first;
            while (next < fullRows && next * blocks / rows == block) {
                next++;
            }
            if (next > first) {
                rack(yaml, letters(first, next - 1), RACKS_PER_ROW, block + 1);
            }
            if (next == fullRows && rest > 0 && next * blocks / rows == block) {
                rack(yaml, letters(next, next), rest, block + 1);
                next++;
            }
            first = next;
        }
        if (fullRows > 0) {
            sensors(yaml, letters(0, fullRows - 1), RACKS_PER_ROW);
        }
        if (rest > 0) {
            sensors(yaml, letters(fullRows, fullRows), rest);
        }
    }

    private static void rack(StringBuilder yaml, String row, int racks, int block) {
        line(
                yaml,
                "pdu-" + row + "{01.." + twoDigits(racks) + "}{a,b}",
                "rack-pdu",
                "it",
                "parent: \"fpdu-" + block + "{3}\", rating: 7.4 kW, area: \"hall-1/row-{1}\"");
    }

    private static void sensors(StringBuilder yaml, String row, int racks) {
        int sensors = (racks + RACKS_PER_SENSOR - 1) / RACKS_PER_SENSOR;
        line(yaml, "inlet-" + row + "{1.." + sensors + "}", "inlet-sensor", "room", "area: \"hall-1/row-{1}\"");
    }

    private static void line(StringBuilder yaml, String id, String profile, String role, String rest) {
        yaml.append("  - {id: \"%s\", profile: %s, role: %s, %s}%n"
                .formatted(id, profile, role, rest)
                .replace(System.lineSeparator(), "\n"));
    }

    private static int scaled(int whole, int racks) {
        return Math.round((float) whole * racks / RACKS);
    }

    /** The smallest sites have one inverter all the same, and may export nearly all of it. */
    private static String utilityKilowatts(int racks, int inverters) {
        return kilowatts(Math.max(2100.0 * racks / RACKS, 1.1 * INVERTER_KILOWATTS * inverters));
    }

    private static String kilowatts(double whole, int racks) {
        return kilowatts(whole * racks / RACKS);
    }

    private static String kilowatts(double kilowatts) {
        return String.format(Locale.ROOT, kilowatts >= 1 ? "%.1f kW" : "%.3f kW", kilowatts);
    }

    private static String twoDigits(int number) {
        return String.format(Locale.ROOT, "%02d", number);
    }

    private static String letters(int first, int last) {
        return "{" + (char) ('a' + first) + ".." + (char) ('a' + last) + "}";
    }
}
