package org.heliograph.telemetry.quantity;

import java.util.Optional;

/**
 * The units that points are kept in, with the symbols that SenML gives them (RFC 8428 section 12.1; RFC 8798 for
 * {@code Wh}, {@code VA} and the secondary units).
 */
public enum Unit {
    WATT("W"),
    WATT_HOUR("Wh"),
    VOLT("V"),
    AMPERE("A"),
    VOLT_AMPERE("VA"),
    HERTZ("Hz"),
    CELSIUS("Cel"),
    RELATIVE_HUMIDITY("%RH"),
    /** A ratio between 0 and 1, RFC 8428's {@code /}. */
    RATIO("/"),
    /** A share in percent, RFC 8428's {@code %}. */
    PERCENT("%"),
    /** A code, a count or a contact: no unit. */
    NONE("");

    private final String symbol;

    Unit(String symbol) {
        this.symbol = symbol;
    }

    public String symbol() {
        return symbol;
    }

    /**
     * How a number given in {@code symbol} becomes one in this unit: 1,000 for {@code kW} into {@link #WATT}. Empty when
     * the symbol is no unit of this quantity. An empty symbol is this unit itself.
     */
    public Optional<Scale> from(String symbol) {
        if (symbol.isEmpty() || symbol.equals(this.symbol)) {
            return Optional.of(Scale.ONE);
        }
        return Optional.ofNullable(
                switch (this) {
                    case WATT ->
                        switch (symbol) {
                            case "kW" -> Scale.of("1000");
                            case "MW" -> Scale.of("1000000");
                            default -> null;
                        };
                    case WATT_HOUR ->
                        switch (symbol) {
                            case "kWh" -> Scale.of("1000");
                            case "MWh" -> Scale.of("1000000");
                            case "J" -> Scale.dividedBy("3600");
                            default -> null;
                        };
                    case VOLT ->
                        switch (symbol) {
                            case "mV" -> Scale.of("0.001");
                            case "kV" -> Scale.of("1000");
                            default -> null;
                        };
                    case AMPERE -> symbol.equals("mA") ? Scale.of("0.001") : null;
                    case VOLT_AMPERE -> symbol.equals("kVA") ? Scale.of("1000") : null;
                    case RATIO -> symbol.equals("%") ? Scale.of("0.01") : null;
                    case PERCENT -> symbol.equals("/") ? Scale.of("100") : null;
                    case RELATIVE_HUMIDITY -> symbol.equals("%") ? Scale.ONE : null;
                    case HERTZ, CELSIUS, NONE -> null;
                });
    }
}
