package org.heliograph.streams.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.heliograph.streams.site.Balance.Amount;
import org.heliograph.telemetry.site.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BalanceTest {
    private static final Map<Role, Integer> WITH_BATTERY = Map.of(Role.GRID, 1, Role.PV, 1, Role.BATTERY, 1);

    /** What flowed in a minute; the load is what is left. */
    private record Flows(long imported, long exported, long pv, long charged, long discharged) {
        long load() {
            return imported + pv + discharged - exported - charged;
        }

        Map<Role, RoleSum> sums() {
            Map<Role, RoleSum> roles = new EnumMap<>(Role.class);
            roles.put(Role.GRID, RoleSums.of(imported, exported, 1, 1, 0));
            roles.put(Role.PV, RoleSums.of(pv, 0, 1, 0, 0));
            roles.put(Role.BATTERY, RoleSums.of(discharged, charged, 1, 1, 0));
            return roles;
        }

        Balance balance() {
            return Balance.of(new SiteMinute(new SiteShare(sums()), WITH_BATTERY));
        }

        long self() {
            return balance().self().orElseThrow().millijoules();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what                                        import export  pv charge discharge  load self
        "no battery and no surplus,                       100,    0,  40,    0,       0,    140,  40",
        "no battery and a surplus,                          0,   50, 150,    0,       0,    100, 100",
        "no battery: the export within a minute counts,    10,    5,  50,    0,       0,     55,  45",
        "charged at night from the grid,                  130,    0,   0,   30,       0,    100,   0",
        "discharged at night to the load,                  20,    0,   0,    0,      80,    100,   0",
        "discharged at night to the grid,                   0,   30,   0,    0,     130,    100,   0",
        "discharged by day to the load,                    20,    0,  50,    0,      30,    100,  50",
        "sold by day while PV feeds the load,               0,   20,  40,    0,      80,    100,  40",
        "sold by day beside a surplus of PV,                0,   50, 120,    0,      30,    100, 100",
        "charged from the surplus,                          0,    0, 150,   50,       0,    100, 150",
        "charged from a part of the surplus,                0,   20, 150,   30,       0,    100, 130",
        "charged from the grid while PV feeds the load,    80,    0,  50,   30,       0,    100,  50",
        "charged from the surplus and the grid,            30,    0, 150,   80,       0,    100, 150",
        "charged and discharged in one minute,              0,   30, 150,   30,      10,    100, 120",
        "one battery fills the other,                       0,   50, 150,   50,      50,    100, 100",
        "a meter that says more export than there is,       0,  200, 150,    0,       0,    -50,   0"
    })
    void solar_energy_is_used_first_and_stored_energy_is_never_solar(
            String what, long imported, long exported, long pv, long charged, long discharged, long load, long self) {
        Flows flows = new Flows(imported, exported, pv, charged, discharged);
        assertThat(flows.load()).as(what).isEqualTo(load);
        assertThat(flows.balance().input()).as(what).contains(new Amount(load, false));
        assertThat(flows.balance().self()).as(what).contains(new Amount(self, false));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 100);
    }

    /** Any minute whose meters agree. */
    private static Flows flows(Random random) {
        long pv = random.nextInt(3) == 0 ? 0 : random.nextLong(1000);
        long load = random.nextLong(1000);
        long charged = random.nextBoolean() ? random.nextLong(500) : 0;
        long discharged = random.nextBoolean() ? random.nextLong(500) : 0;
        long needed = load + charged - pv - discharged;
        long throughTheMeter = random.nextInt(3) == 0 ? random.nextLong(100) : 0; // there and back within the minute
        return new Flows(
                Math.max(0, needed) + throughTheMeter, Math.max(0, -needed) + throughTheMeter, pv, charged, discharged);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void solar_use_lies_between_nothing_and_what_pv_gave_and_load_and_battery_could_take(long seed) {
        Flows flows = flows(new Random(seed));
        long intoBattery = Math.max(0, flows.charged() - flows.discharged());
        assertThat(flows.self()).isBetween(0L, Math.min(flows.pv(), flows.load() + intoBattery));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void without_a_battery_it_is_pv_less_export(long seed) {
        Flows any = flows(new Random(seed));
        long surplus = Math.max(0, any.pv() - any.load());
        Flows flows = new Flows(Math.max(0, any.load() - any.pv()) + 7, surplus + 7, any.pv(), 0, 0);
        assertThat(flows.self()).isEqualTo(Math.max(0, flows.pv() - flows.exported()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_the_battery_gives_adds_nothing_to_it(long seed) {
        Random random = new Random(seed);
        Flows any = flows(random);
        Flows charging = new Flows(any.imported(), any.exported(), any.pv(), any.charged(), 0);
        long more = random.nextLong(1000);
        assertThat(new Flows(any.imported(), any.exported() + more, any.pv(), 0, any.discharged() + more).self())
                .as("sold")
                .isEqualTo(new Flows(any.imported(), any.exported(), any.pv(), 0, any.discharged()).self());
        assertThat(new Flows(any.imported(), any.exported(), any.pv(), any.charged() + more, more).self())
                .as("from one battery to another, or the same")
                .isLessThanOrEqualTo(charging.self());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void it_is_what_it_would_be_had_the_battery_rested(long seed) {
        Flows any = flows(new Random(seed));
        Flows giving = new Flows(any.imported(), any.exported(), any.pv(), 0, any.discharged());
        Flows resting = new Flows(
                giving.imported() + Math.max(0, giving.discharged() - giving.exported()),
                Math.max(0, giving.exported() - giving.discharged()),
                giving.pv(),
                0,
                0);
        assertThat(resting.load()).isEqualTo(giving.load());
        assertThat(giving.self()).isEqualTo(resting.self());
    }

    @Test
    void a_battery_that_was_not_heard_leaves_the_solar_use_open() {
        Map<Role, RoleSum> roles = new Flows(0, 30, 50, 0, 40).sums();
        roles.remove(Role.BATTERY);
        Balance balance = Balance.of(new SiteMinute(new SiteShare(roles), WITH_BATTERY));
        assertThat(balance.self()).isEmpty();
        assertThat(balance.input()).isEmpty();
    }

    private static Balance parts(Map<Role, RoleSum> heard, Role... expected) {
        Map<Role, Integer> counts = new EnumMap<>(Role.class);
        for (Role role : expected) {
            counts.put(role, 1);
        }
        return Balance.of(new SiteMinute(new SiteShare(heard), counts));
    }

    private static RoleSum whole(long millijoules) {
        return RoleSums.of(millijoules, 0, 1, 0, 0);
    }

    @Test
    void without_a_utility_meter_the_input_is_the_sum_of_the_parts_from_as_far_up_as_they_are_metered() {
        Map<Role, RoleSum> heard = new EnumMap<>(Map.of(
                Role.UPS, whole(100),
                Role.FLOOR_PDU, whole(98),
                Role.IT, whole(96),
                Role.COOLING, whole(25),
                Role.AUXILIARY, whole(5)));
        Role[] site = heard.keySet().toArray(Role[]::new);

        assertThat(parts(heard, site).input()).contains(new Amount(130, true));
        heard.remove(Role.UPS);
        assertThat(parts(heard, site).input()).contains(new Amount(128, true));
        heard.remove(Role.FLOOR_PDU);
        assertThat(parts(heard, site).input()).contains(new Amount(126, true));
        heard.remove(Role.IT);
        assertThat(parts(heard, site).input()).isEmpty();
    }

    @Test
    void what_the_ups_draws_counts_in_the_sum_of_the_parts_with_its_losses_where_every_ups_says_it() {
        Map<Role, RoleSum> heard = Map.of(
                Role.UPS, RoleSums.of(100, 106, 1, 1, 0),
                Role.COOLING, whole(25),
                Role.AUXILIARY, whole(5));
        assertThat(parts(heard, heard.keySet().toArray(Role[]::new)).input()).contains(new Amount(136, true));

        Map<Role, RoleSum> oneOfTwo = new EnumMap<>(heard);
        oneOfTwo.put(Role.UPS, RoleSums.of(200, 106, 2, 1, 0));
        Map<Role, Integer> two = Map.of(Role.UPS, 2, Role.COOLING, 1, Role.AUXILIARY, 1);
        assertThat(Balance.of(new SiteMinute(new SiteShare(oneOfTwo), two)).input())
                .contains(new Amount(230, true));
    }

    @Test
    void a_part_that_was_not_heard_leaves_the_sum_of_the_parts_open() {
        Map<Role, RoleSum> heard = Map.of(Role.UPS, whole(100), Role.COOLING, whole(25));
        assertThat(parts(heard, Role.UPS, Role.COOLING).input()).contains(new Amount(125, true));
        assertThat(parts(heard, Role.UPS, Role.COOLING, Role.AUXILIARY).input()).isEmpty();
        assertThat(parts(Map.of(Role.UPS, whole(100)), Role.UPS).input()).isEmpty();
    }

    @Test
    void a_lost_source_is_a_hole_not_an_estimate() {
        Map<Role, RoleSum> heard =
                Map.of(Role.GRID, RoleSums.of(90, 0, 1, 1, 0), Role.UPS, whole(100), Role.COOLING, whole(25));
        assertThat(parts(heard, Role.GRID, Role.PV, Role.UPS, Role.COOLING).input())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"40, 0, 0, 40", "300, 0, 0, 125", "300, 50, 0, 175", "300, 50, 60, 125", "0, 50, 0, 0"})
    void where_no_export_is_known_solar_use_is_what_load_and_battery_could_take(
            long pv, long charged, long discharged, long self) {
        Map<Role, RoleSum> heard = Map.of(
                Role.PV, whole(pv),
                Role.BATTERY, RoleSums.of(discharged, charged, 1, 1, 0),
                Role.UPS, whole(100),
                Role.COOLING, whole(25));
        assertThat(parts(heard, Role.PV, Role.BATTERY, Role.UPS, Role.COOLING).self())
                .contains(new Amount(self, true));
    }
}
