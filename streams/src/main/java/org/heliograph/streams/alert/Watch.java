package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a rule may watch: a number that the figures give for a subject, minute by minute. */
public enum Watch {
    /** PUE of a closed quarter of an hour whose coverage is at least 90 %. */
    PUE("", "PUE is"),
    /**
     * What passes a meter in a closed quarter of an hour and reaches no meter below it, as a share of what the site uses: not
     * of what the meter reads, which is next to nothing while the sun covers the load.
     */
    REMAINDER("share", "part of the site's energy that passes the meter and reaches none below it:"),
    /** Highest temperature of a minute at a rack's inlet. */
    INLET_HIGH("Cel", "the inlet is at"),
    /** Lowest temperature of a minute at a rack's inlet. */
    INLET_LOW("Cel", "the inlet is at"),
    /** Event bits of a cooling unit: 0 when there is no alarm. */
    COOLING_EVENTS("", "the unit's alarm bits:", "none"),
    /** How much warmer a cooling unit's supply air is than its return air, while another of its area cools. */
    COOLING_AGAINST("K", "supply air above return air while another unit of its area cools:"),
    /** How much more is demanded of a cooling unit than of the median of the others of its area. */
    COOLING_UNEVEN("%", "demand above the median of the other units of its area:"),
    /** State of an inverter, by the numbers of its own model. */
    INVERTER_STATE("", "the inverter's state is"),
    /** 1 when an inverter's state is a fault by its profile's numbers, 0 when it is another. */
    INVERTER_FAULT("", "the inverter reports", "no fault", "a fault"),
    /**
     * An inverter's energy over its rating, beside the median of its area's, which the same sun shines on: the ratio of
     * their performance ratios, without an irradiance that nobody measures. 1 is as good. Of minutes with sun.
     */
    INVERTER_YIELD("share", "energy compared with the median of its neighbours:"),
    /** The lesser of import and export of a meter in one minute, over the greater. */
    IMPORT_EXPORT("share", "import and export in one minute, the smaller in parts of the larger:"),
    /** Leak: 0 OK, 1 warning, 2 critical. */
    LEAK("", "leak:", "none", "warning", "critical"),
    /** Breaker: 0 closed, 1 tripped, 2 off. */
    BREAKER("", "the breaker is", "closed", "tripped", "off"),
    /** How long a device has been silent. */
    SILENCE("s", "no reading for"),
    /** Packs of an agent that never came, by which those have grown until no more have been missing for a day. */
    PACKS_MISSING("", "packs that the agent numbered lately and that never arrived:"),
    /** How old the newest reading of a site is: a backlog on the way, or nobody there. */
    READINGS_AGE("s", "age of the site's newest reading:"),
    /** How far the newest reading of a site is ahead of the engine's clock. */
    CLOCK_AHEAD("s", "the site's newest reading is ahead of the engine's clock by"),
    /** How old an agent's newest reading was when the agent sent it: what waits in its journal. */
    AGENT_BACKLOG("s", "what the agent sends is delayed by"),
    /** Whether an agent's clock is right: 0 as far as is known, 1 it was set late, 2 nothing keeps it right. */
    AGENT_CLOCK(
            "",
            "the agent's clock:",
            "no doubt",
            "corrected late, readings waited until then",
            "no time service keeps it right"),
    /** How old the newest reading is that an agent made of itself. */
    CANARY_AGE("s", "age of the agent's newest reading of itself:"),
    /** How long the engine has said nothing of a site, by the clock: the only one that isn't taken from figures. */
    FIGURES_AGE("s", "no live state from the engine for"),
    /** 1 while the engine refuses the newest model of a site and goes by the one before it, else 0. */
    SITE_MODEL("", "the newest site model is", "in force", "refused"),
    /** How far the stamps of a device that speaks are behind those of its agent's other devices. */
    CLOCK_BEHIND("s", "the device's timestamps are behind those of its agent's other devices by");

