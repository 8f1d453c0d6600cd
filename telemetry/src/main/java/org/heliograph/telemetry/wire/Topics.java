package org.heliograph.telemetry.wire;

/** The Kafka topics, under a configurable prefix ({@code hg} by default). */
public record Topics(String prefix) {
    public static final Topics DEFAULT = new Topics("hg");

    /** Kafka allows 249 characters; the longest name under the prefix gets the rest. */
    private static final int MAX_PREFIX_LENGTH = 200;

    public Topics {
        if (prefix.length() > MAX_PREFIX_LENGTH || !prefix.matches("[a-zA-Z0-9][a-zA-Z0-9_-]*(\\.[a-zA-Z0-9_-]+)*")) {
            throw new IllegalArgumentException("'" + prefix + "' is not a topic prefix");
        }
    }

    /** Key {@code {site}/{device}}, value {@code Pack}. */
    public String telemetry() {
        return prefix + ".telemetry";
    }

    /** Dead letters: the refused bytes as they came, the reason in the headers (see {@link DeadLetter}). */
    public String rejects() {
        return prefix + ".rejects";
    }

    /** Compacted; key {@code {site}}, value the site model's YAML text. */
    public String sites() {
        return prefix + ".sites";
    }

    /** Compacted; emission factors and intensity series as JSON (docs/factors.md). */
    public String factors() {
        return prefix + ".factors";
    }

    /** Compacted; key the engine's application, value a note of its own about its last reset. */
    public String resets() {
        return prefix + ".resets";
    }

    /** Key {@code {site}/{device}}, value {@code DeviceMinute}. */
    public String energy() {
        return prefix + ".energy";
    }

    /** Key {@code {site}/{window}/{start}}, value {@code SiteWindow}. */
    public String kpi() {
        return prefix + ".kpi";
    }

    /** Key {@code {site}}, value {@code SiteLive}. */
    public String live() {
        return prefix + ".live";
    }

    /** Compacted; key {@code {site}/{device}/{rule}}, value {@code Alert}: the newest state of each. */
    public String alerts() {
        return prefix + ".alerts";
    }
}
