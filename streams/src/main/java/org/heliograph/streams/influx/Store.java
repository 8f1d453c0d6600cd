package org.heliograph.streams.influx;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where points go. It is asked one thing at a time. */
interface Store extends AutoCloseable {
    /** Writes lines of line protocol with times in milliseconds; never throws for what the store or network does. */
    Outcome write(String lines);

    /**
     * Makes sure that writing these points again leaves nothing of earlier statements that they don't make: where the
     * store would keep it, it deletes the point. A store that replaces whole points has nothing to do.
     */
    default Outcome clear(List<Incomplete> points) {
        return new Outcome.Written();
    }

    @Override
    void close();

    sealed interface Outcome {
        /** Acknowledged, all of them. */
        record Written() implements Outcome {}

        /**
         * It can't be reached, or not now, or not with these credentials: the same lines may succeed later.
         *
         * @param isSaid whether the store said so itself: without an answer it may still be at work on what it was asked
         */
        record Away(String reason, boolean isSaid) implements Outcome {
            Away(String reason) {
                this(reason, false);
            }
        }

        /**
         * At least one of the lines will never be taken; the others may or may not have been stored.
         *
         * @param dropped how many won't, where the store says so; else 0
         */
        record Refused(String reason, int dropped) implements Outcome {
            Refused(String reason) {
                this(reason, 0);
            }
        }
    }

    /**
     * As InfluxDB 1 and 2 say it of points that are older than their retention keeps; later ones tell between how long that is
     * and which points they were.
     */
    Pattern TOO_OLD =
            Pattern.compile("points (?:beyond|outside) retention policy.* dropped=(\\d{1,9})", Pattern.DOTALL);

    /** As they begin to say which points of a request they didn't take. */
    String IN_PART = "partial write: ";

    /**
     * What an HTTP status other than success says of the lines.
     *
     * @param status 0 when there was no answer
     */
    static Outcome failed(int status, String reason) {
        boolean isRefused = switch (status) {
            // malformed, too large a request, of the wrong type
            case 400, 413, 422 -> true;
            // the first releases of InfluxDB 2 say so of points that are too old, for ever
            case 500 -> reason.contains(IN_PART);
            default -> false;
        };
        return isRefused
                ? new Outcome.Refused(reason, dropped(reason))
                : new Outcome.Away((status > 0 ? "HTTP " + status + ": " : "") + reason);
    }

    private static int dropped(String reason) {
        Matcher tooOld = TOO_OLD.matcher(reason);
        return tooOld.find() ? Integer.parseInt(tooOld.group(1)) : 0;
    }

    /**
     * What it means for {@link #clear} that the store didn't say what it holds, or didn't delete it. Refused only for
     * what waiting doesn't change, as a user who may only write: passed over, a withdrawn figure stays. A server that has
     * too many questions at once says so with status 200.
     */
    static Outcome unanswered(int status, String reason) {
        return switch (status) {
            case 400, 401, 403, 404, 405, 413, 422 -> new Outcome.Refused(reason);
            default ->
                reason.contains("not authorized") || reason.contains("not found")
                        ? new Outcome.Refused(reason)
                        : new Outcome.Away(reason, status == 200);
        };
    }
}
