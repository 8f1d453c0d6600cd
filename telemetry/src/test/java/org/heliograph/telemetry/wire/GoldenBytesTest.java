package org.heliograph.telemetry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.CarriedEnergy;
import org.heliograph.telemetry.wire.v1.ClockDoubt;
import org.heliograph.telemetry.wire.v1.DeviceLoss;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.Diagnosis;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.Pack;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;

/**
 * The bytes that are already in Kafka. From the first release on a golden file is never edited: where a message grows, write a new file beside it
 * and keep the old one under "stays readable". A failure here means that running systems would misread their own topics.
 */
class GoldenBytesTest {
    private static final long START = 1_782_900_000_000L; // 2026-07-01T10:00:00Z

    private static final Readings READINGS = new Readings(
            new DeviceId("casa1", "inv-01"),
            "SN-0815",
            List.of(
                    new Series.Gauge(Point.POWER, new long[] {START, START + 10_000, START + 20_000}, new double[] {
                        40_000, 40_000.5, -1.25
                    }),
                    new Series.Register(Point.ENERGY, new long[] {START, START + 10_000, START + 20_000}, new long[] {
                        3_600_000_000_000L, 3_600_400_000_000L, 0
                    }),
                    new Series.Gauge(Point.STATE, new long[] {START + 20_001}, new double[] {4})));
    private static final Origin ORIGIN = new Origin("edge-1", 0x0123_4567_89ab_cdefL, 300);

    private static final Dispatch TOLD = new Dispatch(
            READINGS.device(),
            new Origin("edge-1", 0x0123_4567_89ab_cdefL, 301, true),
            Optional.of(new Readings(
                    READINGS.device(),
                    "SN-0815",
                    List.of(new Series.Gauge(Point.STATE, new long[] {START}, new double[] {4})))),
            ClockQuality.RESTAMPED,
            List.of(
                    new Loss(
                            Loss.DROPPED_OLDEST,
                            0x0123_4567_89ab_cdeeL,
                            List.of(new SequenceRange(0, 299), new SequenceRange(310, 310)),
                            301,
                            18_060,
                            Optional.of(Instant.ofEpochMilli(START - 600_000)),
                            Optional.of(Instant.ofEpochMilli(START - 1))),
                    new Loss(Loss.TURNED_AWAY, 0, List.of(), 7, 0, Optional.empty(), Optional.empty())),
            Optional.of(Presence.offline(Instant.ofEpochMilli(START + 1), "NDEATH")));

    private static final DeviceMinute DEVICE_MINUTE = DeviceMinute.newBuilder()
            .setSite("casa1")
            .setDevice("util-1")
            .setDeviceClass("utility-meter")
            .setRole("grid")
            .setArea("hall-1/row-a")
            .setStartMs(START)
            .setEnergyMj(-1_500_000_000L)
            .addEnergy(PointEnergy.newBuilder().setPoint(3).setMillijoules(0))
            .addEnergy(PointEnergy.newBuilder().setPoint(4).setMillijoules(1_500_000_000L))
            .setCoverage(0.75)
            .setEstimated(true)
            .setFlag("interpolated,reset")
            .addPoints(PointStatistics.newBuilder()
                    .setPoint(7)
                    .setMean(400.5)
                    .setMin(399)
                    .setMax(402)
                    .setLast(401)
                    .setCount(60))
            .build();

    private static final SiteWindow SITE_WINDOW = SiteWindow.newBuilder()
            .setSite("casa1")
            .setWindow("15m")
            .setStartMs(START)
            .setEndMs(START + 900_000)
            .setEnergyDcMj(14)
            .setEnergyItMj(13)
            .setEnergyIt1Mj(12)
            .setEnergyIt2Mj(11)
            .setEnergyIt3Mj(10)
            .setEnergyCoolingMj(9)
            .setEnergyImportMj(8)
            .setEnergyExportMj(0)
            .setEnergyPvMj(7)
            .setEnergySelfMj(6)
            .setEnergyChargeMj(5)
            .setEnergyDischargeMj(4)
            .setEnergyGeneratorMj(3)
            .setEnergyAuxiliaryMj(Long.MAX_VALUE)
            .setPue(1.5)
            .setPueCategory("PUE3")
            .setPue1(1.25)
            .setPue2(1.375)
            .setPue3(1.5)
            .setDcie(0.625)
            .setSelfConsumption(1)
            .setSelfSufficiency(0.0625)
            .setRef(0.0625)
            .setCue(0.875)
            .setCo2AvoidedUg(5_776_500_000L)
            .setCo2AvoidedMarginalUg(6_600_000_000L)
            .setCo2ExportUg(0)
            .setCo2LocationUg(-1)
            .setFactorAverage("ember-2024@1")
            .setFactorMarginal("ifi-2021-solar@1")
            .setFactorFuel("ipcc-2006-diesel@1")
            .setCo2Coverage(0.75)
            .setCoverage(1)
            .setEstimated(true)
            .setState(WindowState.REVISED)
            .setRevision(2)
            .setCause("late-data")
            .addBranches(Branch.newBuilder()
                    .setDevice("fpdu-1a")
                    .setOwnMj(100)
                    .setChildrenMj(103)
                    .setRemainderMj(-3)
                    .setToleranceMj(2)
                    .setMatchedMinutes(15)
                    .setCoverage(1))
            .addDiagnoses(Diagnosis.newBuilder()
                    .setRule("children-above-parent")
                    .setDevice("fpdu-1a")
                    .setSuspect("pdu-a01a")
                    .setText("too much")
                    .setValueMj(3))
            .build();

