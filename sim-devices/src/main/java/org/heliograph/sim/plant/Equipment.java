package org.heliograph.sim.plant;

/** What single pieces of equipment do to power, in watts and Celsius. */
final class Equipment {
    private static final double TEMPERATURE_COEFFICIENT = -0.0035;
    private static final double SYSTEM_LOSS = 0.141;
    private static final double NOMINAL_EFFICIENCY = 0.9637;
    private static final double EVAPORATOR_KELVIN = 14 + 273.15;
    /** Head pressure control keeps the condenser at least this far above the evaporator. */
    private static final double MIN_LIFT_KELVIN = 10;

    private Equipment() {}

    /** Faiman. */
    static double moduleTemperature(Weather.Conditions weather) {
        return weather.ambient() + weather.irradiance() / (25 + 6.84 * weather.wind());
    }

    /** PVWatts: the DC power of panels per watt of their nameplate. */
    static double panelOutput(double irradiance, double moduleTemperature) {
        return irradiance / 1000 * (1 + TEMPERATURE_COEFFICIENT * (moduleTemperature - 25)) * (1 - SYSTEM_LOSS);
    }

    /** AC power of an inverter, clipped to its rating; 0 when there's too little to run on. */
    static double inverterOutput(double dcWatts, double ratingWatts) {
        double z = dcWatts / (ratingWatts / NOMINAL_EFFICIENCY);
        if (z < 0.005) {
            return 0;
        }
        double efficiency = 0.96 / NOMINAL_EFFICIENCY * (-0.0162 * z - 0.0059 / z + 0.9858);
        return Math.clamp(efficiency * dcWatts, 0, ratingWatts);
    }

    static double upsLoss(double outputWatts, double ratingWatts) {
        double x = outputWatts / ratingWatts;
        return ratingWatts * (0.013 + 0.012 * x + 0.022 * x * x);
    }

    /** A floor PDU with its isolating transformer. */
    static double floorPduLoss(double outputWatts, double ratingWatts) {
        double x = outputWatts / ratingWatts;
        return ratingWatts * (0.001 + 0.010 * x * x);
    }

    /** The cables between a floor PDU and the racks. */
    static double feederLoss(double deliveredWatts, double ratingWatts) {
        return ratingWatts * 0.008 * (deliveredWatts / ratingWatts) * (deliveredWatts / ratingWatts);
    }

    /** The site's transformer, whichever way the power goes. */
    static double transformerLoss(double throughWatts, double ratingWatts) {
        double x = throughWatts / ratingWatts;
        return ratingWatts * (0.001 + 0.0085 * x * x);
    }

    static double compressorPower(double heatWatts, double ambient) {
        double lift = Math.max(MIN_LIFT_KELVIN, ambient + 12 + 273.15 - EVAPORATOR_KELVIN);
        return heatWatts * lift / (0.34 * EVAPORATOR_KELVIN);
    }

    /** The CRACs' own fans at a share of the cooling capacity, and the server fans that the heat asks for. */
    static double fanPower(double capacityWatts, double share, double itWatts) {
        double speed = Math.max(0.35, share);
        return 0.05 * capacityWatts * speed * speed + 0.01 * itWatts;
    }
}
