package org.heliograph.streams.page;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;

/**
 * The alerts of a site that stand. All of them are kept, so that what is left is known when others are cleared; those that
 * are told are the gravest, since a page that named them all would help nobody. Beyond any number that a site can have, a
 * graver one takes the place of the least grave.
 */
final class StandingAlerts {
    /** At most this many are told. */
    static final int MOST = 500;

    /** Two of each device. */
    private static final int KEPT = 2 * ShownSite.MAX_DEVICES;

    private static final List<String> GRAVEST_FIRST = List.of("critical", "warning", "info");

    private static final Comparator<Alert> ORDER = Comparator.comparingInt(StandingAlerts::rank)
            .thenComparing(Comparator.comparingLong(Alert::getTimeMs).reversed());

    private final Map<String, Alert> standing = new TreeMap<>();

    /** @return whether it changed anything */
    boolean accept(Alert alert) {
        String key = alert.getDevice() + "/" + alert.getRule();
        if (alert.getState() != AlertState.RAISED) {
            return standing.remove(key) != null;
        }
        return (standing.containsKey(key) || hasRoom(alert)) && !alert.equals(standing.put(key, alert));
    }

    /** The gravest first, and of those the latest. */
    List<Alert> inOrder() {
        return standing.values().stream().sorted(ORDER).limit(MOST).toList();
    }

    /** How many stand, told or not. */
    int size() {
        return standing.size();
    }

    private boolean hasRoom(Alert alert) {
        if (standing.size() < KEPT) {
            return true;
        }
        Alert least = Collections.max(standing.values(), ORDER);
        if (rank(least) <= rank(alert)) {
            return false;
        }
        return standing.values().remove(least);
    }

    /** Without a word that is known it is a warning, as it is in a rule that says none. */
    private static int rank(Alert alert) {
        int rank = GRAVEST_FIRST.indexOf(alert.getSeverity());
        return rank < 0 ? GRAVEST_FIRST.indexOf("warning") : rank;
    }
}