    private static final Alert ALERT = Alert.newBuilder()
            .setSite("casa1")
            .setDevice("fpdu-1a")
            .setRule("children-above-parent")
            .setSeverity("warning")
            .setState(AlertState.RAISED)
            .setMessage("too much")
            .setValue(0.5)
            .setTimeMs(START)
            .build();

    /** Added later. */
    private static final Alert ALERT_2 =
            Alert.newBuilder().setSite("casa1").setWatch("silence").build();

    private static final SiteLive SITE_LIVE = SiteLive.newBuilder()
            .setSite("casa1")
            .setTimeMs(START)
            .setLatestReadingMs(START - 500)
            .setPowerDcW(200_000)
            .setPowerItW(150_000)
            .setPowerPvW(0)
            .setPowerImportW(200_000)
            .setPowerExportW(0)
            .setPowerCoolingW(30_000)
            .setPowerAuxiliaryW(15_000)
            .setPowerLossW(5_000)
            .setPue(1.25)
            .setPueCategory("PUE1")
            .setSelfConsumption(0.5)
            .setDevicesOnline(425)
            .setDevicesStale(2)
            .addSilent(SilentDevice.newBuilder().setDevice("crac-07").setLastMs(START - 600_000))
            .addSilent(SilentDevice.newBuilder().setDevice("pdu-a01b"))
            .build();

    private static final DeviceMinute DEVICE_MINUTE_2 = DeviceMinute.newBuilder()
            .setSite("casa1")
            .setDevice("util-1")
            .setStartMs(START)
            .addCarried(CarriedEnergy.newBuilder()
                    .setPoint(3)
                    .setFromMs(START - 216_000_000)
                    .setToMs(START - 180_000_000)
                    .setMillijoules(36_000_000_000L))
            .build();

    private static final SiteWindow SITE_WINDOW_2 = SiteWindow.newBuilder()
            .setSite("casa1")
            .setWindow("1h")
            .setStartMs(START)
            .setEndMs(START + 3_600_000)
            .setCo2AvoidedLifecycleUg(-5)
            .setPartsMinutes(59)
            .setPartsDcMj(150)
            .setPartsItMj(100)
            .setPartsCoolingMj(30)
            .setPartsAuxiliaryMj(0)
            .setPartsDistributionMj(12)
            .build();

    private static final SiteWindow SITE_WINDOW_3 = SiteWindow.newBuilder()
            .setSite("casa1")
            .setWindow("1h")
            .setStartMs(START)
            .setEndMs(START + 3_600_000)
            .setCompleteCoverage(0.5)
            .addFigureCoverage(
                    FigureCoverage.newBuilder().setFigure("energy_it1").setCoverage(0.75))
            .build();

    private static final SiteWindow SITE_WINDOW_4 = SiteWindow.newBuilder()
            .setSite("casa1")
            .setWindow("1h")
            .setStartMs(START)
            .setEndMs(START + 3_600_000)
            .setEstimated(true)
            .setEstimatedShare(0.25)
            .build();

    private static final SiteLive SITE_LIVE_3 = SiteLive.newBuilder()
            .setSite("casa1")
            .setTimeMs(START)
            .addCanaries(Canary.newBuilder()
                    .setDevice("canary-edge-1")
                    .setSungMs(START)
                    .setTravelMs(250))
            .build();

