package org.heliograph.streams.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * The report as a table of RFC 4180: a figure in each line, of the whole period and of each of its parts, with all the
 * digits there are. The names don't depend on the language. An absent figure is an empty value.
 */
final class CsvReport {
    private static final String END = "\r\n";

    private CsvReport() {}

    static String of(SiteReport report) {
        StringBuilder out = new StringBuilder("site,section,window,from,figure,value,unit").append(END);
        Period.Span whole = report.period().whole();
        SiteWindow stated = report.whole().orElse(SiteWindow.getDefaultInstance());
        text(out, report, "period", whole, "interim", Boolean.toString(report.isInterim()));
        text(
                out,
                report,
                "period",
                whole,
                "least_covered",
                report.least().map(Figure::key).orElse(""));
        window(out, report, "period", whole, stated);
        text(out, report, "period", whole, "factor_average", stated.getFactorAverage());
        text(out, report, "period", whole, "factor_marginal", stated.getFactorMarginal());
        text(out, report, "period", whole, "factor_fuel", stated.getFactorFuel());
        text(out, report, "period", whole, "mixed_factors", String.join(",", report.mixedFactors()));
        for (UsedFactor used : report.factors()) {
            String grams = used.factor()
                    .map(factor -> number(factor.microgramsPerKilowattHour() / 1e6))
                    .orElse("");
            line(out, report, "factors", whole, used.name(), grams, "g/kWh");
            text(
                    out,
                    report,
                    "factors",
                    whole,
                    used.name() + " source",
                    used.factor().map(EmissionFactor::source).orElse(""));
        }
        List.of(report.performance(), report.energies(), report.carbon())
                .forEach(figures -> figures.forEach(figure -> figure(out, report, "period", whole, figure)));
        report.regulation().forEach(figure -> figure(out, report, "eu-2024-1364", whole, figure));
        for (SiteReport.Part part : report.parts()) {
            SiteWindow window = part.stated().orElse(SiteWindow.getDefaultInstance());
            window(out, report, "part", part.window(), window);
            SiteReport.ofPart(window).forEach(figure -> figure(out, report, "part", part.window(), figure));
        }
        report.points()
                .forEach((role, count) ->
                        line(out, report, "points", whole, role.label(), Integer.toString(count), "devices"));
        report.live().ifPresent(live -> ledger(out, report, live));
        return out.toString();
    }

    /** The ledger belongs to no window: it counts since the engine has listened, as of the moment that stands beside it. */
    private static void ledger(StringBuilder out, SiteReport report, SiteLive live) {
        String asOf = Instant.ofEpochMilli(live.getTimeMs()).toString();
        for (AgentLoss loss : live.getLossesList()) {
            Map<String, Long> counts = new LinkedHashMap<>();
            counts.put("expected", loss.getExpected());
            counts.put("missing", loss.getMissing());
            counts.put("reported", loss.getReported());
            counts.put("unnumbered", loss.getUnnumbered());
            counts.forEach((name, packs) -> row(
                    out, report, "losses-until", "", asOf, name + " " + loss.getAgent(), packs.toString(), "packs"));
        }
    }

    /** All digits, and none of them an exponent: spreadsheets of some languages take that for a text. */
    private static String number(double value) {
        return BigDecimal.valueOf(value).toPlainString();
    }

    private static void window(
            StringBuilder out, SiteReport report, String section, Period.Span window, SiteWindow stated) {
        boolean present = !stated.getSite().isEmpty();
        line(out, report, section, window, "coverage", present ? number(stated.getCoverage()) : "", "");
        boolean isOther = present
                && stated.getStartMs() != window.start(ZoneId.of(report.zone())).toEpochMilli();
        if (isOther) {
            String start = Instant.ofEpochMilli(stated.getStartMs()).toString();
            text(out, report, section, window, "start_of_other_zone", start);
        }
        String state = report.hasStopped(stated) ? "STOPPED" : stated.getState().name();
        text(out, report, section, window, "state", present ? state : "");
        text(out, report, section, window, "estimated", present ? Boolean.toString(stated.getEstimated()) : "");
        String share = stated.hasEstimatedShare() ? number(stated.getEstimatedShare()) : "";
        line(out, report, section, window, "estimated_share", share, "");
        text(out, report, section, window, "revision", present ? Integer.toString(stated.getRevision()) : "");
        text(out, report, section, window, "cause", stated.getCause());
        text(out, report, section, window, "pue_category", stated.getPueCategory());
    }

    private static void figure(
            StringBuilder out, SiteReport report, String section, Period.Span window, Figure figure) {
        String value = figure.value().isPresent() ? number(figure.value().getAsDouble()) : "";
        line(out, report, section, window, figure.key(), value, figure.unit());
        if (figure.isPartial()) {
            line(out, report, section, window, figure.key() + "_coverage", number(figure.coverage()), "");
        }
    }

    private static void text(
            StringBuilder out, SiteReport report, String section, Period.Span window, String name, String value) {
        line(out, report, section, window, name, value, "");
    }

    private static void line(
            StringBuilder out,
            SiteReport report,
            String section,
            Period.Span window,
            String name,
            String value,
            String unit) {
        row(out, report, section, window.length(), window.first().toString(), name, value, unit);
    }

    private static void row(
            StringBuilder out,
            SiteReport report,
            String section,
            String window,
            String from,
            String name,
            String value,
            String unit) {
        out.append(String.join(
                        ",", quoted(report.site()), section, window, from, quoted(name), quoted(value), quoted(unit)))
                .append(END);
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
