package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.heliograph.telemetry.yaml.Section;

/**
 * When people are told of something.
 *
 * @param name its own name, in the key of its alerts
 * @param above beyond the limit when it is more than that; empty for no such limit
 * @param below beyond the limit when it is less than that
 * @param hysteresis how far within the limits it has to come back to clear
 * @param hold how long it has to be beyond before the alert is raised
 * @param calm how long it has to be back before the alert is cleared
 * @param sites whose figures it judges; empty for all
 * @param areas whose devices it judges, each with the areas in it; empty for all
 */
public record AlertRule(
        String name,
        Watch watch,
        String severity,
        OptionalDouble above,
        OptionalDouble below,
        double hysteresis,
        Duration hold,
        Duration calm,
        Set<String> sites,
        Set<String> areas) {
    static final Set<String> SEVERITIES = Set.of("info", "warning", "critical");

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final double MOST = 1e12;

    public AlertRule {
        sites = Set.copyOf(sites);
        areas = Set.copyOf(areas);
    }

    /** What a value is to the rule. */
    enum Standing {
        BEYOND,
        /** Within the limits, but not far enough to clear. */
        BETWEEN,
        WITHIN
    }

    static AlertRule read(Section section) {
        OptionalDouble above = limit(section, "above");
        OptionalDouble below = limit(section, "below");
        if (above.isEmpty() && below.isEmpty()) {
            section.flaw("above", "and below are both missing: a rule needs a limit");
        }
        AlertRule rule = new AlertRule(
                section.parsed("rule", AlertRule::name, "none"),
                section.parsed("watch", Watch::labelled, Watch.PUE),
                section.optional("severity", AlertRule::severity).orElse("warning"),
                above,
                below,
                section.decimal("hysteresis", 0, 0, MOST),
                section.duration("for", Duration.ZERO),
                section.duration("clearAfter", Duration.ZERO),
                Set.copyOf(section.texts("sites")),
                Set.copyOf(section.texts("areas")));
        rule.fault().ifPresent(fault -> section.flaw("hysteresis", fault));
        if (rule.watch.isOfSite() && section.has("areas")) {
            section.flaw("areas", "are those of devices; " + rule.watch.label() + " is a whole site's");
        }
        if (rule.watch.isOfAgent() && section.has("areas")) {
            section.flaw("areas", "are those of devices; " + rule.watch.label() + " is an agent's");
        }
        section.finish();
        return rule;
    }

    /** A rule under which nothing is ever well: what it raises would stand for ever. */
    private Optional<String> fault() {
        double least = below.isPresent() ? below.getAsDouble() : watch.least();
        double most = above.orElse(Double.POSITIVE_INFINITY) - hysteresis;
        return least + (below.isPresent() ? hysteresis : 0) <= most
                ? Optional.empty()
                : Optional.of("leaves no value within the limits: no alert of the rule would ever be cleared");
    }

    private static OptionalDouble limit(Section section, String key) {
        return section.has(key) ? OptionalDouble.of(section.decimal(key, 0, -MOST, MOST)) : OptionalDouble.empty();
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a rule's name: small letters, digits and '-', at most 64");
        }
        return text;
    }

    private static String severity(String text) {
        if (!SEVERITIES.contains(text)) {
            throw new IllegalArgumentException("'" + text + "' is not a severity: info, warning or critical");
        }
        return text;
    }

    boolean judgesSite(String site) {
        return sites.isEmpty() || sites.contains(site);
    }

    /** Whether it judges some sites or areas only. */
    boolean isRestricted() {
        return !sites.isEmpty() || !areas.isEmpty();
    }

    boolean judgesAllAreas() {
        return areas.isEmpty();
    }

    /** @param area of a device, such as {@code hall-1/row-a}; empty where it isn't known */
    boolean judgesArea(String area) {
        return areas.isEmpty() || areas.stream().anyMatch(one -> isWithin(area, one));
    }

    static boolean isWithin(String area, String larger) {
        return area.equals(larger) || area.startsWith(larger + "/");
    }

    Standing standing(double value) {
        boolean over = above.isPresent() && value > above.getAsDouble();
        boolean under = below.isPresent() && value < below.getAsDouble();
        if (over || under) {
            return Standing.BEYOND;
        }
        boolean nearTop = above.isPresent() && value > above.getAsDouble() - hysteresis;
        boolean nearBottom = below.isPresent() && value < below.getAsDouble() + hysteresis;
        return nearTop || nearBottom ? Standing.BETWEEN : Standing.WITHIN;
    }
}