    private static final SiteLive SITE_LIVE_4 = SiteLive.newBuilder()
            .setSite("casa1")
            .setTimeMs(START)
            .addSilent(SilentDevice.newBuilder()
                    .setDevice("crac-07")
                    .setLastMs(START - 3_600_000)
                    .setHeardMs(START)
                    .setBehindMs(3_600_000))
            .addAgents(AgentHeard.newBuilder()
                    .setAgent("edge-1")
                    .setHeardMs(START)
                    .setBacklogMs(250)
                    .setClock(ClockDoubt.UNKEPT))
            .build();

    private static final SiteLive SITE_LIVE_5 = SiteLive.newBuilder()
            .setSite("casa1")
            .setTimeMs(START)
            .setModelRefused("line 3: it is of site 'casa2'")
            .build();

    private static final SiteLive SITE_LIVE_6 = SiteLive.newBuilder()
            .setSite("casa1")
            .setTimeMs(START)
            .setPowerBatteryW(-12_500)
            .setPowerGeneratorW(250_000)
            .build();

    private static final SiteLive SITE_LIVE_2 = SiteLive.newBuilder()
            .setSite("casa1")
            .setTimeMs(START)
            .addLosses(AgentLoss.newBuilder()
                    .setAgent("edge-1")
                    .setExpected(1_204_330)
                    .setMissing(3)
                    .setReported(2)
                    .setDuplicates(7)
                    .setUnnumbered(1)
                    .setReadingsLost(120))
            .addIncomplete(DeviceLoss.newBuilder()
                    .setDevice("inv-01")
                    .setAgent("edge-1")
                    .setMissing(3))
            .build();

    @Test
    void a_pack_is_written_as_it_always_was() throws IOException {
        assertThat(PackCodec.encode(READINGS, ORIGIN)).isEqualTo(GoldenBytes.read("pack"));
    }

    @Test
    void a_pack_stays_readable() throws IOException, MalformedPackException {
        assertThat(PackCodec.decode(GoldenBytes.read("pack")))
                .isEqualTo(Dispatch.of(READINGS, ORIGIN, ClockQuality.UNKNOWN));
    }

