package org.heliograph.streams.ingest;

/**
 * Why a record goes to the dead letters.
 *
 * @param cause of which kind it is, to be counted by
 * @param reason a sentence, with what it is about
 */
public record Rejection(Cause cause, String reason) {
    /** There are few of them, whatever comes. */
    public enum Cause {
        /** No pack, or one whose key isn't its device's. */
        MALFORMED("malformed"),
        UNKNOWN_SITE("unknown-site"),
        /** The site's model doesn't have it, or not at that time. */
        UNKNOWN_DEVICE("unknown-device"),
        /** A clock that is ahead. */
        AHEAD("ahead"),
        /** Beyond the late horizon. */
        LATE("late");

        private final String label;

        Cause(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
