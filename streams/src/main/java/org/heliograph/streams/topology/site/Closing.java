package org.heliograph.streams.topology.site;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.heliograph.streams.indicator.Figures;
import org.heliograph.streams.topology.state.EngineSettings;

/** How long is waited for what a window lacks, before it closes; and for what is older, before it is past. */
final class Closing {
    private final EngineSettings settings;
    private final LiveBoard live;
    private final Attendance attendance;
    private final OpenLooks looks;

    Closing(EngineSettings settings, LiveBoard live, Attendance attendance, OpenLooks looks) {
        this.settings = settings;
        this.live = live;
        this.attendance = attendance;
        this.looks = looks;
    }

    /**
     * It has ended, and is complete or has been quiet for the grace, since its end and while there was somebody to hear: a
     * device whose clock is ahead says its share before the others can. Of partitions that catch up each has a speed of its
     * own: what one has filled waits for the others.
     */
    boolean isOver(KeptWindow kept, Instant end, long nowMillis) {
        if (nowMillis < end.toEpochMilli()) {
            return false;
        }
        if (isComplete(kept, end)) {
            return true;
        }
        String site = kept.key().site();
        if (looks.mayHold() && live.isCatchingUp(site, nowMillis)) {
            return false;
        }
        OptionalLong whole = attendance.wholeSinceMillis(site, nowMillis);
        return whole.isPresent()
                && nowMillis - quietSince(kept, end, whole.getAsLong())
                        >= settings.grace().toMillis();
    }

    private static long quietSince(KeptWindow kept, Instant end, long wholeMillis) {
        return Math.max(kept.stored().getChangedMs(), Math.max(end.toEpochMilli(), wholeMillis));
    }

    /** Whether nothing can come any more that it lacks. */
    static boolean isComplete(KeptWindow kept, Instant end) {
        int minutes = (int) Duration.between(kept.key().start(), end).toMinutes();
        return new Figures(kept.sums(), minutes).isComplete();
    }

    /** Whether what is old may still change as if it weren't; not known before all partitions have spoken. */
    boolean isCatchingUp(String site, long nowMillis) {
        return live.isCatchingUp(site, nowMillis) || attendance.isAwaited(site, nowMillis);
    }
}
