package org.heliograph.streams.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.heliograph.streams.alert.AlertSettings;
import org.heliograph.streams.factor.FactorFile;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.Feed;
import org.heliograph.streams.health.HealthSettings;
import org.heliograph.streams.influx.SinkSettings;
import org.heliograph.streams.page.PageSettings;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.heliograph.telemetry.yaml.Flaw;
import org.heliograph.telemetry.yaml.Flaws;
import org.heliograph.telemetry.yaml.Section;

/**
 * What {@code streams.yaml} says.
 *
 * @param sites the site models to publish at the start; paths in the file are relative to it
 * @param factors the emission factors to publish at the start: those that ship with the product, and the files'
 * @param health where the process answers for itself, page or no page; empty for nowhere
 */
public record StreamsSettings(
        KafkaSettings kafka,
        List<SiteText> sites,
        Factors factors,
        EngineSection engine,
        SinkSettings sink,
        PageSettings page,
        AlertSettings alerts,
        Optional<HealthSettings> health) {
    /** What of a device's minute is stored beside its id. */
    private static final int MINUTE_BYTES = 30;

    /** A record is at most 1 MiB for Kafka, and devices share partitions unevenly. */
    private static final long MOST_MINUTE_BYTES = 800_000;

    /** @throws ConfigurationException with all flaws of the file and of the site and factor files that it names */
    public static StreamsSettings read(Path file) throws ConfigurationException {
        Flaws flaws = new Flaws();
        Section top = Section.of(file, flaws);
        KafkaSettings kafka = KafkaSettings.read(top.section("kafka"));
        Factors factors = Factors.SHIPPED;
        for (Path more : top.list("factors", top::resolved)) {
            if (top.isThere("factors", more)) {
                factors = factors.plus(FactorFile.read(Section.of(more, flaws)));
            }
        }
        List<SiteText> sites = sites(top, factors, flaws);
        EngineSection engine = EngineSection.read(top.section("engine"));
        if (engine.enabled()) {
            sites.forEach(site ->
                    tooLarge(site.model(), engine.devicePartitions()).ifPresent(flaw -> top.flaw("sites", flaw)));
        }
        SinkSettings sink = SinkSettings.read(top.section("sink"));
        PageSettings page = PageSettings.read(top.section("page"));
        AlertSettings alerts = AlertSettings.read(top.section("alerts"), flaws);
        Optional<HealthSettings> health = HealthSettings.read(top);
        top.finish();
        flaws.throwIfAny();
        return new StreamsSettings(kafka, List.copyOf(sites), factors, engine, sink, page, alerts, health);
    }

    /** Each under its own name: of two models of one site only one can be in force. */
    private static List<SiteText> sites(Section top, Factors factors, Flaws flaws) {
        List<SiteText> sites = new ArrayList<>();
        Map<String, Path> files = new HashMap<>();
        for (Path file : top.list("sites", top::resolved)) {
            if (top.isThere("sites", file)) {
                site(file, factors, flaws).ifPresent(read -> {
                    String site = read.model().site();
                    Path other = files.putIfAbsent(site, file);
                    if (other != null) {
                        top.flaw("sites", file + " and " + other + " both describe the site '" + site + "'");
                    }
                    sites.add(read);
                });
            }
        }
        return sites;
    }

    /** An engine keeps a minute of those of a site's devices that are of one partition as one record. */
    private static Optional<String> tooLarge(SiteModel site, int partitions) {
        Set<String> ids = site.devices().stream().map(Device::id).collect(Collectors.toSet());
        long bytes = ids.stream().mapToLong(id -> id.length() + MINUTE_BYTES).sum() / partitions;
        return bytes > MOST_MINUTE_BYTES
                ? Optional.of(
                        "'" + site.site() + "' has " + ids.size() + " devices: too many for engine.devicePartitions, "
                                + partitions + ". " + Math.ceilDiv(bytes * partitions, MOST_MINUTE_BYTES)
                                + " are enough, on an hg.telemetry that has as many")
                : Optional.empty();
    }

    /** Reads a site model on its own, judged as those that the configuration names. */
    public SiteText readSite(Path file) throws ConfigurationException {
        Flaws flaws = new Flaws();
        Optional<SiteText> site = site(file, factors, flaws);
        flaws.throwIfAny();
        return site.orElseThrow();
    }

    private static Optional<SiteText> site(Path file, Factors known, Flaws flaws) {
        try {
            SiteModel model = SiteFile.read(file);
            checkFactors(file, known, flaws);
            // anew by its section: a flaw of the model doesn't know its line
            SiteFile.tooLate(file.toString(), model)
                    .ifPresent(flaw -> Section.of(file, flaws).flaw(flaw.field(), flaw.message()));
            return Optional.of(new SiteText(
                    model,
                    Files.readString(file),
                    Files.getLastModifiedTime(file).toInstant()));
        } catch (ConfigurationException e) {
            e.flaws().forEach(flaws::add);
        } catch (IOException e) {
            flaws.add(new Flaw(file.toString(), 0, "", "can't be read: " + e));
        }
        return Optional.empty();
    }

    private static void checkFactors(Path file, Factors known, Flaws flaws) {
        for (Section section : Section.of(file, flaws).oneOrMoreSections("factors")) { // anew, for its lines
            checkFactors(section, known);
        }
    }

    private static void checkFactors(Section section, Factors known) {
        FactorChoice choice = FactorChoice.read(section);
        var chosen = Map.of("average", choice.average(), "marginal", choice.marginal(), "fuel", choice.fuel());
        chosen.forEach((field, ids) -> {
            for (String id : ids) {
                if (!known.knows(id) && Feed.of(id).isEmpty()) {
                    section.flaw(
                            field,
                            "'" + id + "' is not an emission factor; factors: " + known.ids()
                                    + ", or a series: electricitymaps-ZONE, watttime-REGION");
                }
            }
        });
    }
}
