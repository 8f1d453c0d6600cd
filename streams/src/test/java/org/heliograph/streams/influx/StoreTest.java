package org.heliograph.streams.influx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
    /** As InfluxDB 1.6, 2.0 and 2.7.11 put it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|partial write: points beyond retention policy dropped=44",
                "500|unexpected error writing points to database: partial write: points beyond retention policy dropped=44",
                "422|failure writing points to database: partial write: dropped 44 points outside retention policy of duration"
                        + " 24h0m0s - oldest point home,room=Living\\ Room at 1970-01-01T00:00:01.541Z dropped because it violates"
                        + " a Retention Policy Lower Bound at 2025-05-20T19:06:17.612973Z, newest point home,room=Living\\ Room at"
                        + " 1970-01-01T00:00:01.5410006Z dropped because it violates a Retention Policy Lower Bound at"
                        + " 2025-05-20T19:06:17.612973Z dropped=44 for database: 9f282d63c7d3a5c0 for retention policy: autogen"
            })
    void points_that_are_older_than_a_store_keeps_are_refused_in_their_number(int status, String reason) {
        assertThat(Store.failed(status, reason)).isEqualTo(new Store.Outcome.Refused(reason, 44));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 401, 403, 404, 429, 500, 502, 503})
    void what_is_wrong_with_a_store_or_on_the_way_to_it_refuses_no_point(int status) {
        assertThat(Store.failed(status, "engine: cache-max-memory-size exceeded"))
                .isInstanceOf(Store.Outcome.Away.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void of_a_refusal_that_says_nothing_of_numbers_each_line_is_tried(int status) {
        assertThat(Store.failed(status, "unable to parse")).isEqualTo(new Store.Outcome.Refused("unable to parse", 0));
    }
}
