package org.heliograph.streams.report;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** How a report's figures and windows are put into the words of a language. */
final class Wording {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final SiteReport report;
    private final Language language;
    private final ZoneId zone;

    Wording(SiteReport report, Language language) {
        this.report = report;
        this.language = language;
        zone = ZoneId.of(report.zone());
    }

    String title() {
        return language.text("title") + " " + report.site() + " "
                + report.period().whole().label();
    }

    String period() {
        return language.text("period") + " " + time(report.period().whole().start(zone)) + " – "
                + time(report.period().end(zone)) + " (" + report.zone() + "). " + language.text("made") + " "
                + time(report.made()) + ".";
    }

    /** How far the whole period can be believed. */
    String whole(SiteWindow window) {
        return language.saying("state", state(window)) + ". "
                + language.saying("coverage", language.coverage(window.getCoverage())) + ". "
                + report.least().map(this::least).orElse("")
                + language.text(window.getEstimated() ? "estimated.yes" : "estimated.no")
                + (window.getEstimatedShare() > 0
                        ? " " + language.saying("estimated.share", language.estimated(window.getEstimatedShare())) + "."
                        : "");
    }

    private String least(Figure figure) {
        return language.saying("least", name(figure) + " " + language.coverage(figure.coverage())) + ". ";
    }

    /** The PUE says whether it is an interim one, and its category. */
    String name(Figure figure) {
        String name = language.text(figure.key());
        if (!figure.key().matches("pue[123]?|eu_pue")) {
            return name;
        }
        String category = report.whole().map(SiteWindow::getPueCategory).orElse("");
        return (report.isInterim() ? "i" : "")
                + name
                + (figure.key().equals("pue") && !category.isEmpty() ? " (" + category + ")" : "");
    }

    /** With its unit. */
    String value(Figure figure) {
        return value(figure, figure.unit());
    }

    /** Without its unit. */
    Optional<String> bareValue(Figure figure) {
        return figure.value().isPresent() ? Optional.of(value(figure, "")) : Optional.empty();
    }

    private String value(Figure figure, String unit) {
        boolean share = figure.key().matches("self_consumption|self_sufficiency|co2_coverage");
        return share && figure.value().isPresent()
                ? language.percent(figure.value().getAsDouble())
                : language.number(figure.value(), figure.decimals(), unit);
    }

    /** How much of the period a figure covers, where it isn't all of it. */
    String extent(Figure figure) {
        return figure.isPartial() ? language.text("partial") + " " + language.coverage(figure.coverage()) : "";
    }

    String state(SiteWindow window) {
        return switch (window.getState()) {
            case PROVISIONAL -> language.text(report.hasStopped(window) ? "state.stopped" : "state.provisional");
            case FINAL -> language.text("state.final");
            case REVISED -> language.text("state.revised") + " " + window.getRevision();
            case WINDOW_STATE_UNSPECIFIED, UNRECOGNIZED -> language.text("unknown");
        };
    }

    /** @param kind of the factor: {@code average} */
    String factor(String kind, String name) {
        return language.saying("factor." + kind, name.isEmpty() ? language.text("unknown") : name);
    }

    /** In the site's zone. */
    String time(Instant moment) {
        return TIME.withZone(zone).format(moment);
    }
}
