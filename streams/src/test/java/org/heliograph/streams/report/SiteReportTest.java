package org.heliograph.streams.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Factors;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.FigureCoverage;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteReportTest {
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");
    private static final long KWH = 3_600_000_000L;
    private static final Instant AFTER = Instant.parse("2026-02-10T08:00:00Z");
    private static final Period YEAR = Period.parse("2025");

    @TempDir
    private Path folder;

    private final StatedWindows windows = new StatedWindows();

    @Test
    void figures_are_those_of_the_windows() throws Exception {
        windows.add(year().build());
        windows.add(month(6).setPue(1.298).build());

        SiteReport report = report(YEAR, AFTER);

        assertThat(report.isInterim()).isFalse();
        assertThat(value(report.performance(), "pue")).hasValue(1.312);
        assertThat(value(report.energies(), "energy_dc")).hasValue(9_000_000.0);
        assertThat(value(report.carbon(), "co2_avoided")).hasValue(412_000.0);
        assertThat(report.parts()).hasSize(12);
        assertThat(report.parts().get(5).stated())
                .hasValueSatisfying(june -> assertThat(june.getPue()).isEqualTo(1.298));
        assertThat(report.parts().get(6).stated()).isEmpty();
        assertThat(english(report)).contains(">PUE (PUE3)<b>1.312</b>", "9,000,000\u00a0kWh", "2025-06", "1.298");
        assertThat(english(report)).contains("ember-2024@", "577.65");
    }

    @Test
    void an_absent_figure_is_said_to_be_absent_and_never_0() throws Exception {
        windows.add(year().build());
        SiteReport report = report(YEAR, AFTER);

        assertThat(value(report.energies(), "energy_generator")).isEmpty();
        assertThat(english(report))
                .contains("<td>Generator</td><td class=\"n unknown\">not known</td>")
                .contains("<td>WIN, total water input</td><td class=\"n unknown\">not known</td>");
        assertThat(csv(report))
                .anySatisfy(row -> assertThat(row)
                        .containsExactly("casa1", "period", "1y", "2025-01-01", "energy_generator", "", "kWh"));
    }

    @Test
    void how_much_of_a_year_is_estimated_is_said_however_little_and_where_it_is_known() throws Exception {
        windows.add(year().setEstimated(true).setEstimatedShare(1 / 525_600.0).build());
        SiteReport report = report(YEAR, AFTER);

        assertThat(english(report)).contains("as its own meter counted it. Estimated minutes: 0.01\u00a0%.");
        assertThat(HtmlReport.of(report, Language.of(ReportFiles.Lang.FR)))
                .contains("Minutes estimées\u00a0: 0,01\u00a0%.");
        assertThat(csv(report))
                .anySatisfy(row -> assertThat(row).contains("estimated_share", "0.000001902587519025875"));

        windows.add(year().setEstimated(true).build());
        assertThat(english(report(YEAR, AFTER)))
                .contains("Some energy is estimated")
                .doesNotContain("Estimated minutes");
    }

    @Test
    void a_year_that_nobody_published_is_reported_as_such() throws Exception {
        SiteReport report = report(YEAR, AFTER);

        assertThat(report.isInterim()).isTrue();
        assertThat(english(report))
                .contains("No window of this period was published")
                .contains("iPUE<b>not known</b>");
    }

    @Test
    void a_year_under_way_a_year_hardly_covered_and_a_month_are_interim() throws Exception {
        windows.add(year().build());
        windows.add(month(6).build());
        assertThat(report(YEAR, Instant.parse("2025-12-31T12:00:00Z")).isInterim())
                .isTrue();
        assertThat(report(Period.parse("2025-06"), AFTER).isInterim()).isTrue();
        windows.add(year().setState(WindowState.PROVISIONAL).build());
        assertThat(report(YEAR, AFTER).isInterim()).isTrue();
        assertThat(english(report(YEAR, AFTER.plus(Duration.ofDays(31)))))
                .as("a year that a reset cut in two")
                .contains("stopped growing before its end");
        windows.add(year().setCoverage(0.5).build());
        assertThat(report(YEAR, AFTER).isInterim()).isTrue();
        assertThat(english(report(YEAR, AFTER))).contains("Interim", "iPUE (PUE3)", "50.00\u00a0%");
    }

    @Test
    void restatements_and_measurement_points_are_named() throws Exception {
        windows.add(year().setState(WindowState.REVISED)
                .setRevision(2)
                .setCause("factor")
                .build());
        windows.add(month(3).setState(WindowState.REVISED)
                .setRevision(1)
                .setCause("late-data")
                .build());
        SiteReport report = report(YEAR, AFTER);
        assertThat(report.restated())
                .extracting(restated ->
                        restated.window().label() + " " + restated.stated().getCause())
                .containsExactly("2025 factor", "2025-03 late-data");
        assertThat(english(report)).contains("<td>late readings</td>", "<td>an emission factor was revised</td>");
        assertThat(HtmlReport.of(report, Language.of(ReportFiles.Lang.FR)))
                .contains("<td>mesures tardives</td>", "<td>un facteur d’émission a été révisé</td>")
                .contains("Couverture\u00a0: ");
        assertThat(english(report)).contains("<td>Solar inverters</td><td class=\"n\">10</td>");
    }

    @Test
    void agents_are_no_measurement_points() throws Exception {
        windows.add(year().build());
        assertThat(report(YEAR, AFTER).points())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Role.GRID, 1, Role.PV, 10, Role.UPS, 2, Role.ROOM, 1));
    }

    /** An interim PUE is one of less than a year, a provisional window one that is open. */
    @Test
    void what_is_interim_is_not_called_provisional_in_french() throws Exception {
        windows.add(month(6).build());
        assertThat(HtmlReport.of(report(Period.parse("2025-06"), AFTER), Language.of(ReportFiles.Lang.FR)))
                .contains("Intermédiaire")
                .doesNotContain("Provisoire");
    }

    @Test
    void the_gap_ledger_is_there_when_it_was_published() throws Exception {
        windows.add(year().build());
        assertThat(english(report(YEAR, AFTER))).contains("No ledger of lost records");
        windows.add(SiteLive.newBuilder()
                .setSite("casa1")
                .setTimeMs(AFTER.toEpochMilli())
                .addLosses(AgentLoss.newBuilder()
                        .setAgent("edge-1")
                        .setExpected(1_204_330)
                        .setMissing(3))
                .build());
        assertThat(english(report(YEAR, AFTER)))
                .contains("<td>edge-1</td><td class=\"n\">1,204,330</td><td class=\"n\">3</td>");
        assertThat(csv(report(YEAR, AFTER)))
                .anySatisfy(row -> assertThat(row)
                        .as("a lifetime's, of no window")
                        .containsExactly(
                                "casa1", "losses-until", "", AFTER.toString(), "missing edge-1", "3", "packs"));
    }

    @Test
    void the_it_energy_of_the_regulation_is_at_the_ups_or_says_where_else() throws Exception {
        windows.add(year().build());
        assertThat(value(report(YEAR, AFTER).regulation(), "eu_eit")).hasValue(7_200_000.0);
        assertThat(value(report(YEAR, AFTER).regulation(), "eu_pue")).hasValue(1.25);
        windows.add(year().clearEnergyIt1Mj().clearPue1().build());
        assertThat(value(report(YEAR, AFTER).regulation(), "eu_eit_rack")).hasValue(6_860_000.0);
        assertThat(value(report(YEAR, AFTER).regulation(), "eu_pue")).hasValue(1.312);

        windows.add(year().setEnergyIt1Mj(12_100_000 * KWH).clearPue1().build());
        assertThat(value(report(YEAR, AFTER).regulation(), "eu_eit")).hasValue(12_100_000.0);
        assertThat(value(report(YEAR, AFTER).regulation(), "eu_pue"))
                .as("a meter at the UPS that counts too much gets no fine PUE from the racks")
                .isEmpty();
    }

    /** Half of the IT at the UPS is missing for 73 days; the PUE is of the racks and whole. */
    @Test
    void a_year_is_interim_by_the_least_covered_of_what_is_filed_and_names_it() throws Exception {
        windows.add(year().setCompleteCoverage(0.8)
                .addFigureCoverage(partial("energy_it1", 0.8))
                .addFigureCoverage(partial("pue1", 0.8))
                .addFigureCoverage(partial("energy_cooling", 0.1))
                .build());
        SiteReport report = report(YEAR, AFTER);

        assertThat(report.isInterim())
                .as("the racks stand in for the UPS, which covers less")
                .isFalse();
        assertThat(value(report.regulation(), "eu_eit_rack")).hasValue(6_860_000.0);

        windows.add(year().clearEnergyIt3Mj()
                .setCompleteCoverage(0.8)
                .addFigureCoverage(partial("energy_it1", 0.8))
                .addFigureCoverage(partial("co2_location", 0.96))
                .setCo2LocationUg(1_000_000_000)
                .build());
        SiteReport alone = report(YEAR, AFTER);
        assertThat(alone.isInterim()).isTrue();
        assertThat(english(alone))
                .contains("Least covered of what is filed: EIT, total energy consumption of IT equipment, at the UPS"
                        + " 80.00\u00a0%")
                .contains("1\u00a0kg<div class=\"note\">coverage 96.00\u00a0%</div>");
        assertThat(csv(alone)).anySatisfy(row -> assertThat(row).contains("eu_eit_coverage", "0.8"));
    }

    @Test
    void a_figure_of_a_month_that_is_of_fewer_minutes_than_its_coverage_is_marked() throws Exception {
        windows.add(year().build());
        windows.add(month(6).build());
        assertThat(english(report(YEAR, AFTER))).doesNotContain("713,000*");
        windows.add(month(6).addFigureCoverage(partial("energy_pv", 0.99)).build());
        assertThat(english(report(YEAR, AFTER))).contains("713,000*", "*: of fewer minutes");
    }

    private static FigureCoverage partial(String figure, double coverage) {
        return FigureCoverage.newBuilder()
                .setFigure(figure)
                .setCoverage(coverage)
                .build();
    }

    @Test
    void a_year_with_two_versions_of_a_factor_for_the_same_time_is_said_to_be_mixed() throws Exception {
        windows.add(year().setFactorAverage("ember-2023@2,ember-2024@2025").build());
        assertThat(report(YEAR, AFTER).mixedFactors()).isEmpty();
        assertThat(english(report(YEAR, AFTER))).doesNotContain("are mixed");

        windows.add(year().setFactorAverage("ember-2023@2,ember-2023@3").build());
        assertThat(report(YEAR, AFTER).mixedFactors()).containsExactly("ember-2023");
        assertThat(english(report(YEAR, AFTER))).contains("are mixed");
    }

    @Test
    void the_csv_parses_with_as_many_fields_in_each_line_and_all_digits() throws Exception {
        windows.add(year().setFactorAverage("a@1,b@2").build());
        List<List<String>> rows = csv(report(YEAR, AFTER));
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(7));
        assertThat(rows.getFirst()).containsExactly("site", "section", "window", "from", "figure", "value", "unit");
        assertThat(rows).anySatisfy(row -> assertThat(row).contains("factor_average", "a@1,b@2"));
        assertThat(rows).anySatisfy(row -> assertThat(row).contains("pue", "1.312"));
        assertThat(rows).anySatisfy(row -> assertThat(row).contains("eu-2024-1364", "eu_edc", "9000000.0"));
    }

    @Test
    void the_csv_has_what_the_page_says_beside_its_figures_and_no_exponents() throws Exception {
        windows.add(year().setFactorAverage("ember-2023@2,ember-2023@3")
                .setEnergyPvMj(13_140_000 * KWH + KWH / 2)
                .addFigureCoverage(partial("energy_dc", 0.9))
                .build());
        SiteReport report = report(YEAR, AFTER);
        List<List<String>> rows = csv(report);
        assertThat(rows).anySatisfy(row -> assertThat(row).contains("mixed_factors", "ember-2023"));
        assertThat(rows).anySatisfy(row -> assertThat(row).contains("least_covered", "eu_edc"));
        assertThat(rows)
                .anySatisfy(row -> assertThat(row).contains("factors", "ember-2023@2", "g/kWh"))
                .anySatisfy(row -> assertThat(row).contains("factors", "ember-2023@2 source"));
        assertThat(rows).anySatisfy(row -> assertThat(row).contains("energy_pv", "13140000.5"));
        assertThat(rows).allSatisfy(row -> assertThat(row.get(5)).doesNotMatch("[0-9.]+E[0-9]+"));
    }

    @Test
    void windows_closed_in_the_zone_that_the_site_had_before_are_reported_and_said_to_be() throws Exception {
        ZoneId before = ZoneId.of("UTC");
        windows.add(year().setStartMs(millis(LocalDate.of(2025, 1, 1), before)).build());
        windows.add(
                month(6).setStartMs(millis(LocalDate.of(2025, 6, 1), before)).build());
        windows.add(month(7).build());
        SiteReport report = report(YEAR, AFTER);
        assertThat(report.whole()).isPresent();
        assertThat(report.parts().get(5).stated()).isPresent();
        assertThat(report.ofOtherZone())
                .extracting(part -> part.window().label())
                .containsExactly("2025", "2025-06");
        assertThat(english(report)).contains("of whose days they are: 2025, 2025-06");
        assertThat(csv(report))
                .anySatisfy(
                        row -> assertThat(row).contains("2025-06-01", "start_of_other_zone", "2025-06-01T00:00:00Z"));
        assertThat(report(Period.parse("2025-05"), AFTER).whole()).isEmpty();
    }

    private static long millis(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    @Test
    void a_factor_that_somebody_published_is_evidence_and_one_that_nobody_knows_is_named() throws Exception {
        windows.add(year().setFactorAverage("our-grid@7,our-grid@8,electricitymaps-MA@measured,...")
                .build());
        windows.add(EmissionFactor.published(
                "our-grid", "7", "the operator", 600_500_000, EmissionFactor.ALWAYS, EmissionFactor.FOR_EVER));
        SiteReport report = report(YEAR, AFTER);
        assertThat(report.factors()).extracting(UsedFactor::name).containsExactly("our-grid@7", "our-grid@8");
        assertThat(english(report))
                .contains("our-grid@7</td><td class=\"n\">600.50\u00a0g/kWh</td><td>the operator")
                .contains("our-grid@8</td><td class=\"n\">not known</td><td>withdrawn");
        assertThat(report.mixedFactors()).containsExactly("our-grid");
    }

    @ParameterizedTest
    @EnumSource
    void the_pdf_has_what_the_page_has_in_each_language(ReportFiles.Lang lang) throws Exception {
        windows.add(year().build());
        ReportFiles.Written written = ReportFiles.write(report(YEAR, AFTER), lang, folder.resolve("out"));

        assertThat(written.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("report-casa1-2025.html", "report-casa1-2025.pdf", "report-casa1-2025.csv");
        byte[] bytes = Files.readAllBytes(written.files().get(1));
        assertThat(new String(bytes, 0, 5, ISO_8859_1)).isEqualTo("%PDF-");
        try (PDDocument document = Loader.loadPDF(bytes)) {
            String text = new PDFTextStripper().getText(document).replace('\u00a0', ' ');
            boolean french = lang == ReportFiles.Lang.FR;
            assertThat(document.getNumberOfPages()).isBetween(2, 8);
            assertThat(text)
                    .contains(french ? "Rapport énergétique casa1 2025" : "Energy report casa1 2025")
                    .contains(french ? "1,312" : "1.312")
                    .contains(french ? "CO2 évité" : "CO2 avoided")
                    .doesNotContain("#"); // what a font can't show
        }
    }

    @Test
    void no_heading_and_no_tables_head_stands_alone_at_the_end_of_a_page() throws Exception {
        windows.add(year().build());
        for (int month = 1; month <= 12; month++) { // so many rows that some table is cut somewhere
            windows.add(window("1mo", LocalDate.of(2025, month, 1))
                    .setState(WindowState.REVISED)
                    .setRevision(2)
                    .setCause("late-data")
                    .build());
        }
        ReportFiles.Written written =
                ReportFiles.write(report(YEAR, AFTER), ReportFiles.Lang.EN, folder.resolve("out"));
        try (PDDocument document =
                Loader.loadPDF(Files.readAllBytes(written.files().get(1)))) {
            PDFTextStripper stripper = new PDFTextStripper();
            for (int page = 1; page < document.getNumberOfPages(); page++) {
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                List<String> lines = stripper.getText(document).strip().lines().toList();
                String last = lines.get(lines.size() - 2); // before the page's number
                assertThat(last).as("page %d", page).doesNotMatch("Restatements|Window Revision.*|Months|Lost records");
            }
        }
    }

    @Test
    void both_languages_have_the_same_words() throws IOException {
        assertThat(keys("en")).isEqualTo(keys("fr"));
    }

    @Test
    void a_day_begins_at_the_midnight_of_the_site_also_when_its_clock_was_turned() throws Exception {
        LocalDate afterTheTurn = LocalDate.of(2026, 2, 16); // Morocco left UTC+1 the day before
        windows.add(window("1d", afterTheTurn).build());
        SiteReport report = report(Period.parse("2026-02"), AFTER);
        assertThat(report.parts()).hasSize(28);
        assertThat(report.parts().get(15).stated()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"26", "2026-13", "june", "2026-06-01", ""})
    void what_is_no_period_is_refused(String text) {
        assertThatThrownBy(() -> Period.parse(text)).hasMessageContaining("neither a year");
    }

    private SiteReport report(Period period, Instant now) throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: "inv-{01..10}", profile: pv-inverter, role: pv}
                  - {id: "ups-{a,b}", profile: ups, role: ups}
                  - {id: inlet-1, profile: inlet-sensor, role: room}
                  - {id: edge-1, profile: agent, role: room}
                """);
        return SiteReport.of(model, Factors.SHIPPED, period, windows, now);
    }

    private static String english(SiteReport report) {
        return HtmlReport.of(report, Language.of(ReportFiles.Lang.EN));
    }

    private static SiteWindow.Builder year() {
        return window("1y", LocalDate.of(2025, 1, 1));
    }

    private static SiteWindow.Builder month(int month) {
        return window("1mo", LocalDate.of(2025, month, 1));
    }

    private static SiteWindow.Builder window(String length, LocalDate first) {
        String average = Factors.SHIPPED
                .at("ember-2024", first.atStartOfDay(ZONE).toInstant())
                .map(factor -> factor.id() + "@" + factor.version())
                .orElseThrow();
        return SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow(length)
                .setStartMs(first.atStartOfDay(ZONE).toInstant().toEpochMilli())
                .setState(WindowState.FINAL)
                .setCoverage(0.9987)
                .setPue(1.312)
                .setPueCategory("PUE3")
                .setPue1(1.25)
                .setEnergyDcMj(9_000_000 * KWH)
                .setEnergyIt1Mj(7_200_000 * KWH)
                .setEnergyIt3Mj(6_860_000 * KWH)
                .setEnergyPvMj(713_000 * KWH)
                .setEnergySelfMj(713_000 * KWH)
                .setSelfConsumption(1)
                .setRef(0.0792)
                .setCo2AvoidedUg(412_000_000_000_000L)
                .setFactorAverage(average);
    }

    private static Optional<Double> value(List<Figure> figures, String key) {
        return figures.stream()
                .filter(figure -> figure.key().equals(key))
                .findFirst()
                .filter(figure -> figure.value().isPresent())
                .map(figure -> figure.value().getAsDouble());
    }

    private static List<List<String>> csv(SiteReport report) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : CsvReport.of(report).split("\r\n", -1)) {
            if (!line.isEmpty()) {
                rows.add(fields(line));
            }
        }
        return rows;
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private static Set<String> keys(String language) throws IOException {
        Properties texts = new Properties();
        try (var in = SiteReportTest.class.getResourceAsStream("/heliograph/report_" + language + ".properties")) {
            texts.load(new InputStreamReader(Objects.requireNonNull(in), UTF_8));
        }
        return new TreeSet<>(texts.stringPropertyNames());
    }
}
