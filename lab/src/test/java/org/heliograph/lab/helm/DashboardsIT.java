package org.heliograph.lab.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.InfluxQl;
import org.heliograph.lab.server.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards over a real InfluxDB that the simulated site has filled, through everything. */
class DashboardsIT {
    private static final Duration CADENCE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LIVE = Duration.ofSeconds(20);
    private static final int INSTANTS_PER_PACK = 10;
    private static final int RACKS = 12;

    /** A site without a fault has none, it has no contacts, and at night there is no share of the sun. */
    private static final Set<String> MAY_BE_EMPTY = Set.of(
            "Standing alerts",
            "Alerts raised and cleared",
            "Breakers not closed",
            "Flags",
            "Flagged minutes",
            "Restatements",
            "Self-consumption today",
            "Self-consumption by quarter of an hour",
            "Leak and door contacts");

    @Test
    void every_panel_shows_the_simulated_site(@TempDir Path folder) throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        Instant to = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        Instant from = to.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(2));
        Plan plan = Plan.of(folder, from).withRacks(RACKS).withStore(new Plan.StoreChoice.InfluxDb1());
        try (Pipeline pipeline = Pipeline.start(plan, _ -> {});
                InfluxQl store = new InfluxQl(pipeline.store().url(), "")) {
            pipeline.site().replay(from, to, CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {});
            assertThat(pipeline.awaitWholeMinutes(from, to.minus(Duration.ofMinutes(2)), PATIENCE, _ -> {}))
                    .isTrue();
            pipeline.site().live(to, Instant.now().plus(LIVE));

            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            // each at its moment: what is shown of the last minute is gone before a slow store has the last quarter
            Map<String, Dashboard.Query> empty = expected();
            empty.values().removeIf(query -> showsAnything(query, pipeline, store, from));
            while (!empty.isEmpty() && System.nanoTime() < deadlineNanos) {
                Thread.sleep(POLL); // the last figures are still on their way to the store
                empty.values().removeIf(query -> showsAnything(query, pipeline, store, from));
            }
            assertThat(empty.keySet()).isEmpty();
        }
    }

    /** The queries that should find something, by where they stand. */
    private static Map<String, Dashboard.Query> expected() {
        Map<String, Dashboard.Query> expected = new TreeMap<>();
        for (Dashboard dashboard : Dashboard.all()) {
            for (Dashboard.Query query : dashboard.queries()) {
                boolean ofAGrade = query.figures().stream()
                        .allMatch(figure -> figure.matches(".*, (estimated|provisional|not whole|covered in part)"));
                boolean ofAnotherSite = query.figures().stream()
                        .allMatch(figure ->
                                figure.matches("Generator|Battery|Exported|Auxiliaries|Unexplained|State \\(own\\)"));
                // the first whole day is still open
                boolean mayBeEmpty = MAY_BE_EMPTY.contains(query.toString())
                        || query.toString().endsWith(" by day");
                boolean ofAnotherModel = query.text().contains("'pv-inverter-701'"); // the simulated ones are of 103
                if (!ofAGrade && !ofAnotherModel && !ofAnotherSite && !mayBeEmpty) {
                    expected.put(dashboard + ": " + query + ": " + query.text(), query);
                }
            }
        }
        return expected;
    }

    private static boolean showsAnything(Dashboard.Query query, Pipeline pipeline, InfluxQl store, Instant from) {
        List<Row> rows =
                store.query("heliograph", query.filled(pipeline.site().model().site(), ".*", from, Instant.now()));
        return query.figures().stream().anyMatch(figure -> rows.stream().anyMatch(row -> row.has(figure)));
    }
}