    /** A shorter time is told in seconds. */
    private static final double SHORTEST_SPAN_SECONDS = 120;

    private static final double LONGEST_SPAN_SECONDS = 1e11;

    private final String unit;
    /** They are said of any value, also of the one with which an alert is cleared: 0, as a rule. */
    private final String words;
    /** What its values are called, from 0 on, as far as they have names. */
    @SuppressWarnings("ImmutableEnumChecker") // a List.of
    private final List<String> names;

    /** @param unit "share" for a ratio that people say in hundredths */
    Watch(String unit, String words, String... names) {
        this.unit = unit;
        this.words = words;
        this.names = List.of(names);
    }

    /** What is watched is never less than that: all but temperatures are counts, shares and durations. */
    double least() {
        return unit.equals("Cel") ? Double.NEGATIVE_INFINITY : 0;
    }

    /** Whether the live state tells it, in which the engine's clock is the time. */
    boolean isOfLive() {
        return switch (this) {
            case SILENCE,
                    PACKS_MISSING,
                    READINGS_AGE,
                    FIGURES_AGE,
                    CLOCK_AHEAD,
                    AGENT_BACKLOG,
                    AGENT_CLOCK,
                    CANARY_AGE,
                    SITE_MODEL,
                    CLOCK_BEHIND -> true;
            case PUE,
                    REMAINDER,
                    INLET_HIGH,
                    INLET_LOW,
                    COOLING_EVENTS,
                    COOLING_AGAINST,
                    COOLING_UNEVEN,
                    INVERTER_STATE,
                    INVERTER_FAULT,
                    INVERTER_YIELD,
                    IMPORT_EXPORT,
                    LEAK,
                    BREAKER -> false;
        };
    }

    /** Whether it is told of a whole site, and not of one device or agent. */
    boolean isOfSite() {
        return this == PUE || this == READINGS_AGE || this == CLOCK_AHEAD || this == FIGURES_AGE || this == SITE_MODEL;
    }

    /** Whether it is told of agents, which stand in no area. */
    boolean isOfAgent() {
        return this == AGENT_BACKLOG || this == AGENT_CLOCK || this == PACKS_MISSING;
    }

    /** Whether it is told of devices that are silent, of which the live state names only so many. */
    boolean isOfSilent() {
        return this == SILENCE || this == CLOCK_BEHIND;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException with a sentence, if nothing is called that */
    static Watch labelled(String label) {
        Optional<Watch> watch =
                Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
        return watch.orElseThrow(() -> new IllegalArgumentException("'" + label + "' can't be watched; what can: "
                + Arrays.stream(values()).map(Watch::label).collect(Collectors.joining(", "))));
    }

    /** A sentence of a value. */
    String say(double value) {
        if (unit.equals("s") && value >= SHORTEST_SPAN_SECONDS && value < LONGEST_SPAN_SECONDS) {
            return words + " " + span(Duration.ofSeconds((long) value));
        }
        if (isWhole(value) && value >= 0 && value < names.size()) {
            return words + " " + names.get((int) value);
        }
        return words
                + " "
                + switch (unit) {
                    case "" -> number(value);
                    case "Cel" -> number(value) + " °C";
                    case "share" -> String.format(Locale.ROOT, "%.0f %%", value * 100);
                    default -> number(value) + " " + unit;
                };
    }

    private static String number(double value) {
        return isWhole(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private static boolean isWhole(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15;
    }

    /** As people say it, the two largest parts: 1 h 5 min. */
    private static String span(Duration length) {
        List<String> parts = Stream.of(
                        length.toDays() + " d",
                        length.toHoursPart() + " h",
                        length.toMinutesPart() + " min",
                        length.toSecondsPart() + " s")
                .dropWhile(part -> part.startsWith("0 "))
                .toList();
        return parts.stream().limit(2).filter(part -> !part.startsWith("0 ")).collect(Collectors.joining(" "));
    }
}
