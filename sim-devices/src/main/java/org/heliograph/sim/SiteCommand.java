package org.heliograph.sim;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sim site}. */
@Command(
        name = "site",
        description = "Prints the site model of the simulated Casablanca site.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  ./heliograph sim site --racks 10 > site.yaml"})
final class SiteCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--racks", paramLabel = "N", defaultValue = "190", description = "1 to 624 (default: 190)")
    private int racks;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(Casablanca.siteYaml(racks));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
