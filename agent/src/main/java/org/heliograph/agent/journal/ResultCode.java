package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.util.Set;

/** What SQLite's result codes mean to a journal. */
final class ResultCode {
    /** The file's content is wrong. */
    static final int CORRUPT = 11;

    /** The same, or it is no database at all. */
    private static final Set<Integer> DAMAGE = Set.of(CORRUPT, 26);

    private static final int FULL = 13;
    private static final Set<Integer> BUSY = Set.of(5, 6);
    /** Mask for the primary code in an extended result code. */
    private static final int PRIMARY = 0xFF;

    private ResultCode() {}

    static boolean isFull(SQLException e) {
        return e.getErrorCode() == FULL;
    }

    /** Whether another try may be all that is needed, however often: a full disk can be emptied, another process ends. */
    static boolean mayPass(SQLException e) {
        return isFull(e) || isBusy(e);
    }

    static boolean isBusy(SQLException e) {
        return BUSY.contains(e.getErrorCode() & PRIMARY);
    }

    /** Whether the file itself is at fault, so that trying again is of no use. */
    static boolean isDamage(SQLException e) {
        return DAMAGE.contains(e.getErrorCode());
    }
}
