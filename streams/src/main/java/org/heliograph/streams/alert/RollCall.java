package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;

/**
 * Who of a site is there: what its live state says of its devices and agents, of what they lost, and of their clocks.
 * Remembers since when they are silent, and what was lost of late.
 */
final class RollCall {
    /** At most this many silent devices are named. */
    private static final int MOST_NAMED = 100;

    /**
     * While a site's newest reading is older, and more than its most frequent device may be, its devices aren't silent one by
     * one: the site is.
     */
    private static final Duration SITE_SILENT = Duration.ofMinutes(2);

    private static final long SECOND_MILLIS = 1_000;

    /** More than statements of one moment differ by, less than anybody waits for. */
    private static final long CLOCK_STEP_MILLIS = Duration.ofMinutes(1).toMillis();

    /** So long ago that nothing overflows. */
    private static final long NEVER_MILLIS = Long.MIN_VALUE / 2;

    private final Inventory inventory;
    private final Map<String, RecentLoss> losses = new HashMap<>();
    private final Map<String, Alert> toldLosses = new HashMap<>();
    private boolean lossesSeen;
    private Silences silences = new Silences();
    private boolean isCut;
    private long liveMillis = NEVER_MILLIS;

    RollCall(Inventory inventory) {
        this.inventory = inventory;
    }

    /** People had been told that a device is silent. */
    void recallSilence(Alert said) {
        long silentMillis = Math.round(said.getValue() * SECOND_MILLIS);
        silences.recall(said.getDevice(), said.getTimeMs() - silentMillis);
    }

    /** People had been told what an agent lost. */
    void recallLoss(Alert said) {
        toldLosses.put(said.getDevice(), said);
    }

    /** Whether the clock of the live state was set back; what it said from ahead is forgotten then. */
    boolean isSetBack(SiteLive live) {
        boolean isSetBack = live.getTimeMs() < liveMillis - CLOCK_STEP_MILLIS;
        if (isSetBack) {
            liveMillis = NEVER_MILLIS;
            silences = new Silences();
        }
        return isSetBack;
    }

    /** The site is no more. */
    void withdraw() {
        isCut = false;
    }

    /** Whether the live state doesn't name all silent devices. */
    boolean isCut() {
        return isCut;
    }

    /**
     * At most one statement a second.
     *
     * @param alerted devices of whose silence or clock people have been told: they are said to be well until that is cleared
     */
    List<Observation> of(SiteLive live, Set<String> alerted) {
        if (live.getTimeMs() - liveMillis < SECOND_MILLIS) {
            return List.of();
        }
        liveMillis = live.getTimeMs();
        List<Observation> seen = new ArrayList<>();
        long latest = live.getLatestReadingMs();
        boolean isCurrent = latest > 0 && liveMillis - latest < silentMillis(live.getSite());
        if (latest > 0) {
            double age = seconds(liveMillis - latest);
            double late = isCurrent ? Math.clamp(age, 0, seconds(SITE_SILENT.toMillis())) : age;
            seen.add(seen(live, Watch.READINGS_AGE, "", late, ""));
            seen.add(seen(live, Watch.CLOCK_AHEAD, "", Math.max(0, -age), ""));
        }
        seen.add(seen(live, Watch.SITE_MODEL, "", live.hasModelRefused() ? 1 : 0, live.getModelRefused()));
        losses(live, seen);
        agents(live, seen);
        canaries(live, seen);
        if (isCurrent) {
            silences(live, alerted, seen);
        }
        return seen;
    }

    private long silentMillis(String site) {
        return Math.max(SITE_SILENT.toMillis(), inventory.leastPatience(site).toMillis());
    }

