package org.heliograph.streams.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * The report as a table of RFC 4180: a figure in each line, of the whole period and of each of its parts, with all the
 * digits there are. The names don't depend on the language. An absent figure is an empty value.
 */
final class CsvReport {
    private static final String END = "\r\n";

    private final SiteReport report;
    private final StringBuilder out = new StringBuilder();

    /** What the lines of a section are of. */
    private record Section(String name, Period.Span window) {}

    private CsvReport(SiteReport report) {
        this.report = report;
    }

    static String of(SiteReport report) {
        return new CsvReport(report).table();
    }

    private String table() {
        out.append("site,section,window,from,figure,value,unit").append(END);
        Section period = ofPeriod("period");
        period(period);
        factors(ofPeriod("factors"));
        List.of(report.performance(), report.energies(), report.carbon()).forEach(figures -> figures(period, figures));
        figures(ofPeriod("eu-2024-1364"), report.regulation());
        for (SiteReport.Part part : report.parts()) {
            Section section = new Section("part", part.window());
            SiteWindow window = part.stated().orElse(SiteWindow.getDefaultInstance());
            window(section, window);
            figures(section, SiteReport.ofPart(window));
        }
        report.points()
                .forEach((role, count) -> line(ofPeriod("points"), role.label(), Integer.toString(count), "devices"));
        report.live().ifPresent(this::ledger);
        return out.toString();
    }

    private Section ofPeriod(String name) {
        return new Section(name, report.period().whole());
    }

    private void period(Section period) {
        SiteWindow stated = report.whole().orElse(SiteWindow.getDefaultInstance());
        text(period, "interim", Boolean.toString(report.isInterim()));
        text(period, "least_covered", report.least().map(Figure::key).orElse(""));
        window(period, stated);
        text(period, "factor_average", stated.getFactorAverage());
        text(period, "factor_marginal", stated.getFactorMarginal());
        text(period, "factor_fuel", stated.getFactorFuel());
        text(period, "mixed_factors", String.join(",", report.mixedFactors()));
    }

    private void factors(Section factors) {
        for (UsedFactor used : report.factors()) {
            String grams = used.factor()
                    .map(factor -> number(factor.microgramsPerKilowattHour() / 1e6))
                    .orElse("");
            line(factors, used.name(), grams, "g/kWh");
            text(
                    factors,
                    used.name() + " source",
                    used.factor().map(EmissionFactor::source).orElse(""));
        }
    }

    private void window(Section section, SiteWindow stated) {
        boolean present = !stated.getSite().isEmpty();
        text(section, "coverage", present ? number(stated.getCoverage()) : "");
        Instant start = section.window().start(ZoneId.of(report.zone()));
        if (present && stated.getStartMs() != start.toEpochMilli()) {
            String other = Instant.ofEpochMilli(stated.getStartMs()).toString();
            text(section, "start_of_other_zone", other);
        }
        String state = report.hasStopped(stated) ? "STOPPED" : stated.getState().name();
        text(section, "state", present ? state : "");
        text(section, "estimated", present ? Boolean.toString(stated.getEstimated()) : "");
        text(section, "estimated_share", stated.hasEstimatedShare() ? number(stated.getEstimatedShare()) : "");
        text(section, "revision", present ? Integer.toString(stated.getRevision()) : "");
        text(section, "cause", stated.getCause());
        text(section, "pue_category", stated.getPueCategory());
    }

    private void figures(Section section, List<Figure> figures) {
        for (Figure figure : figures) {
            String value = figure.value().isPresent() ? number(figure.value().getAsDouble()) : "";
            line(section, figure.key(), value, figure.unit());
            if (figure.isPartial()) {
                text(section, figure.key() + "_coverage", number(figure.coverage()));
            }
        }
    }

    /** The ledger belongs to no window: it counts since the engine has listened, as of the moment that stands beside it. */
    private void ledger(SiteLive live) {
        String asOf = Instant.ofEpochMilli(live.getTimeMs()).toString();
        for (AgentLoss loss : live.getLossesList()) {
            Map<String, Long> counts = new LinkedHashMap<>();
            counts.put("expected", loss.getExpected());
            counts.put("missing", loss.getMissing());
            counts.put("reported", loss.getReported());
            counts.put("unnumbered", loss.getUnnumbered());
            counts.forEach((name, packs) ->
                    row("losses-until", "", asOf, name + " " + loss.getAgent(), packs.toString(), "packs"));
        }
    }

    /** All digits, and none of them an exponent: spreadsheets of some languages take that for a text. */
    private static String number(double value) {
        return BigDecimal.valueOf(value).toPlainString();
    }

    /** A line without a unit. */
    private void text(Section section, String name, String value) {
        line(section, name, value, "");
    }

    private void line(Section section, String name, String value, String unit) {
        Period.Span window = section.window();
        row(section.name(), window.length(), window.first().toString(), name, value, unit);
    }

    private void row(String section, String window, String from, String name, String value, String unit) {
        out.append(String.join(
                        ",", quoted(report.site()), section, window, from, quoted(name), quoted(value), quoted(unit)))
                .append(END);
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
