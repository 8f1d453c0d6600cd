package org.heliograph.streams.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.Diagnosis;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** A plausible day of casa1 for the page: about 1 MW of IT, a PV bell up to 420 kW, PUE about 1.34. */
final class FixtureDay {
    static final String SITE = "casa1";
    static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");

    private static final double MILLIJOULES_PER_KWH = 3.6e9;
    private static final double AUXILIARY_KW = 25;

    /** What of the site the page shows. */
    static final String SITE_YAML = """
            site: casa1
            zone: Africa/Casablanca
            location: {latitude: 33.57, longitude: -7.59}
            factors: {average: ember-2024, marginal: ifi-2021-solar}
            devices:
              - {id: "inv-{01..10}", profile: pv-inverter, role: pv, rating: 50 kW, area: roof}
              - {id: "crac-{01..06}", profile: crac, role: cooling, area: hall-1}
              - {id: "inlet-{a..c}{1..6}", profile: inlet-sensor, role: room, area: "hall-1/row-{1}"}
            """;

    private static final SiteModel MODEL = model();

    private final Instant now;
    private final double itKw;
    private final double shiftHours;

    /**
     * @param itKw the IT load around which the day moves; 150 is the ramp-up in which the site exports
     * @param hourNow what hour of the sun it is at that moment, whatever the clock says
     */
    FixtureDay(Instant now, double itKw, double hourNow) {
        this.now = now;
        this.itKw = itKw;
        shiftHours = hourNow - now.atZone(ZONE).toLocalTime().toSecondOfDay() / 3600.0;
    }

    PageBoard board() {
        PageBoard board = new PageBoard();
        fill(board);
        return board;
    }

