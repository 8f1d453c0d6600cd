package org.heliograph.agent.payload.sparkplug;

import java.math.BigDecimal;
import java.util.Optional;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.PropertySet;

/** What a metric's field holds, by its data type: signed numbers travel as unsigned ones. */
final class MetricValue {
    private static final int INT8 = 1;
    private static final int INT16 = 2;
    private static final int INT32 = 3;
    private static final int UINT64 = 8;
    private static final int BOOLEAN = 11;
    private static final int GOOD = 192;

    private MetricValue() {}

    /** Empty when the device has none: it is null, no number, or of a quality other than good. */
    static Optional<BigDecimal> number(Metric metric, int dataType) throws Refusal {
        if (metric.getIsNull() || !isGood(metric)) {
            return Optional.empty();
        }
        return switch (metric.getValueCase()) {
            case INT_VALUE -> Optional.of(BigDecimal.valueOf(ofInt(metric.getIntValue(), dataType)));
            case LONG_VALUE ->
                Optional.of(
                        dataType == UINT64
                                ? new BigDecimal(Long.toUnsignedString(metric.getLongValue()))
                                : BigDecimal.valueOf(metric.getLongValue()));
            case FLOAT_VALUE ->
                Float.isFinite(metric.getFloatValue())
                        // as it is written, not as the double beside it
                        ? Optional.of(new BigDecimal(Float.toString(metric.getFloatValue())))
                        : Optional.empty();
            case DOUBLE_VALUE ->
                Double.isFinite(metric.getDoubleValue())
                        ? Optional.of(Samples.bounded("value", BigDecimal.valueOf(metric.getDoubleValue())))
                        : Optional.empty();
            case BOOLEAN_VALUE -> Optional.of(metric.getBooleanValue() ? BigDecimal.ONE : BigDecimal.ZERO);
            case STRING_VALUE -> throw new Refusal("a text, not a number");
            case VALUE_NOT_SET -> Optional.empty();
        };
    }

    static boolean isFlag(Metric metric, int dataType) {
        return dataType == BOOLEAN && metric.hasBooleanValue();
    }

    private static long ofInt(int value, int dataType) {
        return switch (dataType) {
            case INT8 -> (byte) value;
            case INT16 -> (short) value;
            case INT32 -> value;
            default -> Integer.toUnsignedLong(value);
        };
    }

    private static boolean isGood(Metric metric) {
        PropertySet properties = metric.getProperties();
        int quality = properties.getKeysList().indexOf("Quality");
        return quality < 0
                || quality >= properties.getValuesCount()
                || !properties.getValues(quality).hasIntValue()
                || properties.getValues(quality).getIntValue() == GOOD;
    }

    /** The unit that a birth tells; empty when it doesn't. */
    static String unit(Metric metric) {
        PropertySet properties = metric.getProperties();
        int unit = properties.getKeysList().indexOf("engUnit");
        if (unit < 0 || unit >= properties.getValuesCount()) {
            return "";
        }
        String text = properties.getValues(unit).getStringValue();
        return text.equals("\u00b0C") || text.equals("C") ? "Cel" : text;
    }
}
