package org.heliograph.streams.indicator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.streams.indicator.Diagnosis.Rule;
import org.heliograph.streams.site.BranchShare.Heaviest;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;

/**
 * Judges the meters of a site by a window's energies. Energy doesn't come from nowhere: what a meter reads can't be less
 * than what those below it do, but for their accuracy, and a site can't use less than its IT equipment. Where it seems
 * so a meter is wrong; the branches around say which it most likely is.
 */
public final class MeterAudit {
    /** Two meters read moments apart differ by what changed in between; over this many minutes it doesn't matter. */
    private static final int MIN_MATCHED_MINUTES = 10;

    /** No equipment between two meters of the chain loses that much. */
    private static final double IMPLAUSIBLE_REMAINDER = 0.1;

    /** A meter among its like that reads that much of what the others do stands out. */
    private static final double OUTLIER = 1.5;

    private static final int MAX_NAMED = 3;

    private final Figures figures;
    private final Branches branches;
    private final MeterTree tree;
    private final SiteModel site;
    private final Instant at;

    /** @param tree the site's meters at that moment, which is within the window */
    public MeterAudit(Figures figures, Branches branches, MeterTree tree, SiteModel site, Instant at) {
        this.figures = figures;
        this.branches = branches;
        this.tree = tree;
        this.site = site;
        this.at = at;
    }

    public Branches branches() {
        return branches;
    }

    /** Covered minutes over minutes. */
    public double coverage(Branch branch) {
        return figures.minutes() == 0 ? 0 : Math.min(1, branch.matchedMinutes() / (double) figures.minutes());
    }

    /**
     * How far below 0 a branch's remainder may be: what the meters' accuracy allows, and the steps of their registers.
     * A window begins and ends somewhere within a step, and so does each hole in it.
     */
    public long tolerance(String meter, Branch branch) {
        MeterTree.Node node = tree.nodes().get(meter);
        long runs = 1L + Math.max(0, figures.minutes() - branch.matchedMinutes());
        return branch.toleranceMillijoules() + (node == null ? 0 : runs * node.stepMillijoules());
    }

    /** The site's first, then by meter. */
    public List<Diagnosis> diagnoses() {
        List<Diagnosis> broken = new ArrayList<>();
        branches.byMeter().forEach((meter, branch) -> {
            if (isBroken(meter, branch)) {
                broken.add(childrenAboveParent(meter, branch));
            }
        });
        List<Diagnosis> all = new ArrayList<>();
        List<PueCategory> below =
                PueCategory.HIGHEST_FIRST.stream().filter(this::isBelowOne).toList();
        if (!below.isEmpty()) {
            all.add(pueBelowOne(below, broken));
        }
        all.addAll(broken);
        return all;
    }

    /** Whether the window is enough to say of a rule and a meter that it is kept; of a meter that isn't there, it is. */
    public boolean judges(Rule rule, String meter) {
        return switch (rule) {
            case CHILDREN_ABOVE_PARENT -> !tree.nodes().containsKey(meter) || isEnough(branches.of(meter));
            case PUE_BELOW_ONE -> Stream.of(PueCategory.values()).anyMatch(this::isEnough);
        };
    }

    private static boolean isEnough(Branch branch) {
        return branch.matchedMinutes() >= MIN_MATCHED_MINUTES;
    }

    private boolean isBroken(String meter, Branch branch) {
        return isEnough(branch) && -branch.remainderMillijoules() > tolerance(meter, branch);
    }

    private Diagnosis childrenAboveParent(String meter, Branch branch) {
        long excess = -branch.remainderMillijoules();
        String suspect = suspect(meter, branch);
        String text = "the meters below %s read %s, %s more than it does; their accuracy explains %s%s"
                .formatted(
                        meter,
                        kilowattHours(branch.childrenMillijoules()),
                        kilowattHours(excess),
                        kilowattHours(tolerance(meter, branch)),
                        suspect.isEmpty() ? "" : "; most likely wrong: " + suspect);
        return new Diagnosis(Rule.CHILDREN_ABOVE_PARENT, meter, suspect, text, excess);
    }

