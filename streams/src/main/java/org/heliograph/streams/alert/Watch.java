package org.heliograph.streams.alert;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a rule may watch: a number that the figures give for a subject, minute by minute. */
public enum Watch {
    /** PUE of a closed quarter of an hour whose coverage is at least 90 %. */
    PUE("", "PUE is"),
    /** Highest temperature of a minute at a rack's inlet. */
    INLET_HIGH("Cel", "the inlet is at"),
    /** Lowest temperature of a minute at a rack's inlet. */
    INLET_LOW("Cel", "the inlet is at"),
    /** Event bits of a cooling unit: 0 when there is no alarm. */
    COOLING_EVENTS("", "the unit reports events"),
    /** How much warmer a cooling unit's supply air is than its return air, while another of its area cools. */
    COOLING_AGAINST("K", "heats while others of its area cool, by"),
    /** How much more is demanded of a cooling unit than of the median of the others of its area. */
    COOLING_UNEVEN("%", "works harder than the others of its area, by"),
    /** State of an inverter, by the numbers of its own model. */
    INVERTER_STATE("", "the inverter's state is"),
    /** 1 when an inverter's state is a fault by its profile's numbers, 0 when it is another. */
    INVERTER_FAULT("", "the inverter's state is a fault (1) or another (0):"),
    /**
     * An inverter's energy over its rating, beside the median of its area's, which the same sun shines on: the ratio of
     * their performance ratios, without an irradiance that nobody measures. 1 is as good. Of minutes with sun.
     */
    INVERTER_YIELD("", "yields, beside the median of the others,"),
    /** The lesser of import and export of a meter in one minute, over the greater. */
    IMPORT_EXPORT("", "imports and exports in the same minutes: the lesser over the greater is"),
    /** Leak: 0 OK, 1 warning, 2 critical. */
    LEAK("", "the leak contact says"),
    /** Breaker: 0 closed, 1 tripped, 2 off. */
    BREAKER("", "the breaker says"),
    /** How long a device has been silent. */
    SILENCE("s", "has been silent for"),
    /** Packs of an agent that never came, by which those have grown until no more have been missing for a day. */
    PACKS_MISSING("", "packs that the agent has numbered of late and that never came:"),
    /** How old the newest reading of a site is: a backlog on the way, or nobody there. */
    READINGS_AGE("s", "the newest reading of the site is old, by"),
    /** How far the newest reading of a site is ahead of the engine's clock. */
    CLOCK_AHEAD("s", "a clock of the site is ahead, by"),
    /** How old an agent's newest reading was when the agent sent it: what waits in its journal. */
    AGENT_BACKLOG("s", "the newest that the agent sends is old, by"),
    /** Whether an agent's clock is right: 0 as far as is known, 1 it was set late, 2 nothing keeps it right. */
    AGENT_CLOCK("", "doubt about the agent's clock (0 none, 1 set late, 2 nothing keeps it right):"),
    /** How old the newest reading is that an agent made of itself. */
    CANARY_AGE("s", "the agent's newest reading of itself is old, by"),
    /** 1 while the engine refuses the newest model of a site and goes by the one before it, else 0. */
    SITE_MODEL("", "the newest site model is refused (1) or in force (0):"),
    /** How far the stamps of a device that speaks are behind those of its agent's other devices. */
    CLOCK_BEHIND("s", "what the device says is older than what others of its agent say, by");

    private final String unit;
    private final String words;

    Watch(String unit, String words) {
        this.unit = unit;
        this.words = words;
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
                    CLOCK_AHEAD,
                    AGENT_BACKLOG,
                    AGENT_CLOCK,
                    CANARY_AGE,
                    SITE_MODEL,
                    CLOCK_BEHIND -> true;
            case PUE,
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
        String number = value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.2f", value);
        return words + " " + number + (unit.isEmpty() ? "" : " " + (unit.equals("Cel") ? "°C" : unit));
    }
}
