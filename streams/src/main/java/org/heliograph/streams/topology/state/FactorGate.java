package org.heliograph.streams.topology.state;

import java.time.Instant;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.factor.record.FactorRecord;
import org.heliograph.streams.factor.record.FactorUpdate;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets what {@code hg.factors} says in to the site side; what can't be read goes to the dead letters. */
public final class FactorGate extends ContextualProcessor<String, byte[], String, Output> {
    private static final Logger log = LoggerFactory.getLogger(FactorGate.class);

    /** As large as Kafka takes a record that nobody has said more of. */
    private static final int RECORD_BYTES_MAX = 1 << 20;

    /** What it is sent on as must be smaller than a record may be. */
    private static final int NEWS_BYTES_MAX = 512 << 10;

    private static final int KEY_LENGTH_MAX = 256;

    @Override
    public void process(Record<String, byte[]> factorRecord) {
        if (isTooLarge(factorRecord)) {
            reject(
                    factorRecord,
                    "a record may have " + RECORD_BYTES_MAX + " bytes, and its key " + KEY_LENGTH_MAX + " letters");
            return;
        }
        Instant recorded = Instant.ofEpochMilli(factorRecord.timestamp());
        switch (FactorRecord.decode(factorRecord.key(), factorRecord.value(), recorded)) {
            case FactorUpdate.Published(var factor) ->
                send(
                        factorRecord,
                        FactorNews.newBuilder()
                                .setId(factor.id())
                                .setPublished(FactorStore.encode(factor))
                                .build());
            case FactorUpdate.Withdrawn(String id, String version) ->
                send(
                        factorRecord,
                        FactorNews.newBuilder().setId(id).setWithdrawn(version).build());
            case FactorUpdate.Points(String series, var points) -> {
                FactorNews.Builder news = FactorNews.newBuilder().setId(series);
                points.forEach(point -> news.addPoints(FactorStore.encode(point)));
                send(factorRecord, news.build());
            }
            case FactorUpdate.Refused(String reason) -> reject(factorRecord, reason);
        }
    }

    private static boolean isTooLarge(Record<String, byte[]> factorRecord) {
        return (factorRecord.key() != null && factorRecord.key().length() > KEY_LENGTH_MAX)
                || (factorRecord.value() != null && factorRecord.value().length > RECORD_BYTES_MAX);
    }

    private void send(Record<String, byte[]> factorRecord, FactorNews news) {
        if (news.getSerializedSize() > NEWS_BYTES_MAX) {
            reject(factorRecord, "what a record says may have " + NEWS_BYTES_MAX + " bytes when it is sent on");
            return;
        }
        SiteInput input = SiteInput.newBuilder().setFactor(news).build();
        context().forward(new Record<>(factorRecord.key(), new Output.ToSite(input), factorRecord.timestamp()));
    }

    private void reject(Record<String, byte[]> factorRecord, String reason) {
        Record<String, Output> rejected = Output.rejected(context(), factorRecord, reason);
        log.warn("factor=refused source={} key={} reason=\"{}\"", Output.source(context()), rejected.key(), reason);
        context().forward(rejected);
    }
}
