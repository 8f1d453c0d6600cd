package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The dashboards' queries, asked of a real InfluxDB that the product's own sink has written: a field that it renames is
 * missed here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoredDashboardsTest {
    /** What Grafana writes for all areas. */
    private static final String ALL = ".*";

    private StoredSite site;

    @BeforeAll
    void store(@TempDir Path folder) throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        site = StoredSite.write(folder);
    }

    @AfterAll
    void close() {
        if (site != null) {
            site.close();
        }
    }

    static Stream<Dashboard.Query> queries() {
        return Dashboard.all().stream().flatMap(dashboard -> dashboard.queries().stream());
    }

    static Stream<Dashboard.Query> queriesOfAnArea() {
        return queries().filter(Dashboard.Query::ofArea);
    }

    static Stream<Dashboard.Query> annotations() {
        return Dashboard.all().stream().flatMap(dashboard -> dashboard.annotations().stream());
    }

    static Stream<String> choices() {
        return Dashboard.all().stream().flatMap(dashboard -> dashboard.choices().stream());
    }

    @ParameterizedTest
    @MethodSource("queries")
    void a_panel_finds_each_of_its_figures(Dashboard.Query query) {
        List<Row> rows = ask(query, StoredSite.SITE, ALL);
        assertThat(query.figures()).as(query.text()).isNotEmpty();
        for (String figure : query.figures()) {
            assertThat(rows).as(figure + " of " + query.text()).anyMatch(row -> row.has(figure));
        }
        assertThat(rows).allSatisfy(row -> assertThat(query.tags()).allMatch(row::has));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void a_panel_shows_nothing_of_another_site(Dashboard.Query query) {
        assertThat(ask(query, "elsewhere", ALL)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("queriesOfAnArea")
    void a_panel_shows_nothing_of_another_area(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.SITE, "hall-9\\/row-z")).isEmpty();
    }

    @Test
    void an_area_can_be_chosen_though_its_name_has_slashes() {
        assertThat(ask(query("Inlets by area"), StoredSite.SITE, "(hall-1\\/row-a|roof)"))
                .extracting(row -> row.text("area"))
                .containsExactly(StoredSite.AREA);
    }

    @ParameterizedTest
    @MethodSource("annotations")
    void alerts_are_marked_on_the_charts(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.SITE, ALL)).singleElement().satisfies(row -> {
            assertThat(row.text(query.panel().path("textColumn").asText())).contains("UPS");
            assertThat(query.panel().path("tagsColumn").asText().split(",", -1))
                    .allSatisfy(tag -> assertThat(row.text(tag)).isNotEmpty());
        });
        assertThat(ask(query, "elsewhere", ALL)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("choices")
    void a_variable_offers_what_is_stored(String choice) {
        boolean ofSites = !choice.contains("$site");
        assertThat(site.query(choice.replace("$site", StoredSite.SITE)))
                .extracting(row -> row.text("value"))
                .containsAnyElementsOf(ofSites ? List.of(StoredSite.SITE) : List.of(StoredSite.AREA, "roof"));
        assertThat(ofSites || site.query(choice.replace("$site", "elsewhere")).isEmpty())
                .isTrue();
    }

    @Test
    void the_overview_shows_the_figures_that_were_stored() {
        Row pue = ask("PUE (last whole quarter)").getFirst();
        assertThat(pue.number("PUE")).hasValue(StoredSite.PUE);
        assertThat(pue.text("Category")).isEqualTo("PUE1");
        assertThat(pue.number("Covered")).hasValue(1);
        assertThat(ask("CO2 avoided today").getFirst().number("CO2 avoided")).hasValue(StoredSite.CO2_KILOGRAMS);
        assertThat(ask("Self-consumption today").getFirst().number("Self-consumption"))
                .hasValue(StoredSite.SELF_CONSUMPTION);
        assertThat(ask("Coverage and state of the newest windows"))
                .extracting(row -> row.text("window") + " " + row.text("State"))
                .contains("1m final", "15m provisional", "1h revised", "1d provisional");
        Row devices = ask("Devices").getFirst();
        assertThat(devices.number("Online")).hasValue(6);
        assertThat(devices.number("Stale")).hasValue(1);
    }

    @Test
    void what_stands_is_shown_however_old_and_what_was_cleared_is_not() {
        assertThat(queries().filter(query -> query.toString().equals("Standing alerts")))
                .hasSize(2)
                .allSatisfy(query -> assertThat(ask(query, StoredSite.SITE, ALL))
                        .extracting(row -> row.text("Severity") + " " + row.text("Rule") + " " + row.text("Device"))
                        .containsExactlyInAnyOrder("warning children-above-parent ups-a", "critical leak rack-a01"));
        assertThat(ask("Alerts raised and cleared"))
                .as("its window is that of the time shown")
                .extracting(row -> row.text("Rule"))
                .containsExactly("children-above-parent");
    }

    @Test
    void avoided_co2_tells_what_it_is_of() {
        for (String panel : List.of("CO2 avoided today", "CO2 avoided this month")) {
            Row row = ask(panel).getFirst();
            assertThat(row.number("Covered")).hasValue(StoredSite.CO2_COVERAGE);
            assertThat(row.text("Not whole")).contains("co2_avoided 0.9000");
            assertThat(row.text("Factor")).isEqualTo("ember-2024@1");
        }
    }

    @ParameterizedTest
    @MethodSource("queriesOfWhatIsNotWhole")
    void a_day_that_lacks_devices_is_told_from_a_whole_one(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.SITE, ALL))
                .isNotEmpty()
                .extracting(row -> row.time("time"))
                .doesNotContain(site.wholeDay());
    }

    static Stream<Dashboard.Query> queriesOfWhatIsNotWhole() {
        return queries().filter(query -> query.figures().stream().allMatch(figure -> figure.endsWith(", not whole")));
    }

    @ParameterizedTest
    @MethodSource("queriesOfWhatIsWhole")
    void a_window_of_which_little_was_heard_is_told_from_a_whole_one(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.SITE, ALL))
                .filteredOn(row -> site.heardInPart().contains(row.time("time")))
                .allSatisfy(row -> assertThat(query.figures()).noneMatch(row::has));
    }

    static Stream<Dashboard.Query> queriesOfWhatIsWhole() {
        return queries()
                .filter(query -> query.text().contains("$timeFilter")
                        && query.figures().stream()
                                .allMatch(figure -> figure.matches(
                                        "(PUE[123]?|Self-consumption|UPS output|Floor PDUs|Racks|Used on site|Exported|Remainder)"
                                                + "(, estimated)?"))
                        && query.text().matches(".*FROM \"(site_kpi|meter_branch)\".*"));
    }

    @ParameterizedTest
    @MethodSource("queriesOfWhatIsCoveredInPart")
    void what_is_covered_in_part_is_shown_as_that(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.SITE, ALL))
                .filteredOn(row -> query.figures().stream().anyMatch(row::has))
                .extracting(row -> row.time("time"))
                .singleElement()
                .isIn(site.heardInPart());
    }

    static Stream<Dashboard.Query> queriesOfWhatIsCoveredInPart() {
        return queries()
                .filter(
                        query -> query.figures().stream()
                                .allMatch(
                                        figure -> figure.matches(
                                                ".*, covered in part|(UPS output|Floor PDUs|Racks|Used on site|Exported|Remainder), not whole")));
    }

    @Test
    void a_meter_below_0_within_its_accuracy_has_a_margin() {
        assertThat(ask("Meters and what is below them"))
                .filteredOn(row -> row.text("device").equals(StoredSite.WITHIN_TOLERANCE))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.number("Remainder").orElseThrow()).isNegative();
                    assertThat(row.number("Margin").orElseThrow()).isPositive();
                });
    }

    @Test
    void an_area_that_is_dead_for_longer_than_the_time_shown_is_known_and_not_heard() {
        assertThat(ask("Devices covered, by area"))
                .extracting(row -> row.text("area"))
                .doesNotContain(StoredSite.DEAD_AREA);
        assertThat(asked("Devices by area", "Known"))
                .filteredOn(row -> row.text("area").equals(StoredSite.DEAD_AREA))
                .singleElement()
                .satisfies(row -> assertThat(row.number("Known")).hasValue(1));
        assertThat(asked("Devices by area", "Heard"))
                .extracting(row -> row.text("area"))
                .contains(StoredSite.AREA)
                .doesNotContain(StoredSite.DEAD_AREA);
    }

    @Test
    void a_contact_that_died_is_not_told_as_one_that_is_heard() {
        assertThat(asked("Leak and door contacts", "Leak"))
                .extracting(row -> row.text("device"))
                .contains(StoredSite.DEAD_CONTACT);
        assertThat(asked("Leak and door contacts", "Last 15 min"))
                .extracting(row -> row.text("device"))
                .contains("rack-a01")
                .doesNotContain(StoredSite.DEAD_CONTACT);
    }

    @Test
    void the_remainder_of_a_quarter_or_an_hour_still_open_is_not_shown() {
        assertThat(ask("Remainder of each meter"))
                .filteredOn(row -> row.has("Remainder"))
                .isNotEmpty()
                .allSatisfy(
                        row -> assertThat(row.time("time")).isBefore(site.now().minus(Duration.ofMinutes(15))));
        assertThat(query("Meters and what is below them").text()).contains("AND time < now() - 1h ");
    }

    @Test
    void what_is_dangerous_is_shown_as_it_is() {
        assertThat(ask("Breakers not closed"))
                .extracting(row -> row.text("Device"))
                .containsExactly("pdu-a01a");
        assertThat(ask("Breakers heard").getFirst().number("Breakers")).hasValue(2);
        assertThat(ask("Load")).extracting(row -> row.text("device")).containsExactly("ups-a");
        assertThat(ask("Leak and door contacts").getFirst().number("Leak")).hasValue(2);
    }

    @Test
    void minutes_that_may_lack_devices_still_on_their_way_are_not_added_up() {
        assertThat(ask("IT power by area"))
                .filteredOn(row -> row.has("Power"))
                .isNotEmpty()
                .allSatisfy(
                        row -> assertThat(row.time("time")).isBefore(site.now().minus(Duration.ofMinutes(3))));
    }

    @Test
    void a_sensor_that_reports_seldom_counts_among_the_inlets_as_much_as_one_that_reports_often() {
        Row now = ask("Inlets now").getFirst();
        assertThat(now.number("Warmest")).hasValue(StoredSite.WARMEST_CELSIUS);
        assertThat(now.number("Coldest")).hasValue(StoredSite.COLDEST_CELSIUS);
        double mean = (StoredSite.WARMEST_CELSIUS + StoredSite.COLDEST_CELSIUS) / 2;
        assertThat(now.number("Mean")).hasValue(mean);
        assertThat(ask("Inlets by area"))
                .singleElement()
                .satisfies(area -> assertThat(area.number("Mean")).hasValue(mean));
    }

    @ParameterizedTest
    @MethodSource("queriesOfHowOldItIs")
    void a_figure_of_today_tells_how_old_the_newest_minute_is(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.SITE, ALL))
                .singleElement()
                .satisfies(row -> assertThat(row.time("time")).isEqualTo(site.newestMinute()));
    }

    static Stream<Dashboard.Query> queriesOfHowOldItIs() {
        return queries()
                .filter(query ->
                        query.figures().equals(List.of("value")) && query.text().contains("\"window\" = '1m'"));
    }

    @Test
    void a_silent_device_is_missing_from_what_is_covered_of_its_area() {
        List<Row> covered = ask("Devices covered, by area").stream()
                .filter(row -> row.text("area").equals(StoredSite.AREA))
                .toList();
        double before = at(covered, site.beforeSilence());
        assertThat(at(covered, site.beforeSilence().plus(Duration.ofMinutes(1))))
                .isEqualTo(before - 1);
    }

    private static double at(List<Row> covered, Instant minute) {
        return covered.stream()
                .filter(row -> !row.time("time").isBefore(minute)
                        && row.time("time").isBefore(minute.plus(Duration.ofMinutes(1))))
                .mapToDouble(row -> row.number("Covered").orElse(0))
                .max()
                .orElseThrow();
    }

    @Test
    void a_device_that_was_silent_for_days_is_among_the_devices_by_last_minute() {
        assertThat(ask("Devices by last minute"))
                .extracting(row -> row.text("device"))
                .contains(StoredSite.SILENT, "pdu-a01a");
    }

    @Test
    void an_inverter_of_a_profile_of_the_sites_own_is_among_the_inverters_only() {
        assertThat(asked("Inverters", "State (own)"))
                .extracting(row -> row.text("device"))
                .containsExactly(StoredSite.OWN_INVERTER);
        assertThat(asked("Inverters", "Alarm"))
                .extracting(row -> row.text("device"))
                .containsExactlyInAnyOrder("inv-01", StoredSite.OWN_INVERTER);
        assertThat(asked("Cooling units", "Alarm"))
                .extracting(row -> row.text("device"))
                .containsExactly("crac-01");
    }

    private List<Row> asked(String panel, String figure) {
        return queries()
                .filter(query ->
                        query.toString().equals(panel) && query.figures().contains(figure))
                .flatMap(query -> ask(query, StoredSite.SITE, ALL).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("queriesOfTheDayOrMonth")
    void after_midnight_no_share_of_yesterday_is_todays(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.AT_NIGHT, ALL)).singleElement().satisfies(row -> {
            assertThat(row.number("Coverage")).hasValue(1);
            assertThat(query.figures())
                    .filteredOn(figure -> !figure.matches("Coverage|Grade"))
                    .noneMatch(row::has);
        });
    }

    static Stream<Dashboard.Query> queriesOfTheDayOrMonth() {
        return queries()
                .filter(query -> query.text().matches(".*\"window\" = '1(d|mo)'.*")
                        && !query.text().contains("$timeFilter"));
    }

    @ParameterizedTest
    @MethodSource("queriesOfPowerFromEnergy")
    void a_minute_that_was_covered_in_part_is_no_power(Dashboard.Query query) {
        assertThat(ask(query, StoredSite.AT_NIGHT, ALL)).noneMatch(row -> row.has("Power"));
    }

    static Stream<Dashboard.Query> queriesOfPowerFromEnergy() {
        return queries().filter(query -> query.text().contains("(\"energy_wh\") * 60"));
    }

    @Test
    void a_minute_without_live_state_is_a_gap_in_the_power_flow() {
        List<Row> powers = ask("Power flow");
        assertThat(powers).anyMatch(row -> row.number("Grid").orElse(0) == StoredSite.IMPORT_WATTS);
        assertThat(powers)
                .filteredOn(row -> site.isSilent(row.time("time"), StoredSite.INTERVAL))
                .hasSizeGreaterThan(2)
                .noneMatch(row -> row.has("Grid"));
    }

    private List<Row> ask(String panel) {
        return ask(query(panel), StoredSite.SITE, ALL);
    }

    private static Dashboard.Query query(String panel) {
        return queries()
                .filter(candidate -> candidate.toString().equals(panel))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no panel " + panel));
    }

    private List<Row> ask(Dashboard.Query query, String of, String area) {
        return site.query(query.filled(of, area, site.from(), site.now()));
    }
}
