package org.heliograph.lab;

import java.time.Instant;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;

/** The weather goes by the date and the seed, and what is tested today has to be tested tomorrow. */
public final class Sky {
    private static final int MOST_SEEDS = 100;

    private Sky() {}

    /** The plan with the first seed under which its first hours, up to a moment, are as wanted. */
    public static Plan under(Plan plan, Instant to, Predicate<Ledger> isWanted) throws ConfigurationException {
        Layout layout = Layout.of(SiteFile.parse("site.yaml", plan.siteYaml()), plan.start());
        return LongStream.rangeClosed(1, MOST_SEEDS)
                .filter(seed -> isWanted.test(Ledger.of(new Plant(layout, seed, plan.itLoad()), plan.start(), to)))
                .mapToObj(plan::withSeed)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such weather at " + plan.start()));
    }
}
