package org.heliograph.streams.report;

import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.util.XRLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.heliograph.streams.factor.Factors;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Topics;

/** Makes a report's three files. */
public final class ReportFiles {
    private ReportFiles() {}

    /** What a report may be written in. */
    public enum Lang {
        EN,
        FR
    }

    /**
     * What was written.
     *
     * @param isKnown whether the whole period's window is there; if not, its figures are said to be absent
     * @param isInterim whether its PUE isn't an annual one
     */
    public record Written(List<Path> files, boolean isKnown, boolean isInterim) {
        public Written {
            files = List.copyOf(files);
        }
    }

    /**
     * Reads the site's windows and writes {@code report-SITE-PERIOD.html}, {@code .pdf} and {@code .csv}.
     *
     * @param kafka client settings, at least {@code bootstrap.servers}
     * @param topics of which hg.kpi and hg.live are read
     * @throws KafkaException if the windows can't be read
     */
    public static Written write(
            Map<String, Object> kafka,
            Topics topics,
            SiteModel model,
            Factors factors,
            Period period,
            Lang lang,
            Path folder,
            Instant now)
            throws IOException {
        StatedWindows windows = StatedWindows.read(kafka, topics, model.site());
        return write(SiteReport.of(model, factors, period, windows, now), lang, folder);
    }

    static Written write(SiteReport report, Lang lang, Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = "report-" + report.site() + "-" + report.period().whole().label();
        String html = HtmlReport.of(report, Language.of(lang));
        Path page = Files.writeString(folder.resolve(name + ".html"), html);
        Path csv = Files.writeString(folder.resolve(name + ".csv"), CsvReport.of(report));
        Path pdf = folder.resolve(name + ".pdf");
        XRLog.setLoggingEnabled(false); // which tells each run how it renders
        try (OutputStream out = Files.newOutputStream(pdf)) {
            PdfRendererBuilder renderer = new PdfRendererBuilder();
            renderer.withHtmlContent(html, null);
            renderer.withProducer("Heliograph");
            renderer.toStream(out);
            renderer.run();
        }
        return new Written(List.of(page, pdf, csv), report.whole().isPresent(), report.isInterim());
    }
}
