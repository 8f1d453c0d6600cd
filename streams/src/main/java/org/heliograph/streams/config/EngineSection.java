package org.heliograph.streams.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code engine:} section.
 *
 * @param application the Kafka Streams application: instances of one application share the work
 * @param instance this instance's own name; with it, a restart takes its work up again without waiting for a timeout.
 *     Empty for none
 * @param state where local state is kept
 * @param standby how many other instances keep a copy of each partition's state, to take its work up at once; 0 for none.
 *     An instance alone has nowhere to keep one
 * @param devicePartitions partitions of {@code hg.telemetry}, when the engine makes it
 * @param grace how long nothing may have changed before an incomplete window that has ended is final
 * @param factorReach how far back a revised emission factor restates windows at least: to the beginning of
 *     that year of the site
 * @param cacheBytes memory for RocksDB's block cache and write buffers, over all of the instance's stores
 */
public record EngineSection(
        boolean enabled,
        String application,
        String instance,
        Path state,
        int standby,
        int threads,
        int devicePartitions,
        int sitePartitions,
        Duration grace,
        Duration factorReach,
        long cacheBytes) {
    /** A year's own factor is published within the next one. */
    public static final Duration DEFAULT_FACTOR_REACH = Duration.ofDays(400);

    /** Kafka allows 249 characters; what follows an application in the name of an internal topic gets the rest. */
    private static final int LONGEST_NAME = 200;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (LONGEST_NAME - 1) + "}");
    private static final int MAX_STANDBY = 2;
    private static final int MAX_THREADS = 64;
    private static final int MAX_PARTITIONS = 1_000;
    private static final Duration LONGEST_GRACE = Duration.ofHours(1);
    private static final int DEFAULT_PARTITIONS = 4;
    private static final int DEFAULT_CACHE_MEBIBYTES = 128;
    private static final int MIN_CACHE_MEBIBYTES = 16;
    private static final long MEBIBYTE = 1L << 20;

    static EngineSection read(Section section) {
        EngineSection settings = new EngineSection(
                section.flag("enabled", true),
                section.optional("application", EngineSection::name).orElse("heliograph"),
                section.optional("instance", text -> text.isEmpty() ? text : name(text))
                        .orElse(""),
                section.optional("state", section::resolved).orElseGet(() -> section.resolved("state")),
                section.integer("standby", 0, 0, MAX_STANDBY),
                section.integer("threads", 1, 1, MAX_THREADS),
                section.integer("devicePartitions", DEFAULT_PARTITIONS, 1, MAX_PARTITIONS),
                section.integer("sitePartitions", DEFAULT_PARTITIONS, 1, MAX_PARTITIONS),
                grace(section),
                section.duration("factorReach", DEFAULT_FACTOR_REACH),
                MEBIBYTE
                        * section.integer(
                                "cacheMebibytes", DEFAULT_CACHE_MEBIBYTES, MIN_CACHE_MEBIBYTES, Integer.MAX_VALUE));
        section.finish();
        return settings;
    }

    /** Kafka's groups and topics are named after both. */
    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a name: a letter or digit, then letters, digits, '.', "
                            + "'_' or '-', at most " + LONGEST_NAME);
        }
        return text;
    }

    /** A minute that lacks a device is open for that long, and said anew each minute: of months nobody could keep up. */
    private static Duration grace(Section section) {
        Duration grace = section.duration("grace", Duration.ofMinutes(1));
        if (grace.compareTo(LONGEST_GRACE) > 0) {
            section.flaw("grace", grace + " is longer than an hour");
        }
        return grace;
    }
}
