package org.heliograph.streams;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.config.StreamsSettings;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.Flaw;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heliograph streams check}. */
@Command(
        name = "check",
        description = "Check a configuration and the site models that it names, without running anything.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Warns of a site outside Morocco that uses the grid factors that ship, which are Morocco's, and of inverters "
                    + "on a site without a location, of sources beside a utility meter without an export counter, of a "
                    + "parent that isn't there while its device is, of a serial number that two devices have, and of "
                    + "sites and areas in alert rules that no site model has.",
            "",
            "Example:",
            "  ./heliograph streams check streams.yaml"
        })
final class CheckCommand implements Callable<Integer> {
    private static final ZoneId MOROCCO = ZoneId.of("Africa/Casablanca");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(config.path(), spec, Main.WRONG, settings -> {
            PrintWriter out = spec.commandLine().getOut();
            for (SiteText site : settings.sites()) {
                int devices = site.model().devices().size();
                out.println("site " + site.model().site() + ": " + devices + (devices == 1 ? " device" : " devices")
                        + ", zone " + site.model().zone());
                warnings(site.model())
                        .forEach(warning ->
                                out.println("warning: site " + site.model().site() + ": " + warning));
            }
            strangers(settings).forEach(stranger -> out.println("warning: " + stranger));
            out.println("alerts: "
                    + (settings.alerts().enabled()
                            ? settings.alerts().rules().rules().size() + " rules"
                            : "off"));
            out.println(config.path() + ": ok");
            return Main.OK;
        });
    }

    /** What alert rules name and no site model has: models may be published from elsewhere, so it needn't be wrong. */
    private static List<Flaw> strangers(StreamsSettings settings) {
        List<SiteModel> models = settings.sites().stream().map(SiteText::model).toList();
        return models.isEmpty() || !settings.alerts().enabled()
                ? List.of()
                : settings.alerts().rules().strangers(models);
    }

    private static List<String> warnings(SiteModel model) {
        List<String> warnings = new ArrayList<>();
        List<String> foreign = moroccanFactors(model);
        if (!foreign.isEmpty()) {
            warnings.add("its CO2 is computed with Morocco's grid factors (" + String.join(", ", foreign)
                    + "); name those of its own grid under 'factors' in the site model (docs/factors.md)");
        }
        boolean hasSun = model.devices().stream().anyMatch(device -> device.role() == Role.PV);
        if (hasSun && model.location().equals(SiteModel.Location.UNKNOWN)) {
            warnings.add("it has inverters and no 'location': they will count as silent every night "
                    + "(docs/figures.md, inverters at night)");
        }
        warnings.addAll(SiteDoubts.of(model));
        return warnings;
    }

    /** The grid factors that a site gets without asking, where it isn't in the country that they are of. */
    private static List<String> moroccanFactors(SiteModel model) {
        if (model.zone().equals(MOROCCO)) {
            return List.of();
        }
        FactorChoice moroccan = FactorChoice.DEFAULT;
        return model.factors().since(Instant.now()).stream()
                .flatMap(choice -> Stream.concat(
                        choice.average().stream().filter(moroccan.average()::contains),
                        choice.marginal().stream().filter(moroccan.marginal()::contains)))
                .distinct()
                .toList();
    }
}
