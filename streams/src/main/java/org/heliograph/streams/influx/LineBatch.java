package org.heliograph.streams.influx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Points in InfluxDB's line protocol, times in milliseconds, each remembering which record it came from. Written here
 * rather than with the client's {@code Point}, which sorts and boxes every field into maps: the two libraries take
 * ready lines alike, any run of lines is one slice of the text, and this is what makes a day replay in minutes.
 */
final class LineBatch {
    private static final int INITIAL_LINES = 1_024;
    private static final int CHARS_PER_LINE = 128;

    /** Neither a break nor a closing backslash can be escaped in a tag. */
    private static final Pattern UNWRITABLE = Pattern.compile("[\\\\\n\r]");

    private final StringBuilder text = new StringBuilder(INITIAL_LINES * CHARS_PER_LINE);
    private int[] ends = new int[INITIAL_LINES];
    private int[] records = new int[INITIAL_LINES];
    private final List<Incomplete> statements = new ArrayList<>();
    private final SortedMap<String, String> tags = new TreeMap<>();
    private final Set<String> absent = new HashSet<>();
    private String measurement = "";
    private int size;
    private boolean hasField;
    private boolean merged;

    /** Starts a point; {@link #end} completes it. */
    LineBatch begin(String name) {
        text.setLength(lineStart(size));
        text.append(name);
        measurement = name;
        hasField = false;
        merged = false;
        return this;
    }

    /** Starts a point some of whose figures a later statement may withdraw: they are {@link #absent} there. */
    LineBatch beginMerged(String name) {
        begin(name);
        merged = true;
        tags.clear();
        absent.clear();
        return this;
    }

    /** Says of a point that is merged that it lacks a field. */
    void absent(String name) {
        absent.add(name);
    }

    /** Adds a tag, unless its value is empty: an empty tag is no tag to InfluxDB. */
    LineBatch tag(String name, String value) {
        if (!value.isEmpty()) {
            text.append(',').append(name).append('=');
            escapeTag(value);
            if (merged) {
                tags.put(name, UNWRITABLE.matcher(value).replaceAll("_"));
            }
        }
        return this;
    }

    /** Adds a number as a float, unless it is none that the protocol can say. */
    LineBatch field(String name, double value) {
        if (Double.isFinite(value)) {
            field(name).append(value);
        }
        return this;
    }

    /** A number that isn't known is an absent field, of which an earlier statement may have had one. */
    LineBatch figure(String name, boolean isKnown, double value) {
        if (isKnown) {
            return field(name, value);
        }
        absent(name);
        return this;
    }

    /** A text, unless it is empty: that is an absent field, too. */
    LineBatch word(String name, String value) {
        if (!value.isEmpty()) {
            return text(name, value);
        }
        absent(name);
        return this;
    }

    LineBatch text(String name, String value) {
        StringBuilder out = field(name).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            // InfluxDB takes a line break inside quotes, QuestDB doesn't
            out.append(isLineBreak(c) ? ' ' : c);
        }
        out.append('"');
        return this;
    }

    /**
     * Completes the point; without a field it is dropped.
     *
     * @param record which record it came from, in the caller's count
     */
    void end(long timeMillis, int record) {
        if (!hasField) {
            return;
        }
        text.append(' ').append(timeMillis).append('\n');
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            records = Arrays.copyOf(records, size * 2);
        }
        ends[size] = text.length();
        records[size] = record;
        size++;
        if (merged) {
            statements.add(new Incomplete(measurement, tags, timeMillis, absent));
        }
    }

    /** The points that are merged. */
    List<Incomplete> statements() {
        return List.copyOf(statements);
    }

    int size() {
        return size;
    }

    /** The lines from one (inclusive) to another (exclusive), without the last line's break. */
    String lines(int from, int to) {
        return text.substring(lineStart(from), ends[to - 1] - 1);
    }

    int record(int line) {
        return records[line];
    }

    void clear() {
        text.setLength(0);
        statements.clear();
        size = 0;
    }

    private int lineStart(int line) {
        return line == 0 ? 0 : ends[line - 1];
    }

    private StringBuilder field(String name) {
        text.append(hasField ? ',' : ' ').append(name).append('=');
        hasField = true;
        return text;
    }

    private void escapeTag(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ',' || c == '=' || c == ' ') {
                text.append('\\');
            }
            text.append(isLineBreak(c) || c == '\\' ? '_' : c); // the UNWRITABLE
        }
    }

    private static boolean isLineBreak(char c) {
        return c == '\n' || c == '\r';
    }
}
