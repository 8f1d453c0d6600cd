package org.heliograph.streams.report;

import java.util.List;
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
        window(out, report, "period", whole, stated);
        text(out, report, "period", whole, "factor_average", stated.getFactorAverage());
        text(out, report, "period", whole, "factor_marginal", stated.getFactorMarginal());
        text(out, report, "period", whole, "factor_fuel", stated.getFactorFuel());
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
        report.live().stream().flatMap(live -> live.getLossesList().stream()).forEach(loss -> {
            String agent = loss.getAgent();
            line(out, report, "losses", whole, "expected " + agent, Long.toString(loss.getExpected()), "packs");
            line(out, report, "losses", whole, "missing " + agent, Long.toString(loss.getMissing()), "packs");
            line(out, report, "losses", whole, "reported " + agent, Long.toString(loss.getReported()), "packs");
            line(out, report, "losses", whole, "unnumbered " + agent, Long.toString(loss.getUnnumbered()), "packs");
        });
        return out.toString();
    }

    private static void window(
            StringBuilder out, SiteReport report, String section, Period.Span window, SiteWindow stated) {
        boolean present = !stated.getSite().isEmpty();
        line(out, report, section, window, "coverage", present ? Double.toString(stated.getCoverage()) : "", "");
        String state = report.hasStopped(stated) ? "STOPPED" : stated.getState().name();
        text(out, report, section, window, "state", present ? state : "");
        text(out, report, section, window, "estimated", present ? Boolean.toString(stated.getEstimated()) : "");
        text(out, report, section, window, "revision", present ? Integer.toString(stated.getRevision()) : "");
        text(out, report, section, window, "cause", stated.getCause());
        text(out, report, section, window, "pue_category", stated.getPueCategory());
    }

    private static void figure(
            StringBuilder out, SiteReport report, String section, Period.Span window, Figure figure) {
        String value =
                figure.value().isPresent() ? Double.toString(figure.value().getAsDouble()) : "";
        line(out, report, section, window, figure.key(), value, figure.unit());
        if (figure.isPartial()) {
            line(out, report, section, window, figure.key() + "_coverage", Double.toString(figure.coverage()), "");
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
        out.append(String.join(
                        ",",
                        quoted(report.site()),
                        section,
                        window.length(),
                        window.first().toString(),
                        quoted(name),
                        quoted(value),
                        quoted(unit)))
                .append(END);
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
