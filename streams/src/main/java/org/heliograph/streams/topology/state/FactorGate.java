package org.heliograph.streams.topology.state;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.factor.FactorRecord;
import org.heliograph.streams.factor.FactorUpdate;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.wire.DeadLetter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets what {@code hg.factors} says in to the site side; what can't be read goes to the dead letters. */
public final class FactorGate extends ContextualProcessor<String, byte[], String, Emission> {
    private static final Logger LOG = LoggerFactory.getLogger(FactorGate.class);

    @Override
    public void process(Record<String, byte[]> factorRecord) {
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

    private void send(Record<String, byte[]> factorRecord, FactorNews news) {
        SiteInput input = SiteInput.newBuilder().setFactor(news).build();
        context().forward(new Record<>(factorRecord.key(), new Emission.ToSite(input), factorRecord.timestamp()));
    }

    private void reject(Record<String, byte[]> factorRecord, String reason) {
        String source = context()
                .recordMetadata()
                .map(metadata -> metadata.topic() + "-" + metadata.partition() + "@" + metadata.offset())
                .orElse("unknown");
        LOG.warn("event=factor-refused source={} key={} reason=\"{}\"", source, factorRecord.key(), reason);
        Headers headers = new RecordHeaders()
                .add(DeadLetter.REASON, reason.getBytes(StandardCharsets.UTF_8))
                .add(DeadLetter.STAGE, "engine".getBytes(StandardCharsets.UTF_8))
                .add(DeadLetter.SOURCE, source.getBytes(StandardCharsets.UTF_8));
        byte[] value = factorRecord.value() == null ? new byte[0] : factorRecord.value();
        long clock = context().currentSystemTimeMs();
        context()
                .forward(new Record<>(
                        factorRecord.key(), new Emission.Rejected(ByteString.copyFrom(value)), clock, headers));
    }
}
