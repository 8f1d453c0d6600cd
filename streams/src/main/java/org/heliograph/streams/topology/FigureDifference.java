package org.heliograph.streams.topology;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.heliograph.telemetry.quantity.Micrograms;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.jspecify.annotations.Nullable;

/**
 * A figure of a window that a replay sees otherwise. Energies are kWh and masses kg, as they are stored; whole
 * millijoules and micrograms were compared.
 *
 * @param before empty when the figure was absent
 * @param after empty when the figure is absent
 */
public record FigureDifference(String window, Instant start, String figure, String before, String after) {

    /** What differs between two statements of one window; how often it was stated doesn't matter. */
    static List<FigureDifference> between(@Nullable SiteWindow before, @Nullable SiteWindow after) {
        SiteWindow either = Objects.requireNonNullElseGet(after, () -> Objects.requireNonNull(before));
        List<FigureDifference> differences = new ArrayList<>();
        for (FieldDescriptor field : SiteWindow.getDescriptor().getFields()) {
            String was = text(before, field);
            String is = text(after, field);
            // of a window that was said before there was that, nobody knows it
            boolean isUnsaid = field.getName().equals("estimated_share") && before != null && !before.hasField(field);
            if (isFigure(field) && !isUnsaid && !Objects.equals(value(before, field), value(after, field))) {
                differences.add(new FigureDifference(
                        either.getWindow(), Instant.ofEpochMilli(either.getStartMs()), name(field), was, is));
            }
        }
        return differences;
    }

    /** The sums of what can be added up, over some windows, by the figure's name. */
    static Map<String, Double> totals(Iterable<SiteWindow> windows) {
        Map<FieldDescriptor, Long> sums = new TreeMap<>();
        for (SiteWindow window : windows) {
            for (FieldDescriptor field : SiteWindow.getDescriptor().getFields()) {
                if (unit(field) != 1 && window.hasField(field)) {
                    sums.merge(field, (Long) window.getField(field), Long::sum);
                }
            }
        }
        Map<String, Double> totals = new TreeMap<>();
        sums.forEach((field, sum) -> totals.put(name(field), sum / unit(field)));
        return totals;
    }

    private static boolean isFigure(FieldDescriptor field) {
        return switch (field.getName()) {
            case "site", "window", "start_ms", "end_ms", "state", "cause" -> false;
            default -> !field.getName().startsWith("revision");
        };
    }

    private static @Nullable Object value(@Nullable SiteWindow window, FieldDescriptor field) {
        return window == null || (field.hasPresence() && !window.hasField(field)) ? null : window.getField(field);
    }

    private static String text(@Nullable SiteWindow window, FieldDescriptor field) {
        Object value = value(window, field);
        if (value instanceof Long whole && unit(field) != 1) {
            return String.valueOf(whole / unit(field));
        }
        return value == null ? "" : value.toString();
    }

    private static String name(FieldDescriptor field) {
        return field.getName().replaceFirst("_mj$", "_kwh").replaceFirst("_ug$", "_kg");
    }

    private static double unit(FieldDescriptor field) {
        if (field.getName().endsWith("_mj")) {
            return Millijoules.PER_KILOWATT_HOUR;
        }
        return field.getName().endsWith("_ug") ? Micrograms.PER_KILOGRAM : 1;
    }
}
