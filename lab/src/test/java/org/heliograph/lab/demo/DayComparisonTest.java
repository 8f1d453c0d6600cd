package org.heliograph.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.heliograph.lab.pipeline.DeviceCheck.Told;
import org.heliograph.lab.pipeline.LedgerCheck;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.lab.pipeline.TruthfulStore;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class DayComparisonTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ZoneId ZONE = ZoneId.of("Africa/Casablanca");
    private static final String PDU = "pdu-a01a";

    /** Of the last day of a month: the clocks there are an hour ahead of UTC. */
    private static final Instant MIDNIGHT = Instant.parse("2026-07-30T23:00:00Z");

    private static Layout layout() throws ConfigurationException {
        return Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(1)), MIDNIGHT);
    }

    /** A day up to a moment, of which a store has the truth. */
    private static final class Today {
        private final Layout layout;
        private final Ledger ledger;
        private final TruthfulStore store;

        Today(Instant until) throws ConfigurationException {
            layout = layout();
            ledger = Ledger.of(new Plant(layout, 1, 0.7), MIDNIGHT, until);
            store = new TruthfulStore(ledger, ZONE, Casablanca.FACTORS);
        }

        DayComparison compared(Fault... faults) {
            FaultLedger faultLedger = new FaultLedger(new FaultPlan(List.of(faults)), layout, ledger, MINUTE);
            LedgerCheck check = new LedgerCheck(store, ledger, faultLedger, "casa1", Casablanca.FACTORS);
            return DayComparison.of(check, ZONE, MIDNIGHT, ledger.end());
        }
    }

    @Test
    void a_demo_may_go_on_after_the_end_of_a_day_and_a_month() throws Exception {
        DayComparison compared = new Today(MIDNIGHT.plus(Duration.ofDays(1)).plus(MINUTE)).compared();

        assertThat(compared.differences()).isEmpty();
        assertThat(compared.counts())
                .isEqualTo("1441 windows of 1m, 96 of 15m, 24 of 1h, the day, its month and its year: 1564 equal,"
                        + " 0 marked, 0 neither");
    }

    @Test
    void what_a_reset_lost_is_excused_in_each_window_that_it_is_in_where_it_is_flagged() throws Exception {
        Today today = new Today(MIDNIGHT.plus(Duration.ofHours(2)));
        Instant minute = MIDNIGHT.plus(MINUTE.multipliedBy(20));
        long lost = 1_000;
        lose(today, "1m", minute, minute, minute.plus(MINUTE), lost);
        Instant quarter = MIDNIGHT.plus(MINUTE.multipliedBy(15));
        lose(today, "15m", quarter, quarter, quarter.plus(Duration.ofMinutes(15)), lost);
        lose(today, "1h", MIDNIGHT, MIDNIGHT, MIDNIGHT.plus(Duration.ofHours(1)), lost);
        lose(today, "1d", MIDNIGHT, MIDNIGHT, today.ledger.end(), lost);
        lose(today, "1mo", Instant.parse("2026-06-30T23:00:00Z"), MIDNIGHT, today.ledger.end(), lost);
        lose(today, "1y", Instant.parse("2025-12-31T23:00:00Z"), MIDNIGHT, today.ledger.end(), lost);
        Fault reset = new Fault.Reset(PDU, minute.plusSeconds(9));
        long counted = today.ledger.energyMillijoules(PDU, Point.ENERGY, minute, minute.plus(MINUTE));

        today.store.minute(PDU, minute, counted - lost, "reset");
        DayComparison flagged = today.compared(reset);
        assertThat(flagged.differences()).isEmpty();
        assertThat(flagged.counts()).endsWith("127 equal, 6 marked, 0 neither");
        assertThat(flagged.told()).singleElement().extracting(Told::flags).isEqualTo("[reset]");

        today.store.minute(PDU, minute, counted - lost, "");
        assertThat(today.compared(reset).counts()).endsWith("127 equal, 0 marked, 6 neither");
        assertThat(today.compared().counts()).endsWith("127 equal, 0 marked, 6 neither");
    }

    private static void lose(Today today, String window, Instant start, Instant from, Instant to, long millijoules) {
        long truth = today.ledger.truth(from, to).it3Millijoules();
        today.store.energy(window, start, "energy_it3_kwh", truth - millijoules);
    }

    @Test
    void a_minute_that_is_wrong_without_a_fault_is_named() throws Exception {
        Today today = new Today(MIDNIGHT.plus(Duration.ofHours(1)));
        today.store.energy("1m", MIDNIGHT, "energy_cooling_kwh", 1);

        DayComparison compared = today.compared();

        assertThat(compared.differences())
                .extracting(Difference::window, Difference::start, Difference::figure)
                .containsExactly(tuple("1m", MIDNIGHT, "energy_cooling_kwh"));
        assertThat(compared.minutes()).filteredOn(Compared::isEqual).hasSize(59);
    }
}
