package org.heliograph.streams.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.report.Xhtml.Cell;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** The report as a page of XHTML, section by section; the PDF is made of the same. */
final class HtmlReport {
    private static final String NONE = "–";

    private final SiteReport report;
    private final Language language;
    private final Wording wording;
    private final Xhtml page;

    private HtmlReport(SiteReport report, Language language) {
        this.report = report;
        this.language = language;
        wording = new Wording(report, language);
        page = new Xhtml(language.tag(), wording.title());
    }

    static String of(SiteReport report, Language language) {
        return new HtmlReport(report, language).page();
    }

    private String page() {
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
        heading("section.unmeasured");
        page.paragraph(t("unmeasured"));
        return page.end();
    }

    private void head() {
        page.paragraph("sub", wording.period());
        page.badged(
                report.isInterim() ? "badge" : "badge final",
                t(report.isInterim() ? "interim" : "annual"),
                report.whole().map(wording::whole).orElse(t("none")));
        if (!report.ofOtherZone().isEmpty()) {
            String labels = report.ofOtherZone().stream()
                    .map(part -> part.window().label())
                    .collect(Collectors.joining(", "));
            page.paragraph("note", language.saying("zone.other", labels));
        }
    }

    private void tiles() {
        List<Figure> all = Stream.of(report.performance(), report.energies(), report.carbon())
                .flatMap(List::stream)
                .toList();
        page.tiles(Stream.of("pue", "co2_avoided", "self_consumption", "energy_dc")
                .map(key -> all.stream()
                        .filter(figure -> figure.key().equals(key))
                        .findFirst()
                        .orElseThrow())
                .map(figure -> Cell.tile(wording.name(figure), wording.value(figure), wording.extent(figure)))
                .toList());
    }

    private void figures(String section, List<Figure> figures) {
        heading(section);
        page.table(figures.stream()
                .map(figure -> List.of(
                        Cell.of(
                                "",
                                wording.name(figure),
                                language.note(figure.key()).orElse("")),
                        Cell.of(
                                figure.value().isPresent() ? "n" : "n unknown",
                                wording.value(figure),
                                wording.extent(figure)))));
    }

    private void factors() {
        heading("section.factors");
        page.table(
                "",
                List.of(head("factor"), numberHead("factor.value"), head("factor.source")),
                report.factors().stream().map(this::factor));
        SiteWindow whole = report.whole().orElse(SiteWindow.getDefaultInstance());
        page.paragraph(
                "note",
                t("factor.used") + " " + wording.factor("average", whole.getFactorAverage()) + "; "
                        + wording.factor("marginal", whole.getFactorMarginal()) + "; "
                        + wording.factor("fuel", whole.getFactorFuel()));
        if (!report.mixedFactors().isEmpty()) {
            page.paragraph(language.saying("factor.mixed", String.join(", ", report.mixedFactors())));
        }
    }

    private List<Cell> factor(UsedFactor used) {
        OptionalDouble grams = used.factor().stream()
                .mapToDouble(factor -> factor.microgramsPerKilowattHour() / 1e6)
                .findFirst();
        return List.of(
                Cell.text(used.name()),
                Cell.number(language.number(grams, 2, "g/kWh")),
                Cell.text(used.factor().map(EmissionFactor::source).orElse(t("factor.gone"))));
    }

    private void parts() {
        heading(report.period().isYear() ? "section.months" : "section.days");
        List<Cell> heads = new ArrayList<>();
        heads.add(head("part"));
        for (Figure figure : SiteReport.ofPart(SiteWindow.getDefaultInstance())) {
            String unit = figure.unit().isEmpty() ? "" : "\n" + figure.unit();
            heads.add(Cell.head("n", t(figure.key() + ".short") + unit));
        }
        heads.add(numberHead("coverage"));
        heads.add(head("state"));
        heads.add(Cell.head("chart", t("energy_dc.short")));
        double most = report.parts().stream()
                .flatMap(part -> part.stated().stream())
                .mapToDouble(SiteWindow::getEnergyDcMj)
                .max()
                .orElse(0);
        page.table("parts", heads, report.parts().stream().map(part -> part(part, most)));
        boolean isAnyBehind = report.parts().stream().anyMatch(HtmlReport::isBehind);
        page.paragraph("note", t("chart.note") + (isAnyBehind ? " " + t("part.partial") : ""));
    }

    /** @param most the energy of the longest bar */
    private List<Cell> part(SiteReport.Part part, double most) {
        SiteWindow window = part.stated().orElse(SiteWindow.getDefaultInstance());
        boolean isOpen = window.getState() == WindowState.PROVISIONAL;
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of("w", part.window().label(), ""));
        for (Figure figure : SiteReport.ofPart(window)) {
            String value = wording.bareValue(figure).orElse(NONE);
            cells.add(Cell.number(value + (isBehind(figure, window) ? "*" : "")));
        }
        cells.add(Cell.number(part.stated().isPresent() ? language.coverage(window.getCoverage()) : NONE));
        String state = part.stated().map(wording::state).orElse(t("none.short"));
        cells.add(Cell.of("w", isOpen ? t("state.open") : state, ""));
        cells.add(
                window.hasEnergyDcMj() && most > 0
                        ? Cell.bar(window.getEnergyDcMj() / most * 100, isOpen)
                        : Cell.of("chart", "", ""));
        return cells;
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
        page.table(report.points().entrySet().stream()
                .map(count -> List.of(
                        Cell.text(t("role." + count.getKey().label())),
                        Cell.number(count.getValue().toString()))));
        page.paragraph("note", t("points.note"));
    }

    private void restatements() {
        heading("section.restatements");
        if (report.restated().isEmpty()) {
            page.paragraph(t("restatements.none"));
            return;
        }
        page.table(
                "",
                List.of(head("part"), numberHead("revision"), head("cause")),
                report.restated().stream()
                        .map(restated -> List.of(
                                Cell.text(restated.window().label()),
                                Cell.number(Integer.toString(restated.stated().getRevision())),
                                Cell.text(language.cause(restated.stated().getCause())))));
    }

    private void gaps() {
        heading("section.gaps");
        List<AgentLoss> losses = report.live().map(SiteLive::getLossesList).orElse(List.of());
        if (report.live().isEmpty() || losses.isEmpty()) {
            page.paragraph(t("gaps.absent"));
            return;
        }
        List<Cell> heads = Stream.concat(
                        Stream.of(head("gaps.agent")),
                        Stream.of("gaps.expected", "gaps.missing", "gaps.reported", "gaps.unnumbered")
                                .map(this::numberHead))
                .toList();
        page.table("", heads, losses.stream().map(this::loss));
        Instant asOf = Instant.ofEpochMilli(report.live().get().getTimeMs());
        page.paragraph("note", t("gaps.note") + " " + wording.time(asOf) + ".");
    }

    private List<Cell> loss(AgentLoss loss) {
        LongStream counts =
                LongStream.of(loss.getExpected(), loss.getMissing(), loss.getReported(), loss.getUnnumbered());
        return Stream.concat(
                        Stream.of(Cell.text(loss.getAgent())),
                        counts.mapToObj(
                                count -> Cell.number(language.number(OptionalDouble.of((double) count), 0, ""))))
                .toList();
    }

    private void heading(String section) {
        page.heading(t(section));
    }

    private Cell head(String key) {
        return Cell.head("", t(key));
    }

    private Cell numberHead(String key) {
        return Cell.head("n", t(key));
    }

    private String t(String key) {
        return language.text(key);
    }
}
