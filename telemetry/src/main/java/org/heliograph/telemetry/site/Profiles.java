package org.heliograph.telemetry.site;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.quantity.Scale;
import org.heliograph.telemetry.quantity.Unit;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;

/** The profiles that ship with the product, and how one is read. */
final class Profiles {
    /** Stands in for a profile that couldn't be read. */
    static final Profile NONE = new Profile("none", Optional.empty(), Map.of(), 0, InverterStates.SUNSPEC_103);

    private static final Duration DEFAULT_PERIOD = Duration.ofSeconds(10);

    /** Class 1 of IEC 62053-21: a profile that is worse, or better, says so. */
    private static final int DEFAULT_ACCURACY_BASIS_POINTS = 100;

    /** By name. Initialised last: reading them takes the defaults above. */
    static final Map<String, Profile> SHIPPED = shipped();

    private Profiles() {}

    static Profile read(Section section) {
        String name = section.parsed("profile", Profiles::name, "none");
        Optional<Watts> rating = section.optional("rating", Profiles::rating);
        int accuracy =
                section.optional("accuracy", Profiles::accuracyBasisPoints).orElse(DEFAULT_ACCURACY_BASIS_POINTS);
        Optional<InverterStates> states = section.optional("states", InverterStates::labelled);
        Section points = section.section("points");
        Map<Point, Profile.PointSpec> specs = new EnumMap<>(Point.class);
        for (String label : points.keys()) {
            Section spec = points.section(label);
            Optional<Point> point = Point.labelled(label);
            if (point.isEmpty()) {
                points.flaw(label, "is not a point");
            } else {
                specs.put(point.get(), spec(point.get(), rating, spec));
            }
        }
        if (points.keys().isEmpty()) {
            section.flaw("points", "a profile needs at least one point");
        }
        if (states.isPresent() && !specs.containsKey(Point.STATE)) {
            section.flaw("states", "a profile without the point 'state' numbers none");
        }
        section.finish();
        return new Profile(name, rating, specs, accuracy, states.orElse(InverterStates.SUNSPEC_103));
    }

    private static Profile.PointSpec spec(Point point, Optional<Watts> rating, Section section) {
        Duration period = section.duration("period", DEFAULT_PERIOD);
        if (period.toMillis() < 1) {
            section.flaw("period", "is shorter than a millisecond");
        }
        Duration maxGap = section.duration("maxGap", period.multipliedBy(3));
        if (maxGap.compareTo(period) < 0) {
            section.flaw("maxGap", "is shorter than the period");
        }
        boolean hold = section.flag("hold", false);
        if (hold && point.isRegister()) {
            section.flaw("hold", "a register doesn't hold");
        }
        OptionalLong modulus = OptionalLong.empty();
        Optional<Millijoules> given = section.optional("modulus", Profiles::energy);
        if (given.isPresent()) {
            modulus = OptionalLong.of(given.get().value());
            if (!point.isRegister()) {
                section.flaw("modulus", "only a register rolls over");
            }
        }
        Optional<Millijoules> resolution = section.optional("resolution", Profiles::energy);
        if (resolution.isPresent() && !point.isRegister()) {
            section.flaw("resolution", "only a register counts in steps");
        }
        modulus.ifPresent(
                wrapsAt -> judge(wrapsAt, resolution.map(Millijoules::value).orElse(0L), rating, period, section));
        boolean restartsDaily = section.optional("resets", Profiles::daily).isPresent();
        if (restartsDaily && !point.isRegister()) {
            section.flaw("resets", "only a register restarts");
        }
        section.finish();
        return new Profile.PointSpec(
                period,
                maxGap,
                hold,
                modulus,
                resolution.map(Millijoules::value).orElse(0L),
                restartsDaily);
    }

    /** A modulus in the wrong unit: nobody could tell how often the register has passed it between two readings. */
    private static void judge(
            long modulusMillijoules,
            long resolutionMillijoules,
            Optional<Watts> rating,
            Duration period,
            Section section) {
        if (resolutionMillijoules >= modulusMillijoules) {
            section.flaw("resolution", "is no smaller than the modulus");
        } else if (rating.isPresent() && (double) rating.get().value() * period.toMillis() >= modulusMillijoules) {
            section.flaw(
                    "modulus",
                    "is counted within a period, " + period + ", by a device of " + rating.get()
                            + ", the profile's rating");
        }
    }

    /** Whether the profile has what the role counts: the registers of each direction, or power to integrate. */
    static boolean canBe(Role role, Profile profile) {
        Set<Point> points = profile.points().keySet();
        return switch (role) {
            case GRID -> points.contains(Point.ENERGY_IMPORT);
            case BATTERY -> points.contains(Point.ENERGY_CHARGE) && points.contains(Point.ENERGY_DISCHARGE);
            case PV, GENERATOR, UPS, FLOOR_PDU, IT, COOLING, AUXILIARY ->
                points.contains(Point.ENERGY) || points.contains(Point.POWER);
            case ROOM -> true;
        };
    }

    private static String daily(String text) {
        if (!text.equals("daily")) {
            throw new IllegalArgumentException("'" + text + "' is not 'daily', the only restart that can be declared");
        }
        return text;
    }

    /** @throws IllegalArgumentException with a sentence, if it is no power or 0 */
    static Watts rating(String text) {
        Watts rating = Watts.parse(text);
        if (rating.value() == 0) {
            throw new IllegalArgumentException("'" + text + "' is no rating: leave it out where it isn't known");
        }
        return rating;
    }

    /** An accuracy class, in percent: {@code 0.5} for class 0.5 of IEC 62053. */
    static int accuracyBasisPoints(String text) {
        try {
            int basisPoints = new BigDecimal(text).movePointRight(2).intValueExact();
            if (basisPoints > 0 && basisPoints <= 10_000) {
                return basisPoints;
            }
        } catch (ArithmeticException | NumberFormatException _) {
            // said below, like a class that is out of range
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not an accuracy in percent, 0.01 to 100, such as 0.5 for class 0.5");
    }

    private static String name(String text) {
        if (!DeviceId.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a profile name");
        }
        return text;
    }

    private static Millijoules energy(String text) {
        String[] parts = text.trim().split("\\s+", 2);
        Scale scale = Unit.WATT_HOUR
                .from(parts.length < 2 ? "?" : parts[1])
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' lacks a unit (Wh, kWh, MWh)"));
        try {
            Millijoules energy = Millijoules.ofWattHours(scale.apply(new BigDecimal(parts[0])));
            if (energy.value() > 0) {
                return energy;
            }
        } catch (ArithmeticException | NumberFormatException _) {
            // said below, like an energy that isn't positive
        }
        throw new IllegalArgumentException("'" + text + "' is not an energy such as 4294967.296 kWh");
    }

    private static Map<String, Profile> shipped() {
        Map<String, Profile> profiles = new HashMap<>();
        Flaws flaws = new Flaws();
        Section top = Section.ofResource(Profiles.class, "/heliograph/profiles.yaml", flaws);
        for (Section section : top.sections("profiles")) {
            Profile profile = read(section);
            profiles.put(profile.name(), profile);
        }
        top.finish();
        try {
            flaws.throwIfAny();
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
        return Map.copyOf(profiles);
    }
}
