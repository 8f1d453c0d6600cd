package org.heliograph.streams.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;

/**
 * What an Enphase gateway says at {@code /production.json}, as readings of three devices: {@code net} is the grid's
 * meter, import positive; {@code production} the roof; {@code consumption} all loads. Only what current transformers
 * measure ({@code eim}), not the sum of what the inverters report now and then.
 */
public final class EnphaseEnvoy {
    public static final String NET = "net";
    public static final String PRODUCTION = "production";
    public static final String CONSUMPTION = "consumption";

    private static final JsonMapper JSON = new JsonMapper();

    /** Which register each meter's lifetime is offered as; that of net is import less export, if it is anything. */
    private static final Map<String, Point> REGISTERS =
            Map.of(NET, Point.ENERGY_IMPORT, PRODUCTION, Point.ENERGY, CONSUMPTION, Point.ENERGY);

    private final SortedMap<String, Meter> meters = new TreeMap<>();

    private EnphaseEnvoy() {}

    /** One of the three meters at one moment. */
    public record Meter(boolean isActive, double watts, double lifetimeWattHours) {}

    public static EnphaseEnvoy read(Path productionJson) {
        EnphaseEnvoy envoy = new EnphaseEnvoy();
        try {
            JsonNode top = JSON.readTree(productionJson.toFile());
            for (String part : List.of("production", "consumption")) {
                for (JsonNode entry : top.path(part)) {
                    if (entry.path("type").asText().equals("eim")) {
                        envoy.meters.put(
                                name(part, entry.path("measurementType").asText()), meter(entry));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return envoy;
    }

    /** Old firmwares have one meter in each part, and don't say what it measures. */
    private static String name(String part, String measurement) {
        return switch (measurement) {
            case "net-consumption" -> NET;
            case "total-consumption" -> CONSUMPTION;
            case "production" -> PRODUCTION;
            default -> part;
        };
    }

    private static Meter meter(JsonNode entry) {
        return new Meter(
                entry.path("activeCount").asInt() > 0,
                entry.path("wNow").asDouble(),
                entry.path("whLifetime").asDouble());
    }

    public Meter meter(String name) {
        Meter meter = meters.get(name);
        if (meter == null) {
            throw new IllegalArgumentException("no meter " + name);
        }
        return meter;
    }

    /** The power of a meter, at a moment. */
    public Sampling power(String name, long timeMillis) {
        return new Sampling().gauge(Point.POWER, timeMillis, meter(name).watts());
    }

    /** Offers each meter's lifetime as a register; returns why each refused one was, in the order of the meters' names. */
    public List<String> refusedLifetimes(long timeMillis, Map<String, Sampling> accepted) {
        List<String> refusals = new ArrayList<>();
        meters.forEach((name, meter) -> {
            try {
                accepted.put(name, lifetime(name, meter, timeMillis));
            } catch (IllegalArgumentException e) {
                refusals.add(name + ": " + e.getMessage());
            }
        });
        return refusals;
    }

    private static Sampling lifetime(String name, Meter meter, long timeMillis) {
        Point register = REGISTERS.getOrDefault(name, Point.ENERGY);
        Sampling sampling = new Sampling()
                .register(register, timeMillis, Math.round(meter.lifetimeWattHours() * Millijoules.PER_WATT_HOUR));
        if (!meter.isActive()) {
            throw new IllegalArgumentException(register.label() + " is of no active meter");
        }
        return sampling;
    }
}