    void fill(PageBoard board) {
        Instant open = now.truncatedTo(ChronoUnit.HOURS)
                .plus(Duration.ofMinutes(now.atZone(ZONE).getMinute() / 15 * 15L));
        for (int i = 96; i >= 1; i--) {
            if (i < 40 || i > 44) { // an hour and a quarter that nobody measured
                board.accept(quarter(open.minus(Duration.ofMinutes(15L * i)), i == 30 ? 0.93 : 1));
            }
        }
        for (int i = 90; i >= 1; i--) {
            board.accept(minute(now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(i))));
        }
        board.accept(day());
        board.accept(live().build());
        board.judgedBy(() -> true);
        fillHall(board);
    }

    /** Three rows of inlets, six cooling units and ten inverters: one inlet too warm, one unit silent, one inverter behind. */
    void fillHall(PageBoard board) {
        board.accept(MODEL);
        long minute =
                now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(1)).toEpochMilli();
        double pv = pvKw(now) * 1000 / 10;
        for (Device device : MODEL.devicesAt(now)) {
            int number = Integer.parseInt(device.id().replaceAll("\\D", ""));
            switch (device.role()) {
                case ROOM -> {
                    double celsius = device.id().equals("inlet-b4") ? 28.3 : 20.5 + number % 5 * 0.6;
                    board.accept(minute(device, minute)
                            .addPoints(point(Point.INLET_TEMP, celsius))
                            .build());
                }
                case COOLING -> {
                    if (number != 5) {
                        board.accept(minute(device, minute)
                                .addPoints(point(Point.POWER, coolingKw(now) * 1000 / 6))
                                .addPoints(point(Point.SUPPLY_TEMP, 18 + number * 0.1))
                                .addPoints(point(Point.RETURN_TEMP, 29.4))
                                .addPoints(point(Point.FAN_SPEED, 62))
                                .addPoints(point(Point.COOLING_DEMAND, 55 + number))
                                .addPoints(point(Point.EVENTS, 0))
                                .build());
                    }
                }
                case PV ->
                    board.accept(minute(device, minute)
                            .addPoints(point(Point.POWER, number == 3 ? pv * 0.6 : pv))
                            .addPoints(point(Point.STATE, pv > 0 ? 4 : 2))
                            .build());
                default -> {}
            }
        }
        board.settle();
    }

    /** A minute of one inlet. */
    DeviceMinute inlet(String device, double celsius) {
        long minute =
                now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(1)).toEpochMilli();
        return minute(MODEL.device(device, now).orElseThrow(), minute)
                .addPoints(point(Point.INLET_TEMP, celsius))
                .build();
    }

    static Alert alert(String device, String rule, String severity, String message, Instant since) {
        return Alert.newBuilder()
                .setSite(SITE)
                .setDevice(device)
                .setRule(rule)
                .setSeverity(severity)
                .setState(AlertState.RAISED)
                .setMessage(message)
                .setTimeMs(since.toEpochMilli())
                .build();
    }

    private static DeviceMinute.Builder minute(Device device, long startMillis) {
        return DeviceMinute.newBuilder()
                .setSite(SITE)
                .setDevice(device.id())
                .setRole(device.role().label())
                .setArea(device.area())
                .setStartMs(startMillis)
                .setCoverage(1);
    }

    private static PointStatistics point(Point point, double value) {
        return PointStatistics.newBuilder()
                .setPoint(point.number())
                .setMean(value)
                .setMin(value)
                .setMax(value)
                .setLast(value)
                .setCount(60)
                .build();
    }

    private static SiteModel model() {
        try {
            return SiteFile.parse("casa1.yaml", SITE_YAML);
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A minute and its parts. */
    SiteWindow minute(Instant start) {
        double cooling = coolingKw(start);
        double it = itKw(start);
        double distribution = 0.03 * it;
        double dc = dcKw(start);
        return SiteWindow.newBuilder()
                .setSite(SITE)
                .setWindow("1m")
                .setStartMs(start.toEpochMilli())
                .setEndMs(start.plusSeconds(60).toEpochMilli())
                .setPartsMinutes(1)
                .setPartsDcMj(millijoules(dc / 60))
                .setPartsItMj(millijoules(it / 60))
                .setPartsCoolingMj(millijoules(cooling / 60))
                .setPartsAuxiliaryMj(millijoules(AUXILIARY_KW / 60))
                .setPartsDistributionMj(millijoules(distribution / 60))
                .setPue(dc / it)
                .setPueCategory("PUE3")
                .setCoverage(1)
                .setState(WindowState.FINAL)
                .build();
    }

    /** The powers of now. */
    SiteLive.Builder live() {
        double it = itKw(now);
        double pv = pvKw(now);
        double dc = dcKw(now);
        double balance = dc - pv;
        return SiteLive.newBuilder()
                .setSite(SITE)
                .setTimeMs(now.toEpochMilli())
                .setLatestReadingMs(now.toEpochMilli() - 800)
                .setPowerDcW(dc * 1000)
                .setPowerItW(it * 1000)
                .setPowerPvW(pv * 1000)
                .setPowerImportW(Math.max(0, balance) * 1000)
                .setPowerExportW(Math.max(0, -balance) * 1000)
                .setPowerCoolingW(coolingKw(now) * 1000)
                .setPowerAuxiliaryW(AUXILIARY_KW * 1000)
                .setPowerLossW(lossKw(now) * 1000)
                .setPue(dc / it)
                .setPueCategory("PUE3")
                .setSelfConsumption(pv == 0 ? 1 : Math.min(1, dc / pv))
                .addLosses(AgentLoss.newBuilder().setAgent("edge-1").setExpected(1_204_330))
                .setDevicesOnline(450)
                .setDevicesStale(3)
                .addSilent(silent("crac-05", Duration.ofMinutes(12)))
                .addSilent(silent("pdu-c11b", Duration.ofMinutes(200)))
                .addSilent(SilentDevice.newBuilder().setDevice("door-c2").setLastMs(0));
    }

    /** What stands by the shipped rules while the devices are silent that are; the other things are too new. */
    List<Alert> alerts() {
        return List.of(
                alert("crac-05", "device-silent", "warning", "no reading for 2 min 1 s", now.minusSeconds(600)),
                alert("pdu-c11b", "device-silent", "warning", "no reading for 2 min 1 s", now.minusSeconds(11_880)),
                alert(
                        "door-c2",
                        "device-silent",
                        "warning",
                        "no reading for 2 min 1 s (never heard)",
                        now.minusSeconds(17_100)));
    }

    SiteWindow quarter(Instant start, double coverage) {
        double dc = 0;
        double it = 0;
        double pv = 0;
        double imported = 0;
        double exported = 0;
        for (int minute = 0; minute < 15; minute++) {
            Instant at = start.plus(Duration.ofMinutes(minute));
            dc += dcKw(at) / 60;
            it += itKw(at) / 60;
            pv += pvKw(at) / 60;
            imported += Math.max(0, dcKw(at) - pvKw(at)) / 60;
            exported += Math.max(0, pvKw(at) - dcKw(at)) / 60;
        }
        return SiteWindow.newBuilder()
                .setSite(SITE)
                .setWindow("15m")
                .setStartMs(start.toEpochMilli())
                .setEndMs(start.plus(Duration.ofMinutes(15)).toEpochMilli())
                .setEnergyDcMj(millijoules(dc))
                .setEnergyItMj(millijoules(it))
                .setEnergyPvMj(millijoules(pv))
                .setEnergyImportMj(millijoules(imported))
                .setEnergyExportMj(millijoules(exported))
                .setPue(dc / it)
                .setPueCategory("PUE3")
                .setCoverage(coverage)
                .setState(WindowState.FINAL)
                .setRevision(1)
                .build();
    }

    /** The same quarter with a rack PDU that counts twice. */
    static SiteWindow disagreeing(SiteWindow quarter) {
        return quarter.toBuilder()
                .clearPue()
                .clearPueCategory()
                .addDiagnoses(Diagnosis.newBuilder()
                        .setRule("pue-below-one")
                        .setSuspect("pdu-a07a")
                        .setText("PUE3 would be below 1: the IT energy is 3.600 kWh above that of the whole site;"
                                + " most likely wrong: pdu-a07a"))
                .addDiagnoses(Diagnosis.newBuilder()
                        .setRule("children-above-parent")
                        .setDevice("fpdu-1a")
                        .setSuspect("pdu-a07a")
                        .setText("the meters below fpdu-1a read 21.6 kWh, 6.900 kWh more than it does"))
                .build();
    }

    SiteWindow day() {
        ZonedDateTime midnight = now.atZone(ZONE).toLocalDate().atStartOfDay(ZONE);
        double pv = 0;
        double used = 0;
        double dc = 0;
        double it = 0;
        for (Instant at = midnight.toInstant(); at.isBefore(now); at = at.plus(Duration.ofMinutes(1))) {
            pv += pvKw(at) / 60;
            used += Math.min(pvKw(at), dcKw(at)) / 60;
            dc += dcKw(at) / 60;
            it += itKw(at) / 60;
        }
        SiteWindow.Builder day = SiteWindow.newBuilder()
                .setSite(SITE)
                .setWindow("1d")
                .setStartMs(midnight.toInstant().toEpochMilli())
                .setEndMs(midnight.plusDays(1).toInstant().toEpochMilli())
                .setEnergyPvMj(millijoules(pv))
                .setPue(it == 0 ? 1 : dc / it)
                .setPueCategory("PUE3")
                .setCo2AvoidedUg(Math.round(used * 0.57765e9))
                .setFactorAverage("ember-2024@1")
                .setCoverage(0.9962)
                .setState(WindowState.PROVISIONAL);
        if (pv > 0) {
            day.setSelfConsumption(used / pv);
        }
        if (dc > 0) {
            day.setSelfSufficiency(used / dc);
        }
        return day.build();
    }

    private SilentDevice silent(String device, Duration since) {
        return SilentDevice.newBuilder()
                .setDevice(device)
                .setLastMs(now.minus(since).toEpochMilli())
                .build();
    }

    private static long millijoules(double kwh) {
        return Math.round(kwh * MILLIJOULES_PER_KWH);
    }

    private double hour(Instant at) {
        return (at.atZone(ZONE).toLocalTime().toSecondOfDay() / 3600.0 + shiftHours + 24) % 24;
    }

    private double itKw(Instant at) {
        return itKw * (1 + 0.05 * Math.sin((hour(at) - 9) / 24 * 2 * Math.PI));
    }

    private double pvKw(Instant at) {
        double sun = Math.abs(hour(at) - 13.2) > 5.4 ? 0 : Math.cos((hour(at) - 13.2) / 10.8 * Math.PI);
        double cloud = Math.sin(hour(at) * 7) > 0.86 ? 0.45 : 1;
        return Math.max(0, sun) * 420 * cloud;
    }

    /** It takes 20 kW more since half an hour ago. */
    private double coolingKw(Instant at) {
        double ambient = Math.sin((hour(at) - 9) / 24 * 2 * Math.PI);
        double less = at.isBefore(now.minus(Duration.ofMinutes(30))) ? 20 * itKw / 1_000 : 0;
        return itKw(at) * (0.235 + 0.02 * ambient) - less;
    }

    private double lossKw(Instant at) {
        return 18 + 0.052 * itKw(at);
    }

    private double dcKw(Instant at) {
        return itKw(at) + coolingKw(at) + lossKw(at) + AUXILIARY_KW;
    }
}
