package org.heliograph.streams.alert;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.heliograph.streams.indicator.Diagnosis;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.Flaw;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;

/**
 * The rules of a file, or those that ship with the product.
 *
 * @param file empty for those
 */
public record AlertRules(List<AlertRule> rules, Optional<Path> file) {
    /** A day: figures that are older are told of from what has been judged. */
    private static final double LONGEST_AGE_SECONDS = 86_400;

    public AlertRules {
        rules = List.copyOf(rules);
    }

    AlertRules(List<AlertRule> rules) {
        this(rules, Optional.empty());
    }

    static AlertRules shipped(Flaws flaws) {
        return read(Section.ofResource(AlertRules.class, "/heliograph/alerts.yaml", flaws));
    }

    static AlertRules read(Path file, Flaws flaws) {
        return new AlertRules(read(Section.of(file, flaws)).rules(), Optional.of(file));
    }

    /** The sites and areas that rules name and none of these models has: where they are named. */
    public List<Flaw> strangers(List<SiteModel> models) {
        Flaws strangers = new Flaws();
        file.ifPresent(named -> {
            for (Section section : Section.of(named, strangers).sections("rules")) { // anew, for its lines
                strangers(section, models);
            }
        });
        return strangers.found();
    }

    private static void strangers(Section rule, List<SiteModel> models) {
        List<String> sites = rule.texts("sites");
        for (String site : sites) {
            if (models.stream().noneMatch(model -> model.site().equals(site))) {
                rule.flaw("sites", "'" + site + "' is none of the sites whose models are named here");
            }
        }
        List<SiteModel> judged = models.stream()
                .filter(model -> sites.isEmpty() || sites.contains(model.site()))
                .toList();
        for (String area : rule.texts("areas")) {
            if (!judged.isEmpty()
                    && judged.stream()
                            .flatMap(model -> model.devices().stream())
                            .noneMatch(device -> AlertRule.isWithin(device.area(), area))) {
                rule.flaw("areas", "no device stands in '" + area + "', by the site models that are named here");
            }
        }
    }

    private static AlertRules read(Section top) {
        List<AlertRule> rules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section section : top.sections("rules")) {
            AlertRule rule = AlertRule.read(section);
            if (!names.add(rule.name())) {
                section.flaw("rule", "'" + rule.name() + "' is there twice");
            }
            if (isDiagnosis(rule.name())) {
                section.flaw("rule", "'" + rule.name() + "' is what the engine itself calls a diagnosis of meters");
            }
            rules.add(rule);
        }
        top.finish();
        return new AlertRules(rules);
    }

    /** Whether alerts of that name are the engine's own. */
    static boolean isDiagnosis(String rule) {
        for (Diagnosis.Rule diagnosis : Diagnosis.Rule.values()) {
            if (diagnosis.label().equals(rule)) {
                return true;
            }
        }
        return false;
    }

    boolean has(String name) {
        return rules.stream().anyMatch(rule -> rule.name().equals(name));
    }

    /** The longest time that a rule looks back before it says anything. */
    Duration longestHold() {
        return rules.stream()
                .flatMap(rule -> Stream.of(rule.hold(), rule.calm(), age(rule)))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** How old the last figures are that a rule for their age has to have seen. */
    private static Duration age(AlertRule rule) {
        double seconds = rule.watch() == Watch.FIGURES_AGE ? rule.above().orElse(0) : 0;
        return Duration.ofSeconds((long) Math.clamp(seconds, 0.0, LONGEST_AGE_SECONDS));
    }
}
