package org.heliograph.lab.helm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Row;
import org.heliograph.streams.influx.InfluxSink;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** A real InfluxDB with a few figures of every kind and state of a site, written by the product's sink out of a real Kafka. */
final class StoredSite implements AutoCloseable {
    static final String SITE = "casa1";
    /** Where a day has begun a moment ago, and meters were heard for half of the last minute. */
    static final String AT_NIGHT = "night1";

    static final String AREA = "hall-1/row-a";
    static final String SILENT = "pdu-a02a";
    static final String DEAD_AREA = "hall-1/row-b";
    static final String DEAD_CONTACT = "rack-a02";
    static final String WITHIN_TOLERANCE = "fpdu-1";
    static final String OWN_INVERTER = "inv-03";
    static final double PUE = 1.375;
    /** Of one minute of a quarter, and of as little of a day. */
    static final double PART_PUE = 1.52;

    static final double CO2_KILOGRAMS = 812.5;
    static final double CO2_COVERAGE = 0.75;
    static final double SELF_CONSUMPTION = 0.875;
    static final double IMPORT_WATTS = 640_000;
    static final double COLDEST_CELSIUS = 22;
    /** Of the sensor that was heard once. */
    static final double WARMEST_CELSIUS = 35;

    /** What a point of a chart stands for. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Which of the days is whole. */
    private static final Duration WHOLE_DAY_AGO = Duration.ofDays(1);

    private static final Duration PART_OF_DAY_AGO = Duration.ofDays(3);
    private static final double PART = 1.0 / 15;
    private static final Duration BEFORE_SILENCE = Duration.ofMinutes(6);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration SHOWN = Duration.ofMinutes(3);
    private static final Duration SILENT_FROM = Duration.ofSeconds(120);
    private static final Duration SILENT_TO = Duration.ofSeconds(60);
    private static final Duration HISTORY = Duration.ofHours(6);
    private static final long KWH = 3_600_000_000L;

    private final InfluxDb store;
    private final Instant now;

    private StoredSite(InfluxDb store, Instant now) {
        this.store = store;
        this.now = now;
    }

    static StoredSite write(Path folder) throws Exception {
        InfluxDb store = InfluxDb.start(folder);
        try (KafkaServer kafka = KafkaServer.start(folder)) {
            return new StoredSite(store, fill(kafka.bootstrap(), store.url()));
        } catch (Exception | AssertionError e) {
            store.close();
            throw e;
        }
    }

    Instant from() {
        return now.minus(HISTORY);
    }

    /** The begin of the newest day that lacks nothing. */
    Instant wholeDay() {
        return day(now).minus(WHOLE_DAY_AGO);
    }

    /** The begin of the newest window of a minute. */
    Instant newestMinute() {
        return floor(now, Duration.ofMinutes(1)).minusSeconds(60);
    }

    /** The begin of the quarter, and of the day, of which little was heard. */
    List<Instant> heardInPart() {
        return List.of(partOfQuarter(now), day(now).minus(PART_OF_DAY_AGO));
    }

    private static Instant partOfQuarter(Instant now) {
        return floor(now, Duration.ofMinutes(15)).minus(Duration.ofHours(1));
    }

    private static Instant day(Instant now) {
        return now.minus(Duration.ofHours(11));
    }

    Instant now() {
        return now;
    }

    /** Whether an interval from the given moment on lies in the minute that has no live state. */
    boolean isSilent(Instant start, Duration interval) {
        return start.isAfter(now.minus(SILENT_FROM)) && start.plus(interval).isBefore(now.minus(SILENT_TO));
    }

    List<Row> query(String influxql) {
        return store.query("heliograph", influxql);
    }

    @Override
    public void close() {
        store.close();
    }

