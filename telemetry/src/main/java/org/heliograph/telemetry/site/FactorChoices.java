package org.heliograph.telemetry.site;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/**
 * What a site has chosen of emission factors, chooses and will choose.
 *
 * @param byStart each choice by the moment from which it holds; the first also holds before
 * @param isDated whether the site model says those moments; else it says one choice, for what comes after its publication
 */
public record FactorChoices(NavigableMap<Instant, FactorChoice> byStart, boolean isDated) {
    private static final String FIELD = "factors";
    private static final String VALID_FROM = "validFrom";

    public FactorChoices {
        if (byStart.isEmpty()) {
            throw new IllegalArgumentException("no choice");
        }
        NavigableMap<Instant, FactorChoice> changes = new TreeMap<>();
        byStart.forEach((start, choice) -> {
            if (changes.isEmpty() || !changes.lastEntry().getValue().equals(choice)) {
                changes.put(start, choice);
            }
        });
        byStart = Collections.unmodifiableNavigableMap(changes);
    }

    public static FactorChoices dated(NavigableMap<Instant, FactorChoice> byStart) {
        return new FactorChoices(byStart, true);
    }

    private static FactorChoices undated(FactorChoice choice) {
        return new FactorChoices(new TreeMap<>(Map.of(SiteFile.ALWAYS, choice)), false);
    }

    /** One choice, or a list of choices of which one says no {@code validFrom}. */
    static FactorChoices read(Section top, ZoneId zone) {
        List<Section> sections = top.oneOrMoreSections(FIELD);
        if (!top.isList(FIELD)) {
            Section only = sections.getFirst();
            FactorChoice choice = FactorChoice.read(only);
            if (only.has(VALID_FROM)) {
                only.flaw(VALID_FROM, "belongs to a list of choices, of which one says none");
            }
            only.finish();
            return undated(choice);
        }
        NavigableMap<Instant, FactorChoice> byStart = new TreeMap<>();
        for (Section section : sections) {
            Instant start = section.optional(VALID_FROM, text -> SiteFile.instant(text, zone))
                    .orElse(SiteFile.ALWAYS);
            if (byStart.put(start, FactorChoice.read(section)) != null) {
                section.flaw(
                        VALID_FROM,
                        section.has(VALID_FROM)
                                ? "is that of another choice, too"
                                : "is missing, as in another choice");
            }
            section.finish();
        }
        boolean canBeRead = !byStart.isEmpty() || top.isEmptyList(FIELD);
        if (byStart.putIfAbsent(SiteFile.ALWAYS, FactorChoice.DEFAULT) == null && canBeRead) {
            top.flaw(FIELD, "need one choice without " + VALID_FROM + ", for the time before the others");
        }
        return dated(byStart);
    }

    public FactorChoice at(Instant moment) {
        var entry = byStart.floorEntry(moment);
        return Objects.requireNonNull(entry == null ? byStart.firstEntry() : entry)
                .getValue();
    }

    /** The choice of a moment and all later ones. */
    public List<FactorChoice> since(Instant moment) {
        @Nullable Instant start = byStart.floorKey(moment);
        return List.copyOf((start == null ? byStart : byStart.tailMap(start, true)).values());
    }

    /** Whether the site names that id at any time. */
    public boolean names(String id) {
        return byStart.values().stream().anyMatch(choice -> choice.names(id));
    }

    /**
     * These choices as those of a model that replaces another: one without a date holds from the publication on, and leaves
     * what was before as it was.
     */
    public FactorChoices succeeding(FactorChoices before, Instant published) {
        if (isDated) {
            return this;
        }
        NavigableMap<Instant, FactorChoice> all = new TreeMap<>(before.byStart.headMap(published, false));
        all.put(published, byStart.firstEntry().getValue());
        return dated(all);
    }
}