    @Test
    void a_pack_with_fields_of_a_newer_version_stays_readable() throws IOException, MalformedPackException {
        byte[] newer = Pack.parseFrom(GoldenBytes.read("pack")).toBuilder()
                .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                        .addVarint(7)
                                        .build())
                        .build())
                .build()
                .toByteArray();
        assertThat(newer).hasSizeGreaterThan(GoldenBytes.read("pack").length);
        assertThat(PackCodec.decode(newer)).isEqualTo(Dispatch.of(READINGS, ORIGIN, ClockQuality.UNKNOWN));
    }

    @Test
    void a_pack_with_losses_and_presence_is_written_as_it_always_was_and_stays_readable()
            throws IOException, MalformedPackException {
        byte[] golden = GoldenBytes.read("pack-2");
        assertThat(PackCodec.encode(TOLD)).isEqualTo(golden);
        assertThat(PackCodec.decode(golden)).isEqualTo(TOLD);
    }

    @Test
    void a_device_minute_is_written_as_it_always_was_and_stays_readable() throws IOException {
        byte[] golden = GoldenBytes.read("device-minute");
        assertThat(DEVICE_MINUTE.toByteArray()).isEqualTo(golden);
        assertThat(DeviceMinute.parseFrom(golden)).isEqualTo(DEVICE_MINUTE);
    }

    @Test
    void a_site_window_is_written_as_it_always_was_and_stays_readable() throws IOException {
        byte[] golden = GoldenBytes.read("site-window");
        assertThat(SITE_WINDOW.toByteArray()).isEqualTo(golden);
        assertThat(SiteWindow.parseFrom(golden)).isEqualTo(SITE_WINDOW);
    }

    @Test
    void a_site_live_is_written_as_it_always_was_and_stays_readable() throws IOException {
        byte[] golden = GoldenBytes.read("site-live");
        assertThat(SITE_LIVE.toByteArray()).isEqualTo(golden);
        assertThat(SiteLive.parseFrom(golden)).isEqualTo(SITE_LIVE);
    }

    @Test
    void what_was_added_later_is_written_as_it_always_was_and_stays_readable() throws IOException {
        assertThat(DEVICE_MINUTE_2.toByteArray()).isEqualTo(GoldenBytes.read("device-minute-2"));
        assertThat(DeviceMinute.parseFrom(GoldenBytes.read("device-minute-2"))).isEqualTo(DEVICE_MINUTE_2);
        assertThat(SITE_WINDOW_2.toByteArray()).isEqualTo(GoldenBytes.read("site-window-2"));
        assertThat(SiteWindow.parseFrom(GoldenBytes.read("site-window-2"))).isEqualTo(SITE_WINDOW_2);
        assertThat(SITE_WINDOW_3.toByteArray()).isEqualTo(GoldenBytes.read("site-window-3"));
        assertThat(SiteWindow.parseFrom(GoldenBytes.read("site-window-3"))).isEqualTo(SITE_WINDOW_3);
        assertThat(SITE_WINDOW_4.toByteArray()).isEqualTo(GoldenBytes.read("site-window-4"));
        assertThat(SiteWindow.parseFrom(GoldenBytes.read("site-window-4"))).isEqualTo(SITE_WINDOW_4);
        assertThat(SITE_LIVE_2.toByteArray()).isEqualTo(GoldenBytes.read("site-live-2"));
        assertThat(SiteLive.parseFrom(GoldenBytes.read("site-live-2"))).isEqualTo(SITE_LIVE_2);
        assertThat(SITE_LIVE_3.toByteArray()).isEqualTo(GoldenBytes.read("site-live-3"));
        assertThat(SiteLive.parseFrom(GoldenBytes.read("site-live-3"))).isEqualTo(SITE_LIVE_3);
        assertThat(SITE_LIVE_4.toByteArray()).isEqualTo(GoldenBytes.read("site-live-4"));
        assertThat(SiteLive.parseFrom(GoldenBytes.read("site-live-4"))).isEqualTo(SITE_LIVE_4);
        assertThat(SITE_LIVE_5.toByteArray()).isEqualTo(GoldenBytes.read("site-live-5"));
        assertThat(SiteLive.parseFrom(GoldenBytes.read("site-live-5"))).isEqualTo(SITE_LIVE_5);
        assertThat(SITE_LIVE_6.toByteArray()).isEqualTo(GoldenBytes.read("site-live-6"));
        assertThat(SiteLive.parseFrom(GoldenBytes.read("site-live-6"))).isEqualTo(SITE_LIVE_6);
    }

    @Test
    void an_alert_is_written_as_it_always_was_and_stays_readable() throws IOException {
        byte[] golden = GoldenBytes.read("alert");
        assertThat(ALERT.toByteArray()).isEqualTo(golden);
        assertThat(Alert.parseFrom(golden)).isEqualTo(ALERT);
        assertThat(ALERT_2.toByteArray()).isEqualTo(GoldenBytes.read("alert-2"));
        assertThat(Alert.parseFrom(GoldenBytes.read("alert-2"))).isEqualTo(ALERT_2);
    }

    @Test
    void the_golden_messages_set_every_field_there_is() throws InvalidProtocolBufferException {
        assertThat(Pack.parseFrom(PackCodec.encode(TOLD)).getAllFields().keySet())
                .containsAll(Pack.getDescriptor().getFields());
        assertThat(fields(DEVICE_MINUTE, DEVICE_MINUTE_2))
                .containsAll(DeviceMinute.getDescriptor().getFields());
        assertThat(fields(SITE_WINDOW, SITE_WINDOW_2, SITE_WINDOW_3, SITE_WINDOW_4))
                .containsAll(SiteWindow.getDescriptor().getFields());
        assertThat(fields(SITE_LIVE, SITE_LIVE_2, SITE_LIVE_3, SITE_LIVE_4, SITE_LIVE_5, SITE_LIVE_6))
                .containsAll(SiteLive.getDescriptor().getFields());
        assertThat(fields(ALERT, ALERT_2)).containsAll(Alert.getDescriptor().getFields());
    }

    private static Set<FieldDescriptor> fields(Message... messages) {
        Set<FieldDescriptor> all = new HashSet<>();
        for (Message message : messages) {
            all.addAll(message.getAllFields().keySet());
        }
        return all;
    }

    @Test
    void a_figure_that_is_zero_differs_from_one_that_is_absent() throws InvalidProtocolBufferException {
        SiteWindow none = SiteWindow.newBuilder().setSite("casa1").build();
        SiteWindow zero = none.toBuilder().setEnergyPvMj(0).setPue(0).build();
        assertThat(SiteWindow.parseFrom(none.toByteArray()).hasEnergyPvMj()).isFalse();
        assertThat(SiteWindow.parseFrom(zero.toByteArray()).hasEnergyPvMj()).isTrue();
        assertThat(SiteWindow.parseFrom(none.toByteArray()).hasPue()).isFalse();
        assertThat(SiteWindow.parseFrom(zero.toByteArray()).hasPue()).isTrue();
    }
}