    /** @return the moment of the newest live state */
    private static Instant fill(String bootstrap, String url) throws Exception {
        Topics topics = Topics.DEFAULT;
        Map<String, Object> client = Map.of("bootstrap.servers", bootstrap);
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(
                            topic(topics.energy()), topic(topics.kpi()), topic(topics.live()), topic(topics.alerts())))
                    .all()
                    .get();
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
                InfluxSink sink = InfluxSink.start(client, topics, SinkSettings.of(URI.create(url)))) {
            Publisher publisher = new Publisher(producer);
            windows(now).forEach(window -> publisher.send(topics.kpi(), window));
            nightly(now).forEach(window -> publisher.send(topics.kpi(), window));
            Instant before = now.minus(BEFORE_SILENCE);
            minutes(before).forEach(minute -> publisher.send(topics.energy(), minute));
            publisher.send(topics.energy(), silent(before));
            minutes(before.plus(Duration.ofMinutes(1))).forEach(minute -> publisher.send(topics.energy(), minute));
            publisher.send(topics.energy(), silent(now.minus(Duration.ofDays(2))));
            publisher.send(topics.energy(), seldom(now));
            longDead(now).forEach(minute -> publisher.send(topics.energy(), minute));
            minutes(now).forEach(minute -> publisher.send(topics.energy(), minute));
            minutes(now)
                    .forEach(minute -> publisher.send(
                            topics.energy(),
                            minute.toBuilder()
                                    .setSite(AT_NIGHT)
                                    .setCoverage(0.5)
                                    .build()));
            alerts(now).forEach(alert -> publisher.send(topics.alerts(), alert));
            for (Instant time = now.minus(SHOWN); !time.isAfter(now); time = time.plus(STEP)) {
                if (time.isBefore(now.minus(SILENT_FROM)) || time.isAfter(now.minus(SILENT_TO))) {
                    publisher.send(topics.live(), live(time));
                }
            }
            producer.flush();
            awaitRecords(sink, publisher.sent);
        }
        return now;
    }

    private static void awaitRecords(InfluxSink sink, long records) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (sink.progress().records() < records) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the sink took " + sink.progress() + " of " + records + " records");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** The newest windows, of which the exact tests speak, and older ones in every state. */
    private static List<SiteWindow> windows(Instant now) {
        Instant quarter = floor(now, Duration.ofMinutes(15));
        Instant minute = floor(now, Duration.ofMinutes(1));
        Instant hour = floor(now, Duration.ofHours(1));
        Instant day = day(now);
        return List.of(
                full("15m", quarter.minusSeconds(900), WindowState.FINAL)
                        .setPue(PUE)
                        .setPueCategory("PUE1")
                        .build(),
                // the open quarter: its PUE isn't the one to show
                full("15m", quarter, WindowState.PROVISIONAL)
                        .setPue(9)
                        .setCoverage(0.5)
                        .build(),
                full("15m", quarter.minusSeconds(2 * 900), WindowState.REVISED)
                        .setRevision(1)
                        .setCause("late-data")
                        .build(),
                full("15m", quarter.minusSeconds(3 * 900), WindowState.FINAL)
                        .setEstimated(true)
                        .setEstimatedShare(0.2)
                        .build(),
                full("1m", minute.minusSeconds(60), WindowState.FINAL).build(),
                full("1h", hour.minusSeconds(3600), WindowState.REVISED)
                        .setRevision(2)
                        .setCause("factor")
                        .setEstimated(true)
                        .build(),
                full("1d", day, WindowState.PROVISIONAL)
                        .setCo2AvoidedUg(Math.round(CO2_KILOGRAMS * 1e9))
                        .setSelfConsumption(SELF_CONSUMPTION)
                        .build(),
                full("1d", day.minus(WHOLE_DAY_AGO), WindowState.FINAL)
                        .setCompleteCoverage(1)
                        .clearFigureCoverage()
                        .build(),
                full("1d", day.minus(Duration.ofDays(2)), WindowState.REVISED)
                        .setRevision(1)
                        .setEstimated(true)
                        .build(),
                full("1mo", now.minus(Duration.ofDays(20)), WindowState.PROVISIONAL)
                        .build(),
                inPart("15m", partOfQuarter(now)),
                inPart("1d", day.minus(PART_OF_DAY_AGO)));
    }

    /** Ended, of which next to nothing was heard: its energies are lower bounds, its PUE is that of a minute. */
    private static SiteWindow inPart(String length, Instant start) {
        return full(length, start, WindowState.FINAL)
                .setPue(PART_PUE)
                .setPue1(PART_PUE)
                .setPue2(PART_PUE)
                .setPue3(PART_PUE)
                .setCoverage(PART)
                .addAllFigureCoverage(Stream.of(
                                "energy_it1",
                                "energy_it2",
                                "energy_it3",
                                "energy_self",
                                "energy_export",
                                "pue1",
                                "pue2",
                                "pue3",
                                "self_consumption")
                        .map(figure -> FigureCoverage.newBuilder()
                                .setFigure(figure)
                                .setCoverage(PART)
                                .build())
                        .toList())
                .clearBranches()
                .addBranches(Branch.newBuilder()
                        .setDevice("ups-a")
                        .setOwnMj(KWH * 8)
                        .setChildrenMj(KWH * 7)
                        .setRemainderMj(KWH)
                        .setToleranceMj(KWH)
                        .setCoverage(PART))
                .build();
    }

    /** Of yesterday and of the few minutes since: without solar energy nobody knows a share, or what it avoids. */
    private static List<SiteWindow> nightly(Instant now) {
        Instant midnight = now.minus(Duration.ofMinutes(5));
        return Stream.of("1d", "1mo")
                .flatMap(length -> Stream.of(
                        full(length, midnight.minus(Duration.ofHours(23)), WindowState.FINAL)
                                .setSite(AT_NIGHT)
                                .build(),
                        SiteWindow.newBuilder()
                                .setSite(AT_NIGHT)
                                .setWindow(length)
                                .setStartMs(midnight.toEpochMilli())
                                .setCoverage(1)
                                .setState(WindowState.PROVISIONAL)
                                .build()))
                .toList();
    }

    /** A window with every figure. */
    private static SiteWindow.Builder full(String length, Instant start, WindowState state) {
        return SiteWindow.newBuilder()
                .setSite(SITE)
                .setWindow(length)
                .setStartMs(start.toEpochMilli())
                .setCoverage(1)
                .setState(state)
                .setPue(1.4)
                .setPueCategory("PUE3")
                .setPue1(1.3)
                .setPue2(1.35)
                .setPue3(1.4)
                .setSelfConsumption(1)
                .setSelfSufficiency(0.05)
                .setEnergyDcMj(KWH * 150)
                .setEnergyItMj(KWH * 107)
                .setEnergyIt1Mj(KWH * 115)
                .setEnergyIt2Mj(KWH * 111)
                .setEnergyIt3Mj(KWH * 107)
                .setEnergyCoolingMj(KWH * 30)
                .setEnergyPvMj(KWH * 8)
                .setEnergySelfMj(KWH * 8)
                .setEnergyExportMj(0)
                .setCo2AvoidedUg(4_600_000_000L)
                .setFactorAverage("ember-2024@1")
                .setCompleteCoverage(0.9)
                .setCo2Coverage(CO2_COVERAGE)
                .addAllFigureCoverage(Stream.of("energy_cooling", "energy_pv", "co2_avoided")
                        .map(figure -> FigureCoverage.newBuilder()
                                .setFigure(figure)
                                .setCoverage(0.9)
                                .build())
                        .toList())
                .addBranches(Branch.newBuilder()
                        .setDevice("ups-a")
                        .setOwnMj(KWH * 115)
                        .setChildrenMj(KWH * 111)
                        .setRemainderMj(KWH * 4)
                        .setToleranceMj(KWH * 2)
                        .setCoverage(1))
                .addBranches(Branch.newBuilder()
                        .setDevice(WITHIN_TOLERANCE)
                        .setOwnMj(KWH * 100)
                        .setChildrenMj(KWH * 100 + KWH / 10)
                        .setRemainderMj(-KWH / 10)
                        .setToleranceMj(KWH * 2)
                        .setCoverage(1));
    }

    /** All that there is of an area, silent for longer than the dashboards show; and a contact that was dry two hours ago. */
    private static List<DeviceMinute> longDead(Instant now) {
        Instant minute = floor(now, Duration.ofMinutes(1));
        return List.of(
                device("pdu-b01a", "rack-pdu", Role.IT, DEAD_AREA, minute.minus(HISTORY.plusHours(1)))
                        .build(),
                device(DEAD_CONTACT, "rack-sensor", Role.ROOM, AREA, minute.minus(Duration.ofHours(2)))
                        .clearEnergyMj()
                        .addPoints(always(Point.LEAK, 0))
                        .build());
    }

    /** A sensor that reports every quarter of an hour, as of a while ago. */
    private static DeviceMinute seldom(Instant now) {
        return device(
                        "inlet-a2",
                        "inlet-sensor",
                        Role.ROOM,
                        AREA,
                        floor(now, Duration.ofMinutes(1)).minus(Duration.ofMinutes(14)))
                .clearEnergyMj()
                .addPoints(always(Point.INLET_TEMP, WARMEST_CELSIUS))
                .build();
    }

    /** Heard until a few minutes ago, and never since. */
    private static DeviceMinute silent(Instant now) {
        return device(
                        SILENT,
                        "rack-pdu",
                        Role.IT,
                        AREA,
                        floor(now, Duration.ofMinutes(1)).minusSeconds(60))
                .build();
    }

    /** Until when all devices were heard. */
    Instant beforeSilence() {
        return floor(now.minus(BEFORE_SILENCE), Duration.ofMinutes(1)).minusSeconds(60);
    }

    /** The last whole minute of a device of each kind; one of them flagged. */
    private static List<DeviceMinute> minutes(Instant now) {
        Instant minute = floor(now, Duration.ofMinutes(1)).minusSeconds(60);
        return List.of(
                device("inv-01", "pv-inverter", Role.PV, "roof", minute, Point.STATE, Point.EVENTS)
                        .setFlag("integrated")
                        .build(),
                device("inv-02", "pv-inverter-701", Role.PV, "roof", minute, Point.STATE)
                        .build(),
                device(OWN_INVERTER, "fronius-symo", Role.PV, "roof", minute, Point.STATE, Point.EVENTS)
                        .build(),
                device("ups-a", "ups", Role.UPS, "", minute, Point.LOAD).build(),
                device("fpdu-1", "floor-pdu", Role.FLOOR_PDU, "", minute, Point.POWER)
                        .build(),
                device("pdu-a01a", "rack-pdu", Role.IT, AREA, minute, Point.VOLTAGE, Point.CURRENT)
                        .addPoints(always(Point.BREAKER, 1))
                        .build(),
                device("pdu-a01b", "rack-pdu", Role.IT, AREA, minute)
                        .addPoints(always(Point.BREAKER, 0))
                        .build(),
                device(
                                "crac-01",
                                "crac",
                                Role.COOLING,
                                "hall-1",
                                minute,
                                Point.SUPPLY_TEMP,
                                Point.RETURN_TEMP,
                                Point.FAN_SPEED,
                                Point.COOLING_DEMAND,
                                Point.COMPRESSOR,
                                Point.SUPPLY_HUMIDITY,
                                Point.EVENTS,
                                Point.POWER)
                        .build(),
                device("rack-a01", "rack-sensor", Role.ROOM, AREA, minute)
                        .clearEnergyMj()
                        .addPoints(always(Point.LEAK, 2))
                        .addPoints(always(Point.DOOR, 1))
                        .build(),
                device("edge-1", "agent", Role.ROOM, AREA, minute)
                        .clearEnergyMj()
                        .addPoints(always(Point.LOAD, 99))
                        .build(),
                device("inlet-a1", "inlet-sensor", Role.ROOM, AREA, minute, Point.INLET_TEMP)
                        .clearEnergyMj()
                        .build());
    }

    private static DeviceMinute.Builder device(
            String device, String deviceClass, Role role, String area, Instant minute, Point... points) {
        DeviceMinute.Builder figure = DeviceMinute.newBuilder()
                .setSite(SITE)
                .setDevice(device)
                .setDeviceClass(deviceClass)
                .setRole(role.label())
                .setArea(area)
                .setStartMs(minute.toEpochMilli())
                .setEnergyMj(KWH / 10)
                .setCoverage(1);
        for (Point point : points) {
            figure.addPoints(always(point, 22).setMin(21).setMax(23));
        }
        return figure;
    }

    private static PointStatistics.Builder always(Point point, double value) {
        return PointStatistics.newBuilder()
                .setPoint(point.number())
                .setMean(value)
                .setMin(value)
                .setMax(value)
                .setLast(value)
                .setCount(6);
    }

    /** One lately, one that has stood for days, and one that came and went before, while its rule's severity changed. */
    private static List<Alert> alerts(Instant now) {
        return List.of(
                alert("ups-a", "children-above-parent", "warning", AlertState.RAISED, now.minusSeconds(600))
                        .setMessage("the floor PDUs read more than the UPS")
                        .build(),
                alert("rack-a01", "leak", "critical", AlertState.RAISED, now.minus(Duration.ofDays(3)))
                        .build(),
                alert("inlet-a1", "inlet-above-allowable", "critical", AlertState.RAISED, now.minus(Duration.ofDays(2)))
                        .build(),
                alert("inlet-a1", "inlet-above-allowable", "warning", AlertState.CLEARED, now.minus(Duration.ofDays(1)))
                        .build());
    }

    private static Alert.Builder alert(String device, String rule, String severity, AlertState state, Instant time) {
        return Alert.newBuilder()
                .setSite(SITE)
                .setDevice(device)
                .setRule(rule)
                .setSeverity(severity)
                .setState(state)
                .setMessage(rule)
                .setValue(1.5)
                .setTimeMs(time.toEpochMilli());
    }

    private static SiteLive live(Instant time) {
        return SiteLive.newBuilder()
                .setSite(SITE)
                .setTimeMs(time.toEpochMilli())
                .setPowerDcW(IMPORT_WATTS + 180_000)
                .setPowerImportW(IMPORT_WATTS)
                .setPowerPvW(180_000)
                .setPowerItW(600_000)
                .setPowerCoolingW(150_000)
                .setPowerGeneratorW(1_000)
                .setPowerBatteryW(-2_000)
                .setPowerExportW(3_000)
                .setPowerAuxiliaryW(4_000)
                .setPowerLossW(5_000)
                .setDevicesOnline(6)
                .setDevicesStale(1)
                .addLosses(AgentLoss.newBuilder().setAgent("edge-1").setExpected(1_204_330))
                .build();
    }

    private static Instant floor(Instant time, Duration unit) {
        return Instant.ofEpochMilli(time.toEpochMilli() - Math.floorMod(time.toEpochMilli(), unit.toMillis()));
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, 1, (short) 1);
    }

    /** Sends, and counts what it has sent. */
    private static final class Publisher {
        private final KafkaProducer<byte[], byte[]> producer;
        private long sent;

        Publisher(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        void send(String topic, Message figure) {
            var _ = producer.send(new ProducerRecord<>(topic, SITE.getBytes(UTF_8), figure.toByteArray()));
            sent++;
        }
    }
}
