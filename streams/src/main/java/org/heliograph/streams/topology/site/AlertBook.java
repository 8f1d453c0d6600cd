package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.indicator.Diagnosis;
import org.heliograph.streams.indicator.MeterAudit;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.jspecify.annotations.Nullable;

/**
 * Which diagnoses of a site's meters stand now: each is told when it begins and when it ends, and not in between. The
 * windows judged are quarters of an hour, in their order: an older one that is restated changes its own figures, but not
 * what is so now.
 */
public final class AlertBook {
    public static final String STORE = "alerts";

    private static final String SEVERITY = "warning";

    /** What nothing has judged for so long is over: the site has ended, or its meter tells no more. */
    private static final long QUARTER_MILLIS = Duration.ofMinutes(15).toMillis();

    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(24);

    private final KeyValueStore<Bytes, byte[]> store;
    /** Since when no quarter has judged what stands, as far as this instance knows. */
    private final Map<Bytes, Long> unjudgedMillis = new HashMap<>();

    AlertBook(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** What a closed quarter changes. */
    List<Alert> judge(String site, long startMillis, MeterAudit audit) {
        Bytes newest = Keys.alert(site, "", "");
        byte @Nullable [] judged = store.get(newest);
        if (judged != null && alert(judged).getTimeMs() > startMillis) {
            return List.of();
        }
        store.put(
                newest,
                Alert.newBuilder().setSite(site).setTimeMs(startMillis).build().toByteArray());
        List<Alert> changes = new ArrayList<>();
        Set<Bytes> standing = new HashSet<>();
        for (Diagnosis diagnosis : audit.diagnoses()) {
            Bytes key = Keys.alert(site, diagnosis.device(), diagnosis.rule().label());
            standing.add(key);
            unjudgedMillis.remove(key);
            if (!isRaised(key)) {
                changes.add(raised(site, startMillis, diagnosis));
            }
        }
        for (Alert raised : raised(site)) {
            if (!standing.contains(key(raised)) && judges(audit, raised)) {
                changes.add(cleared(raised, startMillis, "no longer: " + raised.getMessage()));
            }
        }
        return kept(changes);
    }

    /** Ends what no quarter has judged for a day: none is closed of a site that was withdrawn. */
    List<Alert> forget(long nowMillis) {
        List<Alert> changes = new ArrayList<>();
        // before the quarter that is under way: what that raises is later, wherever alerts are told apart by their time
        long timeMillis = Math.floorDiv(nowMillis, QUARTER_MILLIS) * QUARTER_MILLIS - QUARTER_MILLIS;
        for (Alert alert : raised()) {
            long sinceMillis = unjudgedMillis.computeIfAbsent(key(alert), _ -> nowMillis);
            if (nowMillis - sinceMillis > FORGOTTEN_AFTER.toMillis()) {
                changes.add(cleared(alert, timeMillis, "cleared: nothing has been judged of it for a day"));
            }
        }
        return kept(changes);
    }

    private List<Alert> kept(List<Alert> changes) {
        for (Alert change : changes) {
            store.put(key(change), change.toByteArray());
            unjudgedMillis.remove(key(change));
        }
        return changes;
    }

    private static Alert cleared(Alert raised, long timeMillis, String why) {
        return raised.toBuilder()
                .setState(AlertState.CLEARED)
                .setMessage(why)
                .setValue(0)
                .setTimeMs(timeMillis)
                .build();
    }

    private static Alert raised(String site, long startMillis, Diagnosis diagnosis) {
        return Alert.newBuilder()
                .setSite(site)
                .setDevice(diagnosis.device())
                .setRule(diagnosis.rule().label())
                .setSeverity(SEVERITY)
                .setState(AlertState.RAISED)
                .setMessage(diagnosis.text())
                .setValue(new Millijoules(diagnosis.valueMillijoules()).kilowattHours())
                .setTimeMs(startMillis)
                .build();
    }

    private static boolean judges(MeterAudit audit, Alert raised) {
        for (Diagnosis.Rule rule : Diagnosis.Rule.values()) {
            if (rule.label().equals(raised.getRule())) {
                return audit.judges(rule, raised.getDevice());
            }
        }
        return false;
    }

    private boolean isRaised(Bytes key) {
        byte @Nullable [] stored = store.get(key);
        return stored != null && alert(stored).getState() == AlertState.RAISED;
    }

    private List<Alert> raised() {
        try (KeyValueIterator<Bytes, byte[]> alerts = store.all()) {
            return raised(alerts);
        }
    }

    private List<Alert> raised(String site) {
        try (KeyValueIterator<Bytes, byte[]> alerts = store.range(Keys.alert(site, "", ""), Keys.afterSite(site))) {
            return raised(alerts);
        }
    }

    private static List<Alert> raised(KeyValueIterator<Bytes, byte[]> alerts) {
        List<Alert> raised = new ArrayList<>();
        while (alerts.hasNext()) {
            Alert alert = alert(alerts.next().value);
            if (alert.getState() == AlertState.RAISED) {
                raised.add(alert);
            }
        }
        return raised;
    }

    private static Bytes key(Alert alert) {
        return Keys.alert(alert.getSite(), alert.getDevice(), alert.getRule());
    }

    private static Alert alert(byte[] stored) {
        return StateException.read(STORE, stored, Alert::parseFrom);
    }
}
