package org.heliograph.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.stream.Stream;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.CarriedEnergy;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;

class PointsTest {
    private static final long START_MILLIS = 1_750_000_020_000L;

    @Test
    void a_gap_ledger_becomes_a_point_a_minute_for_each_agent() {
        SiteLive live = SiteLive.newBuilder()
                .setSite("casa1")
                .setTimeMs(START_MILLIS + 59_999)
                .addLosses(AgentLoss.newBuilder()
                        .setAgent("edge-1")
                        .setExpected(1_204_330)
                        .setDuplicates(3))
                .build();
        assertThat(lines(new StoredFigure.OfSite(live)))
                .contains("loss,agent=edge-1,site=casa1 expected=1204330.0,missing=0.0,reported=0.0,duplicates=3.0,"
                        + "unnumbered=0.0,readings_lost=0.0 1750000020000");
    }

    @Test
    void a_device_minute_becomes_its_energy_and_a_point_for_each_statistic() {
        DeviceMinute minute = minute().setEnergyMj(36_000_000)
                .setFlag("interpolated")
                .addPoints(statistics(Point.POWER.number(), 600, 590, 610, 605, 6))
                .addPoints(statistics(Point.VOLTAGE.number(), 230, 229, 231, 230.5, 6))
                .build();
        assertThat(lines(new StoredFigure.OfDevice(minute)))
                .containsExactly(
                        "device_energy,area=hall-1/row-a,class=rack-pdu,device=pdu-a01a,role=it,site=casa1"
                                + " energy_wh=10.0,carried_wh=0.0,coverage=1.0,flag=\"interpolated\" 1750000020000",
                        "device_point,area=hall-1/row-a,class=rack-pdu,device=pdu-a01a,point=power,site=casa1"
                                + " mean=600.0,min=590.0,max=610.0,last=605.0,count=6.0,role=\"it\" 1750000020000",
                        "device_point,area=hall-1/row-a,class=rack-pdu,device=pdu-a01a,point=voltage,site=casa1"
                                + " mean=230.0,min=229.0,max=231.0,last=230.5,count=6.0,role=\"it\" 1750000020000");
    }

    @Test
    void a_minute_of_which_no_energy_is_known_says_so_by_its_coverage() {
        assertThat(lines(new StoredFigure.OfDevice(minute().setCoverage(0).build())))
                .containsExactly("device_energy,area=hall-1/row-a,class=rack-pdu,device=pdu-a01a,role=it,site=casa1"
                        + " carried_wh=0.0,coverage=0.0,flag=\"\" 1750000020000");
    }

    /** A reading from within the silence comes late: what was carried is that minute's then. */
    @Test
    void carried_energy_that_moves_leaves_nothing_behind() {
        DeviceMinute.Builder minute = minute().setEnergyMj(36_000_000);
        DeviceMinute carrying = minute.clone()
                .addCarried(CarriedEnergy.newBuilder()
                        .setPoint(Point.ENERGY_IMPORT.number())
                        .setMillijoules(7_200_000))
                .build();
        assertThat(lines(new StoredFigure.OfDevice(carrying)))
                .singleElement()
                .asString()
                .contains("carried_wh=2.0,");
        assertThat(lines(new StoredFigure.OfDevice(minute.build())))
                .singleElement()
                .asString()
                .contains("carried_wh=0.0,");
        assertThat(lines(new StoredFigure.OfDevice(minute.clearEnergyMj().build())))
                .singleElement()
                .asString()
                .contains("carried_wh=0.0,");
    }

    @Test
    void every_figure_of_a_window_and_of_a_device_is_kept_for_ever() {
        List<Extract> extracts = Extract.of("heliograph");
        assertThat(fields(filled(SiteWindow.newBuilder()).build()))
                .allSatisfy(field -> assertThat(extracts.get(0).select()).contains("AS \"" + field + "\""));
        assertThat(extracts.get(2).select()).contains("AS \"energy_wh\"", "AS \"carried_wh\"", "AS \"coverage\"");
    }

