package org.heliograph.streams.report;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** The report as one page of XHTML that needs nothing else; the PDF is made of the same. */
final class HtmlReport {
    private static final String STYLE = """
            @page { size: A4; margin: 16mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages);
              font: 8pt Helvetica, Arial, sans-serif; color: #555; } }
            body { font: 10pt/1.4 Helvetica, Arial, sans-serif; color: #1b1f24; background: #fff; max-width: 62em;
              margin: 1.5em auto; padding: 0 1em; }
            h1 { font-size: 19pt; margin: 0; } h2 { font-size: 12.5pt; margin: 1.6em 0 .4em;
              border-bottom: 1px solid #b7bec7; page-break-after: avoid; -fs-page-break-min-height: 40mm; }
            p { margin: .3em 0 .6em; } .sub, .note { color: #4a525c; } .note { font-size: 8.5pt; }
            .badge { border: 1px solid #b35900; color: #8a4500; padding: 1px 6px; font-weight: bold; }
            .badge.final { border-color: #2b7a3d; color: #1f5f2e; }
            table { border-collapse: collapse; width: 100%; font-size: 9pt; -fs-table-paginate: paginate; }
            tr { page-break-inside: avoid; }
            th, td { text-align: left; padding: 3px 6px; border-bottom: 1px solid #dde1e6; vertical-align: top; }
            th.n, td.n { text-align: right; } th.n, td.n, td.w { white-space: nowrap; }
            td.unknown { color: #6b7280; font-style: italic; }
            .big td { border: 1px solid #c9d0d8; width: 25%; } .big b { display: block; font-size: 16pt; }
            .bar { background: #3c78b4; height: 9px; } .bar.open { background: #9aa4af; }
            td.chart { width: 14%; } table.parts { font-size: 7.5pt; } .parts th, .parts td { padding: 3px 3px; }
            """;

    private final SiteReport report;
    private final Language language;
    private final ZoneId zone;
    private final StringBuilder out = new StringBuilder();

    private HtmlReport(SiteReport report, Language language) {
        this.report = report;
        this.language = language;
        zone = ZoneId.of(report.zone());
    }

    static String of(SiteReport report, Language language) {
        return new HtmlReport(report, language).page();
    }

