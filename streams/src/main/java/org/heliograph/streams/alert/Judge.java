package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;

/**
 * Judges observations by the rules: says of each subject once when an alert is raised, and once when it is cleared. Its
 * memory is what it has said: begun again from that, it says nothing twice and forgets nothing that stands.
 */
final class Judge {
    /**
     * A raised alert whose subject isn't observed any more, for so long, says nothing: the device may be gone. Longer than a
     * night, in which nothing is heard of what is watched by day; what was recalled has that long from the restart on.
     */
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(24);

    /** What is kept of subjects that are quiet, at most; the rest is made anew when it is observed. */
    private static final int MAX_COURSES = 200_000;

    private static final Course BEGIN = new Course.Quiet(Long.MIN_VALUE);

    private final Map<Watch, List<AlertRule>> rules = new EnumMap<>(Watch.class);
    private final Map<Subject, Course> courses = new HashMap<>();
    private final Map<Subject, Alert> standing = new HashMap<>();
    /** For standing alerts without a new observation: since when they have been candidates for being forgotten. */
    private final Map<Subject, Long> unheardNanos = new HashMap<>();

    private final AlertRules all;
    private final Inventory inventory;

    /** @param inventory to know the area of a device */
    Judge(AlertRules all, Inventory inventory) {
        this.all = all;
        this.inventory = inventory;
        all.rules()
                .forEach(rule -> rules.computeIfAbsent(rule.watch(), _ -> new ArrayList<>())
                        .add(rule));
    }

    /** Takes up what was said before: the newest of each subject. */
    void recall(Alert said) {
        if (AlertRules.isDiagnosis(said.getRule())) {
            return; // the engine's own
        }
        Subject subject = new Subject(said.getSite(), said.getDevice(), said.getRule());
        if (said.getState() == AlertState.RAISED) {
            courses.put(subject, new Course.Raised(said.getTimeMs()));
            standing.put(subject, said);
        } else {
            courses.put(subject, new Course.Quiet(said.getTimeMs()));
            standing.remove(subject);
        }
    }

    /** What the rules as they are now change of what stands: a rule is gone, or its severity is another. */
    List<Alert> reconcile(long nowMillis) {
        List<Alert> changes = new ArrayList<>();
        for (Map.Entry<Subject, Alert> entry : List.copyOf(standing.entrySet())) {
            Subject subject = entry.getKey();
            Alert raised = entry.getValue();
            String severity = all.rules().stream()
                    .filter(rule -> rule.name().equals(subject.rule()))
                    .map(AlertRule::severity)
                    .findFirst()
                    .orElse("");
            if (!all.has(subject.rule())) {
                clear(subject, nowMillis, "the rule is gone").ifPresent(changes::add);
            } else if (!severity.equals(raised.getSeverity())) {
                // receivers know an alert by its severity too: that one ends, this one begins
                Course course = courses.getOrDefault(subject, BEGIN);
                long thenMillis = endMillis(raised, nowMillis);
                clear(subject, thenMillis, "its severity is " + severity + " now")
                        .ifPresent(changes::add);
                Alert anew = raised.toBuilder()
                        .setSeverity(severity)
                        .setTimeMs(thenMillis)
                        .build();
                courses.put(subject, course);
                standing.put(subject, anew);
                changes.add(anew);
            }
        }
        return changes;
    }

    /** The engine's clock at a site was set back: what its live state told from ahead doesn't silence what it tells now. */
    void turnBack(String site, long nowMillis) {
        for (AlertRule rule : all.rules()) {
            if (rule.watch().isOfLive()) {
                courses.replaceAll((subject, course) ->
                        subject.site().equals(site) && subject.rule().equals(rule.name())
                                ? course.turnedBack(nowMillis)
                                : course);
            }
        }
    }

    List<Alert> observe(Observation observation) {
        List<Alert> changes = new ArrayList<>();
        for (AlertRule rule : rules.getOrDefault(observation.watch(), List.of())) {
            if (isJudged(rule, observation)) {
                observe(rule, observation).ifPresent(changes::add);
            }
        }
        return changes;
    }

    private boolean isJudged(AlertRule rule, Observation seen) {
        return rule.judgesSite(seen.site())
                && (rule.judgesAllAreas()
                        || rule.judgesArea(inventory.area(seen.site(), seen.device(), seen.timeMillis())));
    }

