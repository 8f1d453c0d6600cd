package org.heliograph.streams;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.streams.report.Period;
import org.heliograph.streams.report.ReportFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph streams report}. */
@Command(
        name = "report",
        description = "Write the report of a site's year or month as HTML, PDF and CSV.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Reads the windows of hg.kpi; no store is needed. Every month, and a year that isn't over or has too low a coverage, "
                    + "is reported as interim. Figures that aren't known are marked as such.",
            "",
            "Examples:",
            "  ./heliograph streams report --site casa1 --period 2026 streams.yaml",
            "  ./heliograph streams report --site casa1 --period 2026-06 --lang fr --out reports streams.yaml"
        })
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Option(
            names = "--site",
            required = true,
            paramLabel = "NAME",
            description = "The name of a site in the configuration.")
    private String site = "";

    @Option(
            names = "--period",
            required = true,
            paramLabel = "PERIOD",
            description = "A year or a month: 2026, 2026-06.")
    private String period = "";

    @Option(names = "--lang", description = "Language: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private ReportFiles.Lang lang = ReportFiles.Lang.EN;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where the files are written. Default: the current folder")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        Period reported;
        try {
            reported = Period.parse(period);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--period: " + e.getMessage(), e);
        }
        return Work.by(config.path(), spec, settings -> write(settings, named(settings), reported));
    }

    private SiteText named(StreamsSettings settings) {
        return settings.sites().stream()
                .filter(one -> one.model().site().equals(site))
                .findFirst()
                .orElseThrow(() -> {
                    String known = settings.sites().stream()
                            .map(one -> one.model().site())
                            .sorted()
                            .collect(Collectors.joining(" "));
                    return new ParameterException(
                            spec.commandLine(),
                            "--site: " + config.path() + " has no site '" + site + "'; it has: " + known);
                });
    }

    private int write(StreamsSettings settings, SiteText found, Period reported) throws IOException {
        ReportFiles.Written written = ReportFiles.write(
                settings.kafka().clientProperties(),
                settings.kafka().topics(),
                found.model(),
                settings.factors(),
                reported,
                lang,
                folder,
                Instant.now());
        written.files().forEach(spec.commandLine().getOut()::println);
        if (!written.isKnown()) {
            spec.commandLine()
                    .getErr()
                    .println("heliograph streams report: no window of "
                            + reported.whole().label() + " was published for " + site + "; the report says so");
        }
        return Main.OK;
    }
}
