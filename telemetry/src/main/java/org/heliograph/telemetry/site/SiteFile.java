package org.heliograph.telemetry.site;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.telemetry.quantity.Watts;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaw;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads {@code site.yaml}. */
public final class SiteFile {
    private static final Duration DEFAULT_LATE = Duration.ofHours(48);
    private static final int MAX_LABEL_LENGTH = 128;
    static final Instant ALWAYS = Instant.EPOCH;
    private static final Instant FOR_EVER = Instant.parse("9999-01-01T00:00:00Z");

    /** Since then no zone's days have begun within a quarter of an hour. */
    private static final Instant FIRST_DAYS = Instant.parse("1990-01-01T00:00:00Z");

    private static final int QUARTER_SECONDS = 900;

    private SiteFile() {}

    /** @throws ConfigurationException with all flaws of the file */
    public static SiteModel read(Path file) throws ConfigurationException {
        Flaws flaws = new Flaws();
        SiteModel model = read(Section.of(file, flaws));
        flaws.throwIfAny();
        return model;
    }

    /**
     * Reads a text that is already in memory.
     *
     * @param name what flaws call it
     * @throws ConfigurationException with all flaws of the text
     */
    public static SiteModel parse(String name, String text) throws ConfigurationException {
        Flaws flaws = new Flaws();
        SiteModel model = read(Section.of(name, text, flaws));
        flaws.throwIfAny();
        return model;
    }

    /**
     * Reads a record of {@code hg.sites}, as all parts do: none may show a model that the engine doesn't go by.
     *
     * @param site the record's key
     * @throws ConfigurationException if the engine can't go by it
     */
    public static SiteModel published(String site, byte[] record) throws ConfigurationException {
        String name = "hg.sites/" + site;
        SiteModel model = parse(name, new String(record, StandardCharsets.UTF_8));
        Flaws flaws = new Flaws();
        if (!model.site().equals(site)) {
            flaws.add(new Flaw(name, 0, "site", "is '" + model.site() + "', but the record's key is '" + site + "'"));
        }
        tooLate(name, model).ifPresent(flaws::add);
        flaws.throwIfAny();
        return model;
    }

    /** What is wrong with a model whose late horizon the engine can't keep. */
    public static Optional<Flaw> tooLate(String file, SiteModel model) {
        return model.late().compareTo(SiteModel.LONGEST_LATE) > 0
                ? Optional.of(new Flaw(
                        file,
                        0,
                        "late",
                        model.late() + " is longer than the engine keeps samples, " + SiteModel.LONGEST_LATE))
                : Optional.empty();
    }

    private static SiteModel read(Section top) {
        String site = top.parsed("site", SiteFile::name, "site");
        ZoneId zone = top.parsed("zone", SiteFile::zone, ZoneOffset.UTC);
        Section location = top.section("location");
        SiteModel.Location where = new SiteModel.Location(
                location.decimal("latitude", 0, -90, 90), location.decimal("longitude", 0, -180, 180));
        if (top.has("location") && location.has("latitude") != location.has("longitude")) {
            location.flaw(location.has("latitude") ? "longitude" : "latitude", "is missing");
        }
        location.finish();
        Duration late = top.duration("late", DEFAULT_LATE);
        FactorChoices factors = FactorChoices.read(top, zone);

        Map<String, Profile> profiles = profiles(top);
        List<Entry> entries = new ArrayList<>();
        List<Section> sections = top.sections("devices");
        if (sections.isEmpty()) {
            top.flaw("devices", "a site needs at least one device");
        }
        for (Section section : sections) {
            entries.addAll(entries(section, profiles, zone));
            if (entries.size() > IdRange.MAX_IDS) {
                top.flaw("devices", "are more than " + IdRange.MAX_IDS);
                break;
            }
        }
        top.finish();
        SiteModel model = new SiteModel(site, zone, where, late, factors, endWhereTheNextStarts(entries));
        checkParents(model, entries);
        return model;
    }

    /** Says of each line at most once what is wrong with a parent that it names. */
    private static void checkParents(SiteModel model, List<Entry> entries) {
        Set<Section> told = new HashSet<>();
        for (Entry entry : entries) {
            MeterChain.fault(model, entry.device())
                    .filter(_ -> told.add(entry.section()))
                    .ifPresent(message -> entry.section().flaw("parent", message));
        }
    }

    /** The shipped profiles and the file's own, which may replace a shipped one. */
    private static Map<String, Profile> profiles(Section top) {
        Map<String, Profile> own = new HashMap<>();
        for (Section section : top.sections("profiles")) {
            Profile profile = Profiles.read(section);
            if (own.put(profile.name(), profile) != null) {
                section.flaw("profile", "'" + profile.name() + "' is there twice");
            }
        }
        Map<String, Profile> profiles = new HashMap<>(Profiles.SHIPPED);
        profiles.putAll(own);
        return profiles;
    }

    /** A device and the section it was read from. */
    private record Entry(Device device, Section section) {}

