package org.heliograph.streams.factor;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The names of the factors that went into a figure, {@code id@version}: sorted, and no more than {@value #MOST}; that
 * there are more is said by {@code ...} at the end. Adding is associative and commutative.
 */
public final class Provenance {
    static final int MOST = 8;

    public static final Provenance NONE = new Provenance("");

    private static final String MORE = "...";

    private final String text;

    private Provenance(String text) {
        this.text = text;
    }

    /** As {@link #toString} gave it. */
    public static Provenance parse(String text) {
        return text.isEmpty() ? NONE : new Provenance(text);
    }

    public static Provenance of(Optional<EmissionFactor> factor) {
        return factor.map(used -> new Provenance(used.provenance())).orElse(NONE);
    }

    public Provenance plus(Provenance other) {
        if (other.text.isEmpty() || text.equals(other.text)) {
            return this;
        }
        if (text.isEmpty()) {
            return other;
        }
        SortedSet<String> names = new TreeSet<>();
        boolean more = names(names);
        more |= other.names(names);
        more |= names.size() > MOST;
        while (names.size() > MOST) {
            names.removeLast();
        }
        return new Provenance(String.join(",", names) + (more ? "," + MORE : ""));
    }

    /** Collects the names; whether there were more. */
    private boolean names(SortedSet<String> into) {
        boolean more = false;
        for (String name : text.split(",", -1)) {
            if (name.equals(MORE)) {
                more = true;
            } else {
                into.add(name);
            }
        }
        return more;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Provenance that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Comma-separated; empty for none. */
    @Override
    public String toString() {
        return text;
    }
}