    @Test
    void a_questdb_has_a_column_for_every_tag_and_field_before_the_first_line_comes() {
        SiteWindow window = filled(SiteWindow.newBuilder())
                .addBranches(filled(Branch.newBuilder()))
                .build();
        SiteLive live = filled(SiteLive.newBuilder())
                .addLosses(filled(AgentLoss.newBuilder()))
                .build();
        DeviceMinute minute = filled(DeviceMinute.newBuilder())
                .setRole("it")
                .addPoints(statistics(1, 1, 1, 1, 1, 1))
                .build();
        Alert alert = filled(Alert.newBuilder()).build();
        List<String> lines = Stream.of(
                        new StoredFigure.OfWindow(window),
                        new StoredFigure.OfSite(live),
                        new StoredFigure.OfDevice(minute),
                        new StoredFigure.OfAlert(alert))
                .flatMap(figure -> lines(figure).stream())
                .toList();
        List<String> tables = QuestDbTables.make();
        assertThat(lines).hasSameSizeAs(tables).allSatisfy(line -> {
            String[] parts = line.split(" ", -1);
            String[] measurement = parts[0].split(",", 2);
            assertThat(tables)
                    .filteredOn(table -> table.contains(" EXISTS " + measurement[0] + " ("))
                    .singleElement()
                    .satisfies(table -> assertThat(
                                    Stream.concat(names(measurement[1]).stream(), names(parts[1]).stream()))
                            .allSatisfy(name -> assertThat(table).contains("\"" + name + "\" ")));
        });
    }

    private static List<String> fields(SiteWindow window) {
        return names(lines(new StoredFigure.OfWindow(window)).getFirst().split(" ", -1)[1]);
    }

    @Test
    void a_sensor_of_the_room_has_points_but_no_energy() {
        DeviceMinute minute = minute().setRole("room")
                .setCoverage(0)
                .addPoints(statistics(Point.INLET_TEMP.number(), 22, 21, 23, 22, 6))
                .build();
        assertThat(lines(new StoredFigure.OfDevice(minute)))
                .singleElement()
                .asString()
                .startsWith("device_point,");
    }

    @Test
    void a_point_that_only_a_newer_engine_knows_is_passed_over() {
        DeviceMinute minute = minute().setEnergyMj(0)
                .addPoints(statistics(999, 1, 1, 1, 1, 1))
                .build();
        assertThat(lines(new StoredFigure.OfDevice(minute))).hasSize(1);
    }

    @Test
    void a_window_has_kilowatt_hours_and_kilograms_and_leaves_absent_figures_away() {
        SiteWindow window = SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("15m")
                .setStartMs(START_MILLIS)
                .setEnergyDcMj(3_600_000_000L)
                .setEnergyPvMj(0)
                .setPue(1.33)
                .setPueCategory("PUE3")
                .setCo2AvoidedUg(2_500_000_000L)
                .setCoverage(0.5)
                .setEstimated(true)
                .setState(WindowState.REVISED)
                .setRevision(2)
                .build();
        assertThat(lines(new StoredFigure.OfWindow(window)))
                .containsExactly("site_kpi,site=casa1,window=15m energy_dc_kwh=1.0,energy_pv_kwh=0.0,pue=1.33,"
                        + "pue_category=\"PUE3\",co2_avoided_kg=2.5,coverage=0.5,estimated=1.0,revision=2.0,"
                        + "state=\"revised\" 1750000020000");
    }

    @Test
    void a_window_names_the_factors_in_its_masses() {
        SiteWindow window = SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("1h")
                .setStartMs(START_MILLIS)
                .setState(WindowState.FINAL)
                .setFactorAverage("electricitymaps-MA@held,ember-2024@2025")
                .setFactorMarginal("ifi-2021-solar@3.1")
                .setCo2Coverage(0.5)
                .build();
        assertThat(lines(new StoredFigure.OfWindow(window)).getFirst())
                .contains("factor_average=\"electricitymaps-MA@held,ember-2024@2025\"")
                .contains("factor_marginal=\"ifi-2021-solar@3.1\"")
                .contains("co2_coverage=0.5")
                .doesNotContain("factor_fuel");
    }

