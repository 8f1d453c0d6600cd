package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final long ALL = 100_000;
    private static final long ENTRY = 100;

    private final Shares shares = new Shares(ALL, Map.of());
    private final Map<String, Long> held = new HashMap<>();
    private long free = ALL;

    @Test
    void the_few_of_a_small_agent_may_each_have_all() {
        speak(Shares.SMALL_AGENT_KEYS);
        fill("rack-0");
        assertThat(held).isEqualTo(Map.of("rack-0", ALL));
        assertThat(shares.greedy()).isEmpty();
    }

    @Test
    void one_of_many_that_floods_leaves_a_quarter_to_the_others() {
        speak(Shares.SMALL_AGENT_KEYS + 1);
        assertThat(takes("rack-1")).isTrue();
        fill("rack-0");

        assertThat(held.get("rack-0")).isEqualTo(ALL * 3 / 4 - ENTRY);
        assertThat(shares.greedy()).contains("rack-0");
        assertThat(takes("rack-1")).isTrue();
    }

    @Test
    void many_that_fill_it_together_use_all_of_it() {
        boolean isAny = true;
        while (isAny) {
            isAny = false;
            for (int i = 0; i <= Shares.SMALL_AGENT_KEYS; i++) {
                isAny |= takes("rack-" + i);
            }
        }
        assertThat(free).isZero();
        assertThat(shares.greedy()).isEmpty();
    }

    @Test
    void a_quarter_is_anybodys_however_much_the_others_have() {
        assertThat(takes("loud")).isTrue();
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 7; j++) {
                assertThat(takes("rack-" + i)).isTrue();
            }
        }
        fill("loud");
        assertThat(held.get("loud")).isEqualTo(ALL / 4);
        assertThat(free).as("and some is left").isPositive();
    }

    @Test
    void what_was_delivered_is_its_share_again() {
        speak(Shares.SMALL_AGENT_KEYS + 1);
        fill("rack-0");

        shares.given("rack-0", ENTRY);
        free += ENTRY;
        assertThat(takes("rack-0")).isTrue();
        assertThat(takes("rack-0")).isFalse();
    }

    @Test
    void one_that_is_beyond_its_share_is_told_until_it_holds_no_more_than_its_part() {
        speak(Shares.SMALL_AGENT_KEYS + 1);
        fill("rack-0");

        shares.given("rack-0", ALL / 2 - ENTRY);
        assertThat(shares.greedy()).as("after one of many batches").contains("rack-0");
        shares.given("rack-0", ENTRY);
        assertThat(shares.greedy()).isEmpty();
    }

    private void speak(int keys) {
        for (int i = 0; i < keys; i++) {
            shares.speaks("rack-" + i);
        }
    }

    private void fill(String key) {
        while (takes(key)) {
            // as long as it is given anything
        }
    }

    private boolean takes(String key) {
        shares.speaks(key);
        if (free < ENTRY || !shares.mayTake(key, ENTRY, free)) {
            return false;
        }
        shares.taken(key, ENTRY);
        held.merge(key, ENTRY, Long::sum);
        free -= ENTRY;
        return true;
    }
}
