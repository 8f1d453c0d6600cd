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
import org.heliograph.lab.Sky;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.LiveCheck;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.InfluxQl;
import org.heliograph.lab.server.Row;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.telemetry.site.Profile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboards over a real InfluxDB that the simulated site has filled, through everything; and what they show of the
 * moment, beside what its devices have read. The sun is over the site at whatever time this is run, and it exports.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardsIT {
    private static final Duration CADENCE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LIVE = Duration.ofSeconds(15);
    /** Every device of the site reads at a whole multiple of it. */
    private static final long SLOWEST_PERIOD_SECONDS = 10;

    /** The weather has to be fine for as long as it may take to get there. */
    private static final Duration FINE = Duration.ofMinutes(8);

    private static final int INSTANTS_PER_PACK = 10;
    private static final int RACKS = 12;
    private static final double IT_LOAD = 0.1;
    private static final double DEGREES_A_SECOND = 360.0 / 86_400;

    /** A site without a fault has none, and it has no contacts. */
    private static final Set<String> MAY_BE_EMPTY = Set.of(
            "Standing alerts",
            "Alerts raised and cleared",
            "Breakers not closed",
            "Flags",
            "Flagged minutes",
            "Restatements",
            "Leak and door contacts");

    private final Instant to = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    private final Instant from = to.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(2));

    private Pipeline pipeline;
    private InfluxQl store;
    /** When the devices read for the last time. */
    private Instant end = Instant.MAX;

    @BeforeAll
    void run_the_site_up_to_now(@TempDir Path folder) throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        Plan plan = Plan.of(folder, from)
                .withRacks(RACKS)
                .withItLoad(IT_LOAD)
                .withLongitude(180 - to.getEpochSecond() % Duration.ofDays(1).toSeconds() * DEGREES_A_SECOND)
                .withStore(new Plan.StoreChoice.InfluxDb1());
        pipeline = Pipeline.start(Sky.under(plan, to.plus(FINE), this::exports), _ -> {});
        store = new InfluxQl(pipeline.store().url(), "");
        pipeline.site().replay(from, to, CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {});
        assertThat(pipeline.awaitWholeMinutes(from, to.minus(Duration.ofMinutes(2)), PATIENCE, _ -> {}))
                .isTrue();
        long soon = Instant.now().plus(LIVE).getEpochSecond() / SLOWEST_PERIOD_SECONDS;
        end = Instant.ofEpochSecond((soon + 1) * SLOWEST_PERIOD_SECONDS);
        pipeline.site().live(to, end);
    }

    private boolean exports(Ledger ledger) {
        return ledger.minutes(to, to.plus(FINE)).stream()
                .allMatch(minute -> minute.exportMillijoules() > 0 && minute.importMillijoules() == 0);
    }

    @AfterAll
    void stop_the_site() {
        if (store != null) {
            store.close();
        }
        if (pipeline != null) {
            pipeline.close();
        }
    }

    @Test
    @Order(1)
    void every_panel_shows_the_simulated_site() throws Exception {
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

    @Test
    @Order(2)
    void live_powers_are_the_sums_of_what_the_devices_read_last_until_they_are_stale() throws Exception {
        Instant firstStale = end.plus(Profile.SHORTEST_PATIENCE);
        Instant allStale = end.plusSeconds(3 * SLOWEST_PERIOD_SECONDS);
        assertAnyIsRight(end, firstStale);
        assertAnyIsRight(firstStale.plusSeconds(1), allStale);
    }

    /** A state of the while shows exactly what it should; waits for it. */
    private void assertAnyIsRight(Instant start, Instant until) throws InterruptedException {
        Instant late = until.plus(PATIENCE);
        List<List<Difference>> states = LiveCheck.of(pipeline).differences(start, until);
        while (states.stream().noneMatch(List::isEmpty) && Instant.now().isBefore(late)) {
            pipeline.requireAlive();
            Thread.sleep(POLL);
            states = LiveCheck.of(pipeline).differences(start, until);
        }
        assertThat(states).as("live states from %s until %s", start, until).anyMatch(List::isEmpty);
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
