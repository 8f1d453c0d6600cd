package org.heliograph.streams;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.heliograph.streams.config.SiteText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heliograph streams check}. */
@Command(
        name = "check",
        description = "Check a configuration and the site models that it names, without running anything.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  ./heliograph streams check streams.yaml"})
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration. Default: ${DEFAULT-VALUE}")
    private Path config = Path.of("streams.yaml");

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(config, spec, settings -> {
            PrintWriter out = spec.commandLine().getOut();
            for (SiteText site : settings.sites()) {
                out.println("site " + site.model().site() + ": "
                        + site.model().devices().size() + " devices, zone "
                        + site.model().zone());
            }
            out.println("alerts: "
                    + (settings.alerts().enabled()
                            ? settings.alerts().rules().rules().size() + " rules"
                            : "off"));
            out.println(config + ": ok");
            return Main.OK;
        });
    }
}
