package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.heliograph.lab.Sky;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.pipeline.GaugeCheck;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.pipeline.Settling;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.InfluxDb;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full site of Casablanca as it begins, with a tenth of its IT, so that it exports at noon: two hours of it, through
 * devices, Mosquitto, agent, Kafka, streams and InfluxDB 1.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SiteHourIT {
    private static final Duration CADENCE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int INSTANTS_PER_PACK = 5;
    private static final double IT_LOAD = 0.1;
    private static final long KILOWATT_HOUR = 3_600_000_000L;

    /** Yesterday noon, at whatever time this is run. */
    private final Instant start = Yesterday.at(12);

    private Pipeline pipeline;

    @BeforeAll
    void startThePipeline(@TempDir Path folder) throws IOException, ConfigurationException {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        assumeTrue(InfluxDb.available(), "influxdb isn't installed");
        Plan plan = Plan.of(folder, start)
                .withItLoad(IT_LOAD)
                .withBroker(Plan.Broker.MOSQUITTO)
                .withStore(new Plan.StoreChoice.InfluxDb1());
        Instant end = start.plus(Duration.ofHours(1));
        pipeline = Pipeline.start(Sky.under(plan, end, ledger -> goesBothWays(ledger.truth(start, end))), _ -> {});
    }

    /** Clouds come and go: it imports for a while, and exports for a while. */
    private static boolean goesBothWays(SiteTruth hour) {
        return hour.importMillijoules() > KILOWATT_HOUR && hour.exportMillijoules() > KILOWATT_HOUR;
    }

    @AfterAll
    void stopThePipeline() {
        if (pipeline != null) {
            pipeline.close();
        }
    }

    @Test
    @Order(1)
    void an_hour_of_import_and_export_comes_out_of_influxdb_equal_to_the_ledger() throws InterruptedException {
        Instant end = start.plus(Duration.ofHours(1));
        pipeline.site().replay(start, end, CADENCE, INSTANTS_PER_PACK, (_, _, _) -> {});

        assertHourEqualsLedger(start, end);
        assertThat(goesBothWays(pipeline.site().ledger().truth(start, end))).isTrue();
    }

    @Test
    @Order(2)
    void an_hour_with_kill_9_of_agent_and_streams_in_the_middle_comes_out_equal_to_the_ledger()
            throws InterruptedException {
        Instant from = start.plus(Duration.ofHours(1));
        Instant end = from.plus(Duration.ofHours(1));
        Deque<Blow> blows = new ArrayDeque<>(List.of(
                new Blow(from.plus(Duration.ofMinutes(20)), pipeline.agent()),
                new Blow(from.plus(Duration.ofMinutes(40)), pipeline.streams())));
        pipeline.site().replay(from, end, CADENCE, INSTANTS_PER_PACK, (reached, _, _) -> {
            // right after a step of the devices: what they said last is still on its way
            if (!blows.isEmpty() && !reached.isBefore(blows.getFirst().at())) {
                blows.removeFirst().strike();
            }
        });

        assertThat(blows).isEmpty();
        assertHourEqualsLedger(from, end);
    }

    /** A process that dies at a moment of the simulated hour, and is started again. */
    private record Blow(Instant at, HeliographProcess victim) {
        void strike() {
            victim.kill();
            victim.restart();
        }
    }

    private void assertHourEqualsLedger(Instant from, Instant to) throws InterruptedException {
        assertThat(pipeline.awaitWholeMinutes(from, to, PATIENCE, _ -> {}))
                .as("every minute arrived whole")
                .isTrue();
        assertThat(Settling.wrong(pipeline, PATIENCE, () -> wrong(from, to))).isEmpty();
        assertThat(pipeline.site().gauges().hours("util-1"))
                .as("there are gauges to compare")
                .hasEntrySatisfying(Point.POWER, hours -> assertThat(hours).containsKey(from));
    }

    private List<String> wrong(Instant from, Instant to) {
        LedgerCheck check = pipeline.check();
        List<Compared> hours = check.windows("1h", Duration.ofHours(1), from, to);
        assertThat(hours).hasSize(1);
        return Stream.of(
                        differences(check.windows("1m", Duration.ofMinutes(1), from, to)),
                        differences(check.windows("15m", Duration.ofMinutes(15), from, to)),
                        differences(hours),
                        check.devices().differences(from, to).stream().map(Difference::toString),
                        GaugeCheck.of(pipeline).differences(from, to).stream().map(Difference::toString))
                .flatMap(all -> all)
                .toList();
    }

    private static Stream<String> differences(List<Compared> windows) {
        return windows.stream().flatMap(window -> window.differences().stream()).map(Difference::toString);
    }
}