    private static List<Entry> entries(Section section, Map<String, Profile> profiles, ZoneId zone) {
        Profile profile = section.parsed("profile", name -> profile(name, profiles), Profiles.NONE);
        Role role = section.parsed("role", SiteFile::role, Role.ROOM);
        Optional<Watts> rating = section.optional("rating", Profiles::rating);
        String area = section.optional("area", SiteFile::label).orElse("");
        String parent = section.optional("parent", SiteFile::label).orElse("");
        int accuracy =
                section.optional("accuracy", Profiles::accuracyBasisPoints).orElse(profile.accuracyBasisPoints());
        String serial = section.optional("serial", SiteFile::label).orElse("");
        Instant validFrom =
                section.optional("validFrom", text -> instant(text, zone)).orElse(ALWAYS);
        Instant validTo =
                section.optional("validTo", text -> instant(text, zone)).orElse(FOR_EVER);
        if (!validFrom.isBefore(validTo)) {
            section.flaw("validTo", "is not after validFrom");
        }
        if (!profile.points().isEmpty() && !Profiles.canBe(role, profile)) {
            section.flaw("role", "a " + profile.name() + " has no point whose energy could count as " + role.label());
        }
        List<IdRange.Expansion> ids = section.parsed("id", IdRange::expand, List.of());
        if (ids.size() > 1 && !serial.isEmpty()) {
            section.flaw("serial", "is one serial number for " + ids.size() + " devices");
        }
        section.finish();
        List<Entry> entries = new ArrayList<>(ids.size());
        for (IdRange.Expansion id : ids) {
            if (!DeviceId.isName(id.id())) {
                section.flaw("id", "'" + id.id() + "' is not a device name");
                break;
            }
            Optional<String> place = resolved(id, "area", area, section);
            Optional<String> upstream = resolved(id, "parent", parent, section);
            if (place.isEmpty() || upstream.isEmpty()) {
                break;
            }
            Device device = new Device(
                    id.id(), profile, role, rating, place.get(), upstream.get(), accuracy, serial, validFrom, validTo);
            entries.add(new Entry(device, section));
        }
        return entries;
    }

    private static Optional<String> resolved(IdRange.Expansion id, String field, String template, Section section) {
        try {
            return Optional.of(id.resolve(template));
        } catch (IllegalArgumentException e) {
            section.flaw(field, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Entries of one id succeed each other: an earlier one ends, at the latest, where the next starts. */
    private static List<Device> endWhereTheNextStarts(List<Entry> entries) {
        Map<String, NavigableSet<Instant>> starts = new HashMap<>();
        Set<Section> repeating = new HashSet<>();
        for (Entry entry : entries) {
            Device device = entry.device();
            boolean first =
                    starts.computeIfAbsent(device.id(), _ -> new TreeSet<>()).add(device.validFrom());
            if (!first && repeating.add(entry.section())) {
                entry.section().flaw("id", "'" + device.id() + "' is there twice from the same moment");
            }
        }
        List<Device> devices = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            Device device = entry.device();
            @Nullable
            Instant next = starts.getOrDefault(device.id(), Collections.emptyNavigableSet())
                    .higher(device.validFrom());
            devices.add(next == null || device.validTo().isBefore(next) ? device : device.until(next));
        }
        return devices;
    }

    private static String name(String text) {
        if (!DeviceId.isName(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a site name");
        }
        return text;
    }

    /** A text that goes into tags of series: short, on one line. */
    private static String label(String text) {
        if (text.length() > MAX_LABEL_LENGTH || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "must be one line of at most " + MAX_LABEL_LENGTH + " characters, without control characters");
        }
        return text;
    }

    private static ZoneId zone(String text) {
        ZoneId zone;
        try {
            zone = ZoneId.of(text);
        } catch (DateTimeException _) {
            throw new IllegalArgumentException("'" + text + "' is not a time zone such as Africa/Casablanca");
        }
        ZoneRules rules = zone.getRules();
        boolean isEven = Stream.concat(
                        Stream.of(rules.getOffset(FIRST_DAYS)),
                        rules.getTransitions().stream()
                                .filter(change -> change.getInstant().isAfter(FIRST_DAYS))
                                .map(ZoneOffsetTransition::getOffsetAfter))
                .allMatch(offset -> offset.getTotalSeconds() % QUARTER_SECONDS == 0);
        if (!isEven) {
            throw new IllegalArgumentException(
                    "the days of '" + text + "' begin within a quarter of an hour; all that are in use begin with one");
        }
        return zone;
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
    static Instant instant(String text, ZoneId zone) {
        Instant instant;
        try {
            instant = text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay(zone).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a date (2026-07-01) nor a moment (2026-07-01T08:00:00Z)");
        }
        if (instant.isBefore(ALWAYS) || instant.isAfter(FOR_EVER)) {
            throw new IllegalArgumentException("'" + text + "' lies outside the years 1970 to 9998");
        }
        return instant;
    }
}