    private void losses(SiteLive live, List<Observation> seen) {
        for (AgentLoss loss : live.getLossesList()) {
            // what an agent lacks that comes later is news, not what one lacks that is there when the site is first
            // seen
            RecentLoss recent = losses.computeIfAbsent(
                    loss.getAgent(), agent -> firstSight(agent, lossesSeen ? 0 : loss.getMissing()));
            seen.add(seen(
                    live,
                    Watch.PACKS_MISSING,
                    loss.getAgent(),
                    (double) recent.at(loss.getMissing(), live.getTimeMs()),
                    loss.getMissing() + " of " + loss.getExpected() + " in all"));
        }
        lossesSeen |= live.getLossesCount() > 0;
    }

    private RecentLoss firstSight(String agent, long missing) {
        Alert said = toldLosses.get(agent);
        return said == null
                ? new RecentLoss(missing)
                : RecentLoss.recalled(missing, Math.round(said.getValue()), said.getTimeMs());
    }

    private static void agents(SiteLive live, List<Observation> seen) {
        for (AgentHeard agent : live.getAgentsList()) {
            if (agent.hasBacklogMs()) {
                seen.add(seen(live, Watch.AGENT_BACKLOG, agent.getAgent(), seconds(agent.getBacklogMs()), ""));
            }
            double doubt = switch (agent.getClock()) {
                case UNKEPT -> 2;
                case SET_LATE -> 1;
                case CLOCK_DOUBT_UNSPECIFIED, UNRECOGNIZED -> 0;
            };
            seen.add(seen(live, Watch.AGENT_CLOCK, agent.getAgent(), doubt, ""));
        }
    }

    private static void canaries(SiteLive live, List<Observation> seen) {
        for (Canary canary : live.getCanariesList()) {
            double age = Math.max(0, seconds(live.getTimeMs() - canary.getSungMs()));
            seen.add(seen(live, Watch.CANARY_AGE, canary.getDevice(), age, ""));
        }
    }

    private void silences(SiteLive live, Set<String> alerted, List<Observation> seen) {
        SortedSet<String> named = new TreeSet<>();
        for (SilentDevice silent : live.getSilentList()) {
            named.add(silent.getDevice());
            silence(live, silent, seen);
        }
        for (String device : back(live, named, alerted)) {
            seen.add(seen(live, Watch.SILENCE, device, 0, ""));
            seen.add(seen(live, Watch.CLOCK_BEHIND, device, 0, ""));
        }
    }

    /** A device whose readings come, though old ones, isn't silent: its clock is behind, or it catches up. */
    private void silence(SiteLive live, SilentDevice silent, List<Observation> seen) {
        String device = silent.getDevice();
        boolean isHeard = silent.getHeardMs() > 0;
        String remark = silent.getLastMs() > 0 || isHeard ? "" : "never heard";
        long patienceMillis = inventory.patienceMillis(live.getSite(), device, live.getTimeMs());
        silences.millis(silent, live.getTimeMs(), patienceMillis)
                .ifPresent(millis -> seen.add(seen(live, Watch.SILENCE, device, seconds(millis), remark)));
        if (isHeard) {
            seen.add(seen(live, Watch.CLOCK_BEHIND, device, seconds(silent.getBehindMs()), ""));
        }
    }

    /** Who was silent, or behind, and is well again. */
    private Set<String> back(SiteLive live, SortedSet<String> named, Set<String> alerted) {
        Set<String> back = new TreeSet<>(alerted);
        back.removeAll(named);
        isCut = live.getDevicesStale() > live.getSilentCount();
        if (isCut) {
            // a list at its limit has the first by name: who comes after the last may be silent all the same; a shorter
            // one is of some of the partitions, and says nothing of who isn't in it
            boolean isFull = live.getSilentCount() >= MOST_NAMED;
            back.removeIf(device -> !isFull || device.compareTo(named.last()) > 0);
        } else {
            back.addAll(silences.back(named));
        }
        return back;
    }

    private static Observation seen(SiteLive live, Watch watch, String device, double value, String remark) {
        return new Observation(watch, live.getSite(), device, value, live.getTimeMs(), remark);
    }

    private static double seconds(long millis) {
        return millis / (double) SECOND_MILLIS;
    }
}