    /**
     * The meter that most likely makes a branch break. One below that reads too much leaves a remainder of its own, if it
     * has others below it, or stands out among its like, if it hasn't. If the meter itself reads too little, then the
     * branch upstream of it lacks as much.
     */
    private String suspect(String meter, Branch branch) {
        long excess = -branch.remainderMillijoules();
        String below = tree.nodes().entrySet().stream()
                .filter(other -> other.getValue().parent().equals(meter) && couldExplain(other.getKey(), excess))
                .map(Map.Entry::getKey)
                .max(Comparator.comparingDouble(other -> branches.of(other).remainderShare()))
                .orElse("");
        if (!below.isEmpty()) {
            return below;
        }
        MeterTree.Node node = tree.nodes().get(meter);
        if (node == null) {
            return "";
        }
        if (standsOut(branch, node)) {
            return branch.heaviest().device();
        }
        return node.parent().isEmpty() || couldExplain(node.parent(), excess) ? meter : "";
    }

    /** Whether a meter's branch lacks so much energy that it could be what another has too much. */
    private boolean couldExplain(String meter, long excessMillijoules) {
        Branch branch = branches.of(meter);
        return isEnough(branch)
                && branch.remainderMillijoules() >= excessMillijoules
                && branch.remainderShare() >= IMPLAUSIBLE_REMAINDER;
    }

    private boolean standsOut(Branch branch, MeterTree.Node node) {
        Heaviest heaviest = branch.heaviest();
        if (!node.alike() || node.children().count() < 2 || tree.nodes().containsKey(heaviest.device())) {
            return false;
        }
        double others = (branch.childrenMillijoules() / (double) branch.matchedMinutes() - heaviest.millijoules())
                / (node.children().count() - 1);
        return heaviest.millijoules() >= OUTLIER * others;
    }

    private boolean isEnough(PueCategory category) {
        return figures.sums().get(category.matchedMinutes) >= MIN_MATCHED_MINUTES;
    }

    private boolean isBelowOne(PueCategory category) {
        Sums sums = figures.sums();
        return isEnough(category) && sums.get(category.matchedIt) > sums.get(category.matchedDc);
    }

    /** @param below the categories in which it is, the highest first */
    private Diagnosis pueBelowOne(List<PueCategory> below, List<Diagnosis> broken) {
        PueCategory category = below.getFirst();
        long excess = figures.sums().get(category.matchedIt) - figures.sums().get(category.matchedDc);
        List<String> likely = broken.stream()
                .sorted(Comparator.comparingLong(Diagnosis::valueMillijoules).reversed())
                .map(Diagnosis::culprit)
                .distinct()
                .limit(MAX_NAMED)
                .toList();
        String text = "%s would be below 1: the IT energy is %s above that of the whole site; most likely wrong: %s"
                .formatted(
                        category, kilowattHours(excess), likely.isEmpty() ? byLevel(below) : String.join(", ", likely));
        return new Diagnosis(Rule.PUE_BELOW_ONE, "", likely.isEmpty() ? "" : likely.getFirst(), text, excess);
    }

    /** Without a broken branch: where some level is in order, the meters of the others; else those of what comes in. */
    private String byLevel(List<PueCategory> below) {
        long measured = Stream.of(PueCategory.values())
                .filter(category -> figures.sums().get(category.matchedMinutes) > 0)
                .count();
        String levels = below.stream().map(category -> category.role.label()).collect(Collectors.joining(", "));
        if (below.size() < measured) {
            return "the meters in the role " + levels;
        }
        String grid = site.devices().stream()
                .filter(device -> device.role() == Role.GRID && device.isValidAt(at))
                .map(Device::id)
                .limit(MAX_NAMED)
                .collect(Collectors.joining(", "));
        return measured > 1 ? grid : grid + " or the meters in the role " + levels;
    }

    private static String kilowattHours(long millijoules) {
        double kilowattHours = new Millijoules(millijoules).kilowattHours();
        return String.format(Locale.ROOT, Math.abs(kilowattHours) < 10 ? "%.3f kWh" : "%.1f kWh", kilowattHours);
    }
}
