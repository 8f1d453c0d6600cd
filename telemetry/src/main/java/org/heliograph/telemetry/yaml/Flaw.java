package org.heliograph.telemetry.yaml;

/**
 * One thing wrong in a configuration file.
 *
 * @param line counted from 1; 0 when it concerns the whole file
 * @param field the path of the field, such as {@code devices[2].rating}; empty for the whole file
 * @param passing whether it isn't the file that is wrong, but what it names that isn't there at the moment
 */
public record Flaw(String file, int line, String field, String message, boolean passing) {
    public Flaw(String file, int line, String field, String message) {
        this(file, line, field, message, false);
    }

    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (field.isEmpty() ? "" : field + ": ") + message;
    }
}
