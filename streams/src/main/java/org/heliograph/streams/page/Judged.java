package org.heliograph.streams.page;

import java.util.Locale;

/** Whether rules are evaluated, as far as a page knows: that no alert stands says nothing where they aren't. */
enum Judged {
    /** This process, or another of its group, does; or a rule was heard. */
    YES,
    /** It isn't this process that does, and no rule was heard yet. */
    UNKNOWN,
    /** This process should, and can't now. */
    NO;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
