package org.heliograph.telemetry.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;

/**
 * Whether brokers answer a consumer. When all of them go, its polls return nothing and throw nothing, as where nobody
 * publishes. But a consumer asks all the time: for records, though there be none, twice a second, and as a member of a
 * group, which may have no partitions, for its place there each few seconds. So where no byte comes, nobody is there. (Its
 * count of connections doesn't tell: it has those too that are being tried.) One thread listens, others ask.
 */
public final class BrokerContact {
    /** A broker that is started again, or a leader that changes, is no matter of note. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What one look at most counts of the time since the one before: who is held up by its work doesn't listen. */
    static final Duration LOOK_MAX = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final java.util.function.Consumer<String> changed;
    private Instant heard;
    private Instant looked;
    private Duration silence = Duration.ZERO;
    private double receivedBytes;
    private volatile String problem = "";

    /** @param changed told the problem when it begins, and an empty one when it ends */
    public BrokerContact(InstantSource clock, java.util.function.Consumer<String> changed) {
        this.clock = clock;
        this.changed = changed;
        heard = clock.instant();
        looked = heard;
    }

    /**
     * To be called after each poll. It may be of another consumer than the one before, which was closed.
     *
     * @param hasRecords whether the poll gave any: they may have come earlier, and are enough for a while
     */
    public void listened(Consumer<?, ?> consumer, boolean hasRecords) {
        Instant now = clock.instant();
        Duration since = Duration.between(looked, now);
        looked = now;
        if (hasRecords || hasReceived(consumer)) {
            heard = now;
            silence = Duration.ZERO;
            if (!problem.isEmpty()) {
                problem = "";
                changed.accept("");
            }
            return;
        }
        silence = silence.plus(since.compareTo(LOOK_MAX) < 0 ? since : LOOK_MAX);
        if (silence.compareTo(PATIENCE) > 0 && problem.isEmpty()) {
            problem = "Kafka can't be reached: nothing has come from it since " + heard.truncatedTo(ChronoUnit.SECONDS);
            changed.accept(problem);
        }
    }

    /** In a sentence, with since when; empty while brokers answer. */
    public String problem() {
        return problem;
    }

    private boolean hasReceived(Consumer<?, ?> consumer) {
        for (Metric metric : consumer.metrics().values()) {
            if (metric.metricName().name().equals("incoming-byte-total")
                    && metric.metricName().group().equals("consumer-metrics")
                    && metric.metricValue() instanceof Double bytes) {
                boolean isMore = bytes > 0 && bytes != receivedBytes; // a new consumer counts from 0
                receivedBytes = bytes;
                return isMore;
            }
        }
        return true; // of one that doesn't count nothing is known
    }
}
