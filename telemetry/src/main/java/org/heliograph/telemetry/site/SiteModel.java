package org.heliograph.telemetry.site;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A site: its zone, its emission factors and its devices over time. */
public final class SiteModel {
    /** The longest late horizon: the engine keeps samples a little longer than that. */
    public static final Duration LONGEST_LATE = Duration.ofHours(48);

    private final String site;
    private final ZoneId zone;
    private final Location location;
    private final Duration late;
    private final FactorChoices factors;
    private final List<Device> devices;
    private final Map<String, List<Device>> byId = new LinkedHashMap<>();

    /**
     * @param late how late a reading may come and still restate its windows
     * @param devices entries of one id do not overlap in time
     */
    public SiteModel(
            String site, ZoneId zone, Location location, Duration late, FactorChoices factors, List<Device> devices) {
        this.site = site;
        this.zone = zone;
        this.location = location;
        this.late = late;
        this.factors = factors;
        this.devices = List.copyOf(devices);
        for (Device device : devices) {
            byId.computeIfAbsent(device.id(), _ -> new ArrayList<>(1)).add(device);
        }
    }

    /** Degrees, north and east positive. */
    public record Location(double latitude, double longitude) {
        /** For a site that doesn't say: a place in the sea. */
        public static final Location UNKNOWN = new Location(0, 0);
    }

    public String site() {
        return site;
    }

    public ZoneId zone() {
        return zone;
    }

    public Location location() {
        return location;
    }

    public Duration late() {
        return late;
    }

    public FactorChoices factors() {
        return factors;
    }

    /** The same model with other choices. */
    public SiteModel withFactors(FactorChoices others) {
        return new SiteModel(site, zone, location, late, others, devices);
    }

    /** All entries, in the file's order. */
    public List<Device> devices() {
        return devices;
    }

    public List<Device> devicesAt(Instant at) {
        return devices.stream().filter(device -> device.isValidAt(at)).toList();
    }

    /** The device of that id as it is at that moment. */
    public Optional<Device> device(String id, Instant at) {
        @Nullable List<Device> entries = byId.get(id);
        if (entries == null) {
            return Optional.empty();
        }
        for (Device device : entries) {
            if (device.isValidAt(at)) {
                return Optional.of(device);
            }
        }
        return Optional.empty();
    }

    /** The entries of that id, in the file's order: what the device has been, is and will be. */
    public List<Device> history(String id) {
        return List.copyOf(byId.getOrDefault(id, List.of()));
    }

    /** Whether the model has a device of that id at any time. */
    public boolean knows(String id) {
        return byId.containsKey(id);
    }
}
