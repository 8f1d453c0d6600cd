package org.heliograph.telemetry.site;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Faults;
import org.heliograph.telemetry.yaml.Section;

/** Reads {@code site.yaml}. */
public final class SiteFile {
    private static final Duration DEFAULT_LATE = Duration.ofHours(48);
    private static final Instant ALWAYS = Instant.EPOCH;
    private static final Instant FOR_EVER = Instant.parse("9999-01-01T00:00:00Z");

    private SiteFile() {}

    /** @throws ConfigurationException with all faults of the file */
    public static SiteModel read(Path file) throws ConfigurationException {
        Faults faults = new Faults();
        SiteModel model = read(Section.of(file, faults));
        faults.throwIfAny();
        return model;
    }

    /**
     * Reads a text that is already in memory.
     *
     * @param name what faults call it
     * @throws ConfigurationException with all faults of the text
     */
    public static SiteModel parse(String name, String text) throws ConfigurationException {
        Faults faults = new Faults();
        SiteModel model = read(Section.of(name, text, faults));
        faults.throwIfAny();
        return model;
    }

    private static SiteModel read(Section top) {
        String site = top.parsed("site", SiteFile::name, "site");
        ZoneId zone = top.parsed("zone", SiteFile::zone, ZoneOffset.UTC);
        Section location = top.section("location");
        SiteModel.Location where = new SiteModel.Location(
                location.decimal("latitude", 0, -90, 90), location.decimal("longitude", 0, -180, 180));
        location.finish();
        Duration late = top.duration("late", DEFAULT_LATE);
        Section factors = top.section("factors");
        SiteModel.FactorChoice choice = new SiteModel.FactorChoice(
                factors.text("average", "ember-2024"), factors.text("marginal", "ifi-2021-solar"));
        factors.finish();

        Map<String, Profile> profiles = new HashMap<>(Profiles.SHIPPED);
        for (Section section : top.sections("profiles")) {
            Profile profile = Profiles.read(section);
            profiles.put(profile.name(), profile);
        }
        List<Entry> entries = new ArrayList<>();
        for (Section section : top.sections("devices")) {
            entries.addAll(entries(section, profiles, zone, entries.size()));
        }
        if (entries.isEmpty()) {
            top.fault("devices", "a site needs at least one device");
        }
        top.finish();
        return new SiteModel(site, zone, where, late, choice, endWhereTheNextStarts(entries));
    }

    /** A device, its place among all, and the section it was read from. */
    private record Entry(Device device, int place, Section section) {}

    private static List<Entry> entries(Section section, Map<String, Profile> profiles, ZoneId zone, int place) {
        Profile profile = section.parsed("profile", name -> profile(name, profiles), Profiles.NONE);
        Role role = section.parsed("role", SiteFile::role, Role.ROOM);
        Optional<Watts> rating = section.optional("rating", Watts::parse);
        String area = section.text("area", "");
        String serial = section.text("serial", "");
        Instant validFrom =
                section.optional("validFrom", text -> instant(text, zone)).orElse(ALWAYS);
        Instant validTo =
                section.optional("validTo", text -> instant(text, zone)).orElse(FOR_EVER);
        if (!validFrom.isBefore(validTo)) {
            section.fault("validTo", "is not after validFrom");
        }
        if (!profile.points().isEmpty() && role.countsEnergy() && !Profiles.countsEnergyAs(role, profile)) {
            section.fault("role", "a " + profile.name() + " has no point whose energy could count as " + role.label());
        }
        List<IdRange.Expansion> ids = section.parsed("id", IdRange::expand, List.of());
        section.finish();
        List<Entry> entries = new ArrayList<>(ids.size());
        for (IdRange.Expansion id : ids) {
            if (!DeviceId.isName(id.id())) {
                section.fault("id", "'" + id.id() + "' is not a device name");
                break;
            }
            try {
                entries.add(new Entry(
                        new Device(id.id(), profile, role, rating, id.resolve(area), serial, validFrom, validTo),
                        place + entries.size(),
                        section));
            } catch (IllegalArgumentException e) {
                section.fault("area", String.valueOf(e.getMessage()));
                break;
            }
        }
        return entries;
    }

    /** Entries of one id succeed each other: an earlier one ends, at the latest, where the next starts. */
    private static List<Device> endWhereTheNextStarts(List<Entry> entries) {
        Map<String, List<Entry>> byId = entries.stream()
                .collect(Collectors.groupingBy(entry -> entry.device().id()));
        List<Device> devices = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            Device device = entry.device();
            Optional<Entry> next = byId.getOrDefault(device.id(), List.of()).stream()
                    .filter(other -> other.place() != entry.place())
                    .filter(other -> !other.device().validFrom().isBefore(device.validFrom()))
                    .min(Comparator.comparing(other -> other.device().validFrom()));
            if (next.isEmpty()) {
                devices.add(device);
            } else if (next.get().device().validFrom().equals(device.validFrom())) {
                entry.section().fault("id", "'" + device.id() + "' is there twice from the same moment");
                devices.add(device);
            } else {
                Instant end = next.get().device().validFrom();
                devices.add(new Device(
                        device.id(),
                        device.profile(),
                        device.role(),
                        device.rating(),
                        device.area(),
                        device.serial(),
                        device.validFrom(),
                        end.isBefore(device.validTo()) ? end : device.validTo()));
            }
        }
        return devices;
    }

    private static String name(String text) {
        if (!DeviceId.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a site name");
        }
        return text;
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (java.time.DateTimeException _) {
            throw new IllegalArgumentException("'" + text + "' is not a time zone such as Africa/Casablanca");
        }
    }

    private static Role role(String text) {
        return Role.labelled(text)
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a role; roles: "
                        + Arrays.stream(Role.values()).map(Role::label).collect(Collectors.joining(" "))));
    }

    private static Profile profile(String name, Map<String, Profile> profiles) {
        Profile profile = profiles.get(name);
        if (profile == null) {
            throw new IllegalArgumentException("'" + name + "' is not a profile; profiles: "
                    + profiles.keySet().stream().sorted().collect(Collectors.joining(" ")));
        }
        return profile;
    }

    /** A moment, or a date for its first moment in the site's zone. */
    private static Instant instant(String text, ZoneId zone) {
        try {
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay(zone).toInstant()
                    : java.time.OffsetDateTime.parse(text).toInstant();
        } catch (java.time.DateTimeException _) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a date (2026-07-01) nor a moment (2026-07-01T08:00:00Z)");
        }
    }
}