    @Test
    void a_window_names_the_figures_that_are_not_of_all_of_it_and_takes_that_back() {
        SiteWindow.Builder window = SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("1d")
                .setStartMs(START_MILLIS)
                .setCue(0.77)
                .setCo2LocationUg(1)
                .setCompleteCoverage(0.5)
                .addFigureCoverage(
                        FigureCoverage.newBuilder().setFigure("energy_it1").setCoverage(0.99999))
                .addFigureCoverage(
                        FigureCoverage.newBuilder().setFigure("co2_location").setCoverage(0.5));
        assertThat(lines(new StoredFigure.OfWindow(window.build())).getFirst())
                .contains("complete_coverage=0.5,cue_coverage=1.0,co2_location_coverage=0.5,"
                        + "partial=\"energy_it1 0.9999, co2_location 0.5000\"");

        window.clearFigureCoverage().setCompleteCoverage(1);
        assertThat(lines(new StoredFigure.OfWindow(window.build())).getFirst())
                .contains("complete_coverage=1.0,cue_coverage=1.0,co2_location_coverage=1.0,partial=\"\"");
    }

    @Test
    void a_window_has_a_point_for_each_meter_with_others_below_it() {
        SiteWindow window = SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("15m")
                .setStartMs(START_MILLIS)
                .addBranches(Branch.newBuilder()
                        .setDevice("fpdu-1a")
                        .setOwnMj(3_600_000_000L)
                        .setChildrenMj(3_240_000_000L)
                        .setRemainderMj(360_000_000L)
                        .setToleranceMj(36_000_000L)
                        .setCoverage(1))
                .addBranches(Branch.newBuilder().setDevice("fpdu-1b"))
                .build();
        assertThat(lines(new StoredFigure.OfWindow(window)).subList(1, 3))
                .containsExactly(
                        "meter_branch,device=fpdu-1a,site=casa1,window=15m energy_kwh=1.0,children_kwh=0.9,"
                                + "remainder_kwh=0.1,tolerance_kwh=0.01,coverage=1.0 1750000020000",
                        "meter_branch,device=fpdu-1b,site=casa1,window=15m coverage=0.0 1750000020000");
    }

    @Test
    void an_alert_is_a_point_of_the_contract_and_one_of_the_site_has_no_device() {
        Alert.Builder alert = Alert.newBuilder()
                .setSite("casa1")
                .setDevice("fpdu-1a")
                .setRule("children-above-parent")
                .setSeverity("warning")
                .setState(AlertState.RAISED)
                .setMessage("too much")
                .setValue(0.5)
                .setTimeMs(START_MILLIS);
        assertThat(lines(new StoredFigure.OfAlert(alert.build())))
                .containsExactly("alert,device=fpdu-1a,rule=children-above-parent,severity=warning,site=casa1"
                        + " state=\"raised\",message=\"too much\",value=0.5 1750000020000");
        assertThat(lines(new StoredFigure.OfAlert(
                        alert.clearDevice().setState(AlertState.CLEARED).build())))
                .containsExactly("alert,rule=children-above-parent,severity=warning,site=casa1"
                        + " state=\"cleared\",message=\"too much\",value=0.5 1750000020000");
    }

    @Test
    void a_live_state_counts_in_floats() {
        SiteLive live = SiteLive.newBuilder()
                .setSite("casa1")
                .setTimeMs(START_MILLIS)
                .setPowerDcW(500_000.5)
                .setDevicesOnline(440)
                .build();
        assertThat(lines(new StoredFigure.OfSite(live)))
                .containsExactly("site_live,site=casa1 power_dc_w=500000.5,devices_online=440.0,devices_stale=0.0"
                        + " 1750000020000");
    }