    /** The rules that judge nothing, as nothing is known of the sites or areas that they name. */
    Set<String> idle(long nowMillis) {
        return all.rules().stream()
                .filter(rule -> rule.isRestricted() && !inventory.hasAnyOf(rule, nowMillis))
                .map(AlertRule::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What stands under the rules of a watch. */
    List<Alert> standing(Watch watch) {
        Set<String> names = rules.getOrDefault(watch, List.of()).stream()
                .map(AlertRule::name)
                .collect(Collectors.toSet());
        return standing.entrySet().stream()
                .filter(entry -> names.contains(entry.getKey().rule()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The devices of a site of whose silence or clock people have been told. */
    Set<String> alerted(String site) {
        return Stream.of(Watch.SILENCE, Watch.CLOCK_BEHIND)
                .flatMap(watch -> standing(watch).stream())
                .filter(alert -> alert.getSite().equals(site))
                .map(Alert::getDevice)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<Alert> observe(AlertRule rule, Observation seen) {
        Subject subject = new Subject(seen.site(), seen.device(), rule.name());
        unheardNanos.remove(subject);
        Course before = courses.getOrDefault(subject, BEGIN);
        Course after = before.after(rule.standing(seen.value()), seen.timeMillis(), seen.patienceMillis(), rule);
        keep(subject, after);
        if (before.isRaised() == after.isRaised()) {
            return Optional.empty();
        }
        Alert raised = standing.get(subject);
        String text = rule.watch().say(seen.value()) + (seen.remark().isEmpty() ? "" : " (" + seen.remark() + ")");
        Alert alert = Alert.newBuilder()
                .setSite(seen.site())
                .setDevice(seen.device())
                .setRule(rule.name())
                .setWatch(rule.watch().label())
                .setSeverity(after.isRaised() || raised == null ? rule.severity() : raised.getSeverity())
                .setState(after.isRaised() ? AlertState.RAISED : AlertState.CLEARED)
                .setMessage(after.isRaised() ? text : "cleared: " + text)
                .setValue(seen.value())
                .setTimeMs(
                        after.isRaised() || raised == null ? seen.timeMillis() : endMillis(raised, seen.timeMillis()))
                .build();
        if (after.isRaised()) {
            standing.put(subject, alert);
        } else {
            standing.remove(subject);
        }
        return Optional.of(alert);
    }

    private void keep(Subject subject, Course course) {
        if (courses.size() < MAX_COURSES || courses.containsKey(subject) || !(course instanceof Course.Quiet)) {
            courses.put(subject, course);
        }
    }

    /**
     * Clears what nothing has been heard of for a day, however old the figures are that are read meanwhile, and however far a
     * time service has set the clock.
     *
     * @param unnamed sites of which not all silent devices are named: one that isn't may be silent all the same
     * @param still sites of which nothing is heard at all: that says nothing of their devices
     */
    List<Alert> forget(long nowMillis, long nowNanos, Set<String> unnamed, Set<String> still) {
        Set<String> ofSilent = rules.entrySet().stream()
                .filter(entry -> entry.getKey().isOfSilent())
                .flatMap(entry -> entry.getValue().stream())
                .map(AlertRule::name)
                .collect(Collectors.toSet());
        List<Alert> cleared = new ArrayList<>();
        for (Subject subject : List.copyOf(standing.keySet())) {
            boolean isUnnamed = unnamed.contains(subject.site()) && ofSilent.contains(subject.rule());
            if (isUnnamed || still.contains(subject.site())) {
                unheardNanos.remove(subject);
                continue;
            }
            long sinceNanos = unheardNanos.computeIfAbsent(subject, _ -> nowNanos);
            if (nowNanos - sinceNanos > FORGOTTEN_AFTER.toNanos()) {
                clear(subject, nowMillis, "nothing has been heard of it for a day")
                        .ifPresent(cleared::add);
            }
        }
        return cleared;
    }

    /**
     * After its beginning, which may be later than the moment that ends it: by a device whose clock is ahead, or where its
     * severity was changed and the figures that end it come late. Who goes by time would see it stand for ever.
     */
    private static long endMillis(Alert raised, long millis) {
        return Math.max(millis, raised.getTimeMs() + 1);
    }

    private Optional<Alert> clear(Subject subject, long nowMillis, String why) {
        unheardNanos.remove(subject);
        Alert raised = standing.remove(subject);
        if (raised == null) {
            return Optional.empty();
        }
        long endMillis = endMillis(raised, nowMillis);
        courses.put(subject, new Course.Quiet(endMillis));
        return Optional.of(raised.toBuilder()
                .setState(AlertState.CLEARED)
                .setMessage("cleared: " + why)
                .setTimeMs(endMillis)
                .build());
    }
}
