package org.heliograph.sim;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which site is simulated: what several commands have in common. */
final class SiteOptions {
    @Option(
            names = "--racks",
            paramLabel = "N",
            description = "size of the Casablanca site, 1 to 624 racks (default: 190)")
    private @Nullable Integer racks;

    @Option(names = "--site", paramLabel = "FILE", description = "another site model than Casablanca's")
    private @Nullable Path site;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "the same seed gives the same weather and load, and so the same ledger (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--it-load",
            paramLabel = "SHARE",
            defaultValue = "0.7",
            description =
                    "share of the IT capacity in use, 0 to 1; at 0.1 the site exports by day (default: ${DEFAULT-VALUE})")
    private double itLoad;

    long seed() {
        return seed;
    }

    double itLoad() {
        return itLoad;
    }

    /** The text of the site model. */
    String siteYaml() {
        if (site == null) {
            return Casablanca.siteYaml(racks == null ? Casablanca.RACKS : racks);
        }
        if (racks != null) {
            throw new IllegalArgumentException("--racks or --site, not both");
        }
        try {
            return Files.readString(site);
        } catch (NoSuchFileException _) {
            throw new IllegalArgumentException(site + ": no such file");
        } catch (CharacterCodingException _) {
            throw new IllegalArgumentException(site + ": not a text in UTF-8");
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    site + ": " + (Files.isDirectory(site) ? "a folder, not a file" : "can't be read: " + e), e);
        }
    }

    SiteModel model() throws ConfigurationException {
        return SiteFile.parse(site == null ? "site.yaml" : site.toString(), siteYaml());
    }

    Plant plant(SiteModel model, Instant at) {
        if (!(itLoad >= 0 && itLoad <= 1)) {
            throw new IllegalArgumentException("--it-load is a share between 0 and 1, not " + itLoad);
        }
        return new Plant(Layout.of(model, at), seed, itLoad);
    }

    /**
     * The plant is simulated as it is at its start.
     *
     * @throws IllegalArgumentException with a sentence, if devices come, go or move before the end
     */
    void requireUnchanged(SiteModel model, Instant start, Instant end) {
        Optional<Instant> change = nextChange(model, start).filter(moment -> moment.isBefore(end));
        if (change.isPresent()) {
            throw new IllegalArgumentException("the site changes at " + change.get()
                    + " (validFrom, validTo), which can't be simulated: end there, or begin there");
        }
    }

    /** When its devices are next others than at a moment; that all are gone at the end of time is no change. */
    static Optional<Instant> nextChange(SiteModel model, Instant after) {
        return model.devices().stream()
                .flatMap(device -> Stream.of(device.validFrom(), device.validTo()))
                .filter(after::isBefore)
                .distinct()
                .filter(moment -> {
                    List<Device> then = model.devicesAt(moment);
                    return !then.isEmpty() && !then.equals(model.devicesAt(after));
                })
                .min(Comparator.naturalOrder());
    }

    /** What is worth knowing of a site before it is simulated. */
    List<String> notes(SiteModel model, Instant at) {
        boolean hasInverters = model.devicesAt(at).stream().anyMatch(device -> device.role() == Role.PV);
        return hasInverters && model.location().equals(SiteModel.Location.UNKNOWN)
                ? List.of(site + " has no 'location': the sun of 0 degrees north and east shines on its inverters")
                : List.of();
    }

    /** The same, or {@code +10m}: so long after the start. */
    static Instant moment(String option, String text, ZoneId zone, InstantSource clock, Instant start) {
        if (!text.startsWith("+")) {
            return moment(option, text, zone, clock);
        }
        return start.plus(minutes(option, text.substring(1)));
    }

    /** {@code today} (its first moment on the site), a date on the site, or a moment, to the whole minute. */
    static Instant moment(String option, String text, ZoneId zone, InstantSource clock) {
        Instant moment;
        try {
            if (text.equals("today")) {
                moment = midnight(clock.instant(), zone);
            } else if (text.indexOf('T') < 0) {
                moment = LocalDate.parse(text).atStartOfDay(zone).toInstant();
            } else {
                moment = OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeException _) {
            throw new IllegalArgumentException(option + ": '" + text
                    + "' is neither 'today' nor a date (2026-07-01) nor a moment (2026-07-01T08:00:00Z)");
        }
        if (moment.getEpochSecond() % 60 != 0 || moment.getNano() != 0) {
            throw new IllegalArgumentException(option + ": " + text + " is not a whole minute");
        }
        return moment;
    }

    /** The first moment of a day on the site. */
    static Instant midnight(Instant moment, ZoneId zone) {
        return LocalDate.ofInstant(moment, zone).atStartOfDay(zone).toInstant();
    }

    /** A duration of whole minutes. */
    static Duration minutes(String option, String text) {
        Duration duration = duration(option, text);
        if (!duration.equals(Duration.ofMinutes(duration.toMinutes()))) {
            throw new IllegalArgumentException(option + ": whole minutes, not " + text);
        }
        return duration;
    }

    /** {@code 1h}, {@code 15m}, {@code 90s}, {@code 1d} or ISO 8601. */
    static Duration duration(String option, String text) {
        String iso = text.toUpperCase(Locale.ROOT);
        try {
            Duration duration = Duration.parse(iso.startsWith("P") ? iso : iso.endsWith("D") ? "P" + iso : "PT" + iso);
            if (!duration.isPositive()) {
                throw new IllegalArgumentException(option + ": '" + text + "' is not positive");
            }
            return duration;
        } catch (DateTimeException _) {
            throw new IllegalArgumentException(option + ": '" + text + "' is not a duration such as 15m, 1h or PT1H");
        }
    }
}