    @Test
    void every_measurement_has_the_tags_and_fields_of_the_contract() {
        SiteWindow window = filled(SiteWindow.newBuilder()).build();
        assertThat(lines(new StoredFigure.OfWindow(window)))
                .singleElement()
                .satisfies(line -> assertNames(line, "site_kpi", "site window", """
                        energy_dc_kwh energy_it_kwh energy_it1_kwh energy_it2_kwh energy_it3_kwh energy_cooling_kwh
                        energy_auxiliary_kwh
                        energy_import_kwh energy_export_kwh energy_pv_kwh energy_self_kwh energy_charge_kwh
                        energy_discharge_kwh energy_generator_kwh pue pue_category pue1 pue2 pue3 dcie
                        self_consumption self_sufficiency ref cue co2_avoided_kg co2_avoided_marginal_kg
                        co2_avoided_lifecycle_kg co2_export_kg
                        co2_location_kg co2_coverage factor_average factor_marginal factor_fuel
                        coverage complete_coverage cue_coverage co2_location_coverage partial
                        estimated estimated_share state revision cause
                        """));
        SiteLive live = filled(SiteLive.newBuilder()).build();
        assertThat(lines(new StoredFigure.OfSite(live)))
                .singleElement()
                .satisfies(line -> assertNames(line, "site_live", "site", """
                        power_dc_w power_it_w power_pv_w power_import_w power_export_w power_battery_w
                        power_generator_w power_cooling_w power_auxiliary_w power_loss_w pue self_consumption
                        devices_online devices_stale
                        """));
        DeviceMinute device = filled(DeviceMinute.newBuilder())
                .setRole("it")
                .addPoints(statistics(1, 1, 1, 1, 1, 1))
                .build();
        List<String> lines = lines(new StoredFigure.OfDevice(device));
        assertNames(
                lines.getFirst(), "device_energy", "site device class role area", "energy_wh carried_wh coverage flag");
        assertNames(lines.getLast(), "device_point", "site device class area point", "mean min max last count role");
    }

    /** All of a message's single fields set to something. */
    private static <B extends Message.Builder> B filled(B message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (!field.isRepeated()) {
                message.setField(
                        field,
                        switch (field.getJavaType()) {
                            case INT -> 1;
                            case LONG -> 1L;
                            case DOUBLE -> 1.0;
                            case BOOLEAN -> true;
                            case STRING -> "text";
                            case ENUM -> field.getEnumType().findValueByNumber(1);
                            case FLOAT, BYTE_STRING, MESSAGE -> throw new AssertionError(field);
                        });
            }
        }
        return message;
    }

    private static void assertNames(String line, String measurement, String tags, String fields) {
        String[] parts = line.split(" ", -1);
        assertThat(parts[0]).startsWith(measurement + ",");
        assertThat(names(parts[0].substring(parts[0].indexOf(',') + 1))).containsExactlyInAnyOrder(tags.split(" ", -1));
        assertThat(names(parts[1])).containsExactlyInAnyOrder(fields.strip().split("\\s+"));
    }

    private static List<String> names(String pairs) {
        return Stream.of(pairs.split(",", -1))
                .map(pair -> pair.substring(0, pair.indexOf('=')))
                .toList();
    }

    private static DeviceMinute.Builder minute() {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice("pdu-a01a")
                .setDeviceClass("rack-pdu")
                .setRole("it")
                .setArea("hall-1/row-a")
                .setStartMs(START_MILLIS)
                .setCoverage(1);
    }

    private static PointStatistics statistics(int point, double mean, double min, double max, double last, int count) {
        return PointStatistics.newBuilder()
                .setPoint(point)
                .setMean(mean)
                .setMin(min)
                .setMax(max)
                .setLast(last)
                .setCount(count)
                .build();
    }

    private static List<String> lines(StoredFigure figure) {
        LineBatch lines = new LineBatch();
        Points.append(figure, lines, 0);
        return List.of(lines.lines(0, lines.size()).split("\n"));
    }
}