    private String page() {
        String title =
                t("title") + " " + report.site() + " " + report.period().whole().label();
        out.append("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"")
                .append(language.tag())
                .append("\"><head><meta charset=\"utf-8\"/>")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>")
                .append(escaped(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n");
        head();
        tiles();
        figures("section.performance", report.performance());
        figures("section.energy", report.energies());
        figures("section.carbon", report.carbon());
        factors();
        parts();
        points();
        restatements();
        gaps();
        figures("section.regulation", report.regulation());
        paragraph("section.unmeasured", t("unmeasured"));
        out.append("</body></html>\n");
        return out.toString();
    }

    private void head() {
        Optional<SiteWindow> whole = report.whole();
        out.append("<p class=\"sub\">")
                .append(escaped(t("period") + " " + time(report.period().whole().start(zone)) + " – "
                        + time(report.period().end(zone)) + " (" + report.zone() + "). " + t("made") + " "
                        + time(report.made()) + "."))
                .append("</p>\n<p>");
        out.append("<span class=\"badge")
                .append(report.isInterim() ? "" : " final")
                .append("\">")
                .append(escaped(t(report.isInterim() ? "interim" : "annual")))
                .append("</span> ");
        if (whole.isEmpty()) {
            out.append(escaped(t("none")));
        } else {
            SiteWindow w = whole.get();
            out.append(escaped(language.saying("state", state(w)) + ". "
                    + language.saying("coverage", language.coverage(w.getCoverage())) + ". "
                    + report.least()
                            .map(figure ->
                                    language.saying("least", name(figure) + " " + language.coverage(figure.coverage()))
                                            + ". ")
                            .orElse("")
                    + t(w.getEstimated() ? "estimated.yes" : "estimated.no")
                    + (w.getEstimatedShare() > 0
                            ? " " + language.saying("estimated.share", language.estimated(w.getEstimatedShare())) + "."
                            : "")));
        }
        out.append("</p>\n");
        if (!report.ofOtherZone().isEmpty()) {
            String labels = report.ofOtherZone().stream()
                    .map(part -> part.window().label())
                    .collect(Collectors.joining(", "));
            out.append("<p class=\"note\">")
                    .append(escaped(language.saying("zone.other", labels)))
                    .append("</p>\n");
        }
    }

    private void tiles() {
        List<Figure> all = Stream.of(report.performance(), report.energies(), report.carbon())
                .flatMap(List::stream)
                .toList();
        out.append("<table class=\"big\"><tr>");
        for (String key : List.of("pue", "co2_avoided", "self_consumption", "energy_dc")) {
            Figure figure = all.stream()
                    .filter(one -> one.key().equals(key))
                    .findFirst()
                    .orElseThrow();
            out.append("<td>")
                    .append(escaped(name(figure)))
                    .append("<b>")
                    .append(escaped(value(figure, figure.unit())))
                    .append("</b>")
                    .append(extent(figure))
                    .append("</td>");
        }
        out.append("</tr></table>\n");
    }

    private void figures(String section, List<Figure> figures) {
        heading(section);
        out.append("<table>\n");
        for (Figure figure : figures) {
            out.append("<tr><td>")
                    .append(escaped(name(figure)))
                    .append(language.note(figure.key())
                            .map(note -> "<div class=\"note\">" + escaped(note) + "</div>")
                            .orElse(""))
                    .append("</td>")
                    .append(cell(figure))
                    .append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private void factors() {
        heading("section.factors");
        SiteWindow w = report.whole().orElse(SiteWindow.getDefaultInstance());
        out.append("<table><thead><tr>");
        List.of("factor", "factor.value", "factor.source").forEach(key -> th(key, key.equals("factor.value")));
        out.append("</tr></thead><tbody>\n");
        for (UsedFactor used : report.factors()) {
            OptionalDouble grams = used.factor().stream()
                    .mapToDouble(factor -> factor.microgramsPerKilowattHour() / 1e6)
                    .findFirst();
            out.append("<tr><td>")
                    .append(escaped(used.name()))
                    .append("</td><td class=\"n\">")
                    .append(escaped(language.number(grams, 2, "g/kWh")))
                    .append("</td><td>")
                    .append(escaped(used.factor().map(EmissionFactor::source).orElse(t("factor.gone"))))
                    .append("</td></tr>\n");
        }
        out.append("</tbody></table>\n<p class=\"note\">");
        out.append(escaped(t("factor.used") + " " + named("average", w.getFactorAverage()) + "; "
                        + named("marginal", w.getFactorMarginal()) + "; " + named("fuel", w.getFactorFuel())))
                .append("</p>\n");
        if (!report.mixedFactors().isEmpty()) {
            out.append("<p>")
                    .append(escaped(language.saying("factor.mixed", String.join(", ", report.mixedFactors()))))
                    .append("</p>\n");
        }
    }

    private String named(String kind, String factor) {
        return language.saying("factor." + kind, factor.isEmpty() ? t("unknown") : factor);
    }

    private void parts() {
        heading(report.period().isYear() ? "section.months" : "section.days");
        double most = report.parts().stream()
                .flatMap(part -> part.stated().stream())
                .mapToDouble(SiteWindow::getEnergyDcMj)
                .max()
                .orElse(0);
        out.append("<table class=\"parts\"><thead><tr>");
        th("part", false);
        for (Figure figure : SiteReport.ofPart(SiteWindow.getDefaultInstance())) {
            out.append("<th class=\"n\">")
                    .append(escaped(t(figure.key() + ".short")))
                    .append(figure.unit().isEmpty() ? "" : "<br/>" + figure.unit())
                    .append("</th>");
        }
        th("coverage", true);
        th("state", false);
        out.append("<th class=\"chart\">").append(escaped(t("energy_dc.short"))).append("</th></tr></thead><tbody>\n");
        report.parts().forEach(part -> part(part, most));
        out.append("</tbody></table>\n<p class=\"note\">")
                .append(escaped(t("chart.note")))
                .append(report.parts().stream().anyMatch(HtmlReport::isBehind) ? " " + escaped(t("part.partial")) : "")
                .append("</p>\n");
    }

    private void part(SiteReport.Part part, double most) {
        SiteWindow w = part.stated().orElse(SiteWindow.getDefaultInstance());
        out.append("<tr><td class=\"w\">")
                .append(escaped(part.window().label()))
                .append("</td>");
        for (Figure figure : SiteReport.ofPart(w)) {
            out.append("<td class=\"n\">")
                    .append(figure.value().isPresent() ? escaped(value(figure, "")) : "–")
                    .append(isBehind(figure, w) ? "*" : "")
                    .append("</td>");
        }
        boolean open = w.getState() == WindowState.PROVISIONAL;
        out.append("<td class=\"n\">")
                .append(part.stated().isPresent() ? escaped(language.coverage(w.getCoverage())) : "–")
                .append("</td><td class=\"w\">")
                .append(escaped(
                        open ? t("state.open") : part.stated().map(this::state).orElse(t("none.short"))))
                .append("</td><td class=\"chart\">");
        if (w.hasEnergyDcMj() && most > 0) {
            out.append(String.format(
                    Locale.ROOT,
                    "<div class=\"bar%s\" style=\"width:%.1f%%\"></div>",
                    open ? " open" : "",
                    w.getEnergyDcMj() / most * 100));
        }
        out.append("</td></tr>\n");
    }

    private static boolean isBehind(SiteReport.Part part) {
        return part.stated()
                .filter(window -> SiteReport.ofPart(window).stream().anyMatch(figure -> isBehind(figure, window)))
                .isPresent();
    }

    /** Whether a figure is of fewer minutes than the coverage beside it says. */
    private static boolean isBehind(Figure figure, SiteWindow window) {
        return figure.isPartial() && figure.coverage() < window.getCoverage();
    }

    private void points() {
        heading("section.points");
        out.append("<table>\n");
        report.points()
                .forEach((role, count) -> out.append("<tr><td>")
                        .append(escaped(t("role." + role.label())))
                        .append("</td><td class=\"n\">")
                        .append(count)
                        .append("</td></tr>\n"));
        out.append("</table>\n<p class=\"note\">")
                .append(escaped(t("points.note")))
                .append("</p>\n");
    }

    private void restatements() {
        heading("section.restatements");
        if (report.restated().isEmpty()) {
            out.append("<p>").append(escaped(t("restatements.none"))).append("</p>\n");
            return;
        }
        out.append("<table><thead><tr>");
        th("part", false);
        th("revision", true);
        th("cause", false);
        out.append("</tr></thead><tbody>\n");
        for (SiteReport.Restated restated : report.restated()) {
            out.append("<tr><td>")
                    .append(escaped(restated.window().label()))
                    .append("</td><td class=\"n\">")
                    .append(restated.stated().getRevision())
                    .append("</td><td>")
                    .append(escaped(language.cause(restated.stated().getCause())))
                    .append("</td></tr>\n");
        }
        out.append("</tbody></table>\n");
    }

    private void gaps() {
        List<AgentLoss> losses = report.live().map(SiteLive::getLossesList).orElse(List.of());
        if (report.live().isEmpty() || losses.isEmpty()) {
            paragraph("section.gaps", t("gaps.absent"));
            return;
        }
        heading("section.gaps");
        out.append("<table><thead><tr>");
        th("gaps.agent", false);
        List.of("gaps.expected", "gaps.missing", "gaps.reported", "gaps.unnumbered")
                .forEach(key -> th(key, true));
        out.append("</tr></thead><tbody>\n");
        for (AgentLoss loss : losses) {
            out.append("<tr><td>").append(escaped(loss.getAgent())).append("</td>");
            for (long count :
                    new long[] {loss.getExpected(), loss.getMissing(), loss.getReported(), loss.getUnnumbered()}) {
                out.append("<td class=\"n\">")
                        .append(language.number(OptionalDouble.of((double) count), 0, ""))
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        String asOf = time(Instant.ofEpochMilli(report.live().get().getTimeMs()));
        out.append("</tbody></table>\n<p class=\"note\">")
                .append(escaped(t("gaps.note") + " " + asOf + "."))
                .append("</p>\n");
    }

    private void paragraph(String section, String text) {
        heading(section);
        out.append("<p>").append(escaped(text)).append("</p>\n");
    }

    private void heading(String section) {
        out.append("<h2>").append(escaped(t(section))).append("</h2>\n");
    }

    private void th(String key, boolean number) {
        out.append(number ? "<th class=\"n\">" : "<th>").append(escaped(t(key))).append("</th>");
    }

    /** The PUE says whether it is an interim one, and its category. */
    private String name(Figure figure) {
        String name = t(figure.key());
        if (!figure.key().matches("pue[123]?|eu_pue")) {
            return name;
        }
        String category = report.whole().map(SiteWindow::getPueCategory).orElse("");
        return (report.isInterim() ? "i" : "")
                + name
                + (figure.key().equals("pue") && !category.isEmpty() ? " (" + category + ")" : "");
    }

    private String value(Figure figure, String unit) {
        boolean share = figure.key().matches("self_consumption|self_sufficiency|co2_coverage");
        return share && figure.value().isPresent()
                ? language.percent(figure.value().getAsDouble())
                : language.number(figure.value(), figure.decimals(), unit);
    }

    private String cell(Figure figure) {
        return (figure.value().isPresent() ? "<td class=\"n\">" : "<td class=\"n unknown\">")
                + escaped(value(figure, figure.unit())) + extent(figure) + "</td>";
    }

    /** How much of the period a figure covers, where it isn't all of it. */
    private String extent(Figure figure) {
        return figure.isPartial()
                ? "<div class=\"note\">" + escaped(t("partial") + " " + language.coverage(figure.coverage())) + "</div>"
                : "";
    }

    private String state(SiteWindow window) {
        return switch (window.getState()) {
            case PROVISIONAL -> t(report.hasStopped(window) ? "state.stopped" : "state.provisional");
            case FINAL -> t("state.final");
            case REVISED -> t("state.revised") + " " + window.getRevision();
            case WINDOW_STATE_UNSPECIFIED, UNRECOGNIZED -> t("unknown");
        };
    }

    private String time(Instant moment) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                .withZone(zone)
                .format(moment);
    }

    private String t(String key) {
        return language.text(key);
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> switch (c) {
                    case '<' -> "&lt;";
                    case '>' -> "&gt;";
                    case '&' -> "&amp;";
                    case '"' -> "&quot;";
                    default -> String.valueOf((char) c);
                })
                .collect(Collectors.joining());
    }
}
