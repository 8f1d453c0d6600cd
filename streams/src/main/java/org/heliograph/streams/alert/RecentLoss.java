package org.heliograph.streams.alert;

import java.time.Duration;

/**
 * What an agent has lost of late. Packs that never came are missing for ever: people are told of a loss for a day, and of
 * the next one anew. What was missing at the first sight is no news, but for what people have been told of.
 */
final class RecentLoss {
    private static final long TOLD_MILLIS = Duration.ofDays(1).toMillis();

    /**
     * After a start of the engine a ledger that isn't whole yet shows fewer packs missing than there are. Only when it
     * has done so for this long have missing ones come.
     */
    private static final long HEALED_MILLIS = Duration.ofMinutes(10).toMillis();

    /** What was missing before the losses of late. */
    private long before;

    private long most;
    private long grownMillis;
    private long healingMillis = Long.MAX_VALUE;
    /** Until when a growth that is read again is the one that people have been told of. */
    private long recalledMillis = Long.MIN_VALUE;

    /** @param missing at the first sight */
    RecentLoss(long missing) {
        before = missing;
        most = missing;
    }

    /** Continues from what people were told: what was missing at first sight may be from before that or after. */
    static RecentLoss recalled(long missing, long lost, long toldMillis) {
        RecentLoss loss = new RecentLoss(missing);
        loss.before = Math.max(0, missing - lost);
        loss.grownMillis = toldMillis;
        loss.recalledMillis = toldMillis;
        return loss;
    }

    /** The packs that were lost within a day. */
    long at(long missing, long timeMillis) {
        if (missing > most) {
            if (timeMillis <= recalledMillis) {
                before = most;
                recalledMillis = Long.MIN_VALUE;
            }
            most = missing;
            grownMillis = timeMillis;
        } else if (timeMillis - grownMillis >= TOLD_MILLIS) {
            before = Math.max(before, missing);
            most = before;
        }
        if (missing <= before) {
            most = before;
        }
        heal(missing, timeMillis);
        return Math.max(0, missing - before);
    }

    private void heal(long missing, long timeMillis) {
        if (missing >= before) {
            healingMillis = Long.MAX_VALUE;
        } else if (healingMillis == Long.MAX_VALUE) {
            healingMillis = timeMillis;
        } else if (timeMillis - healingMillis >= HEALED_MILLIS) {
            before = missing;
            most = missing;
            healingMillis = Long.MAX_VALUE;
        }
    }
}
