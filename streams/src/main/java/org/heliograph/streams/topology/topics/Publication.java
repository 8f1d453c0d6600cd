package org.heliograph.streams.topology.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.config.SiteText;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.record.FactorRecord;
import org.heliograph.streams.factor.record.FactorUpdate;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The site models and emission factors that an engine publishes at its start: those that are news. Several may start, on
 * machines with files of their own, and the last one to start need not have the newest (ADR 58).
 */
final class Publication {
    private static final Logger log = LoggerFactory.getLogger(Publication.class);

    private final KafkaSettings kafka;
    private final List<ProducerRecord<String, byte[]>> news = new ArrayList<>();

    private Publication(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    static void send(KafkaSettings kafka, List<SiteText> sites, Collection<EmissionFactor> factors, int answerMillis)
            throws ExecutionException, InterruptedException {
        if (sites.isEmpty() && factors.isEmpty()) {
            return;
        }
        Publication publication = new Publication(kafka);
        try (TopicReader reader = new TopicReader(kafka)) {
            publication.compareSites(inForce(reader, kafka.topics().sites()), sites);
            publication.compareFactors(newest(reader, kafka.topics().factors()), factors);
        }
        publication.send(answerMillis);
    }

    private static Map<String, ConsumerRecord<String, byte[]>> newest(TopicReader reader, String topic) {
        Map<String, ConsumerRecord<String, byte[]>> newest = new HashMap<>();
        reader.readAll(topic, met -> newest.put(met.key(), met));
        return newest;
    }

    private static Map<String, InForce> inForce(TopicReader reader, String topic) {
        Map<String, InForce> models = new HashMap<>();
        reader.readAll(
                topic,
                met -> models.merge(
                        met.key(),
                        InForce.of(met.key(), met.value(), Instant.ofEpochMilli(met.timestamp())),
                        InForce::then));
        return models;
    }

    /**
     * A site's model that counts: the newest that can be used, as the engines go on with it.
     *
     * @param model none for a site that the topic doesn't have, or no longer
     * @param isUsable whether the newest record can be used
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record InForce(byte @Nullable [] model, Instant time, boolean isUsable) {
        private static final InForce NONE = new InForce(null, Instant.EPOCH, true);

        static InForce of(String site, byte @Nullable [] value, Instant time) {
            try {
                if (value != null) {
                    SiteFile.published(site, value);
                }
                return new InForce(value, time, true);
            } catch (ConfigurationException _) {
                return new InForce(null, Instant.EPOCH, false);
            }
        }

        InForce then(InForce newer) {
            return newer.isUsable ? newer : new InForce(model, time, false);
        }
    }

    private void compareSites(Map<String, InForce> published, List<SiteText> sites) {
        for (SiteText site : sites) {
            String name = site.model().site();
            byte[] yaml = site.yaml().getBytes(UTF_8);
            InForce before = published.getOrDefault(name, InForce.NONE);
            switch (judge(before, site)) {
                case SAME -> {}
                case OLDER ->
                    log.warn(
                            "site-model=kept site={} published={} file={} action=\"the file is older than the model in"
                                    + " force, which stays; to publish it all the same, touch it\"",
                            name,
                            before.time(),
                            site.written());
                case NEWS -> {
                    if (before.model() != null) {
                        log.info("site-model=replaced site={} published={}", name, before.time());
                    }
                    news.add(new ProducerRecord<>(kafka.topics().sites(), name, yaml));
                }
            }
        }
    }

    /** What a file is beside the model that its topic has. */
    enum Judgement {
        SAME,
        OLDER,
        NEWS
    }

    static Judgement judge(InForce before, SiteText site) {
        if (before.model() == null) {
            return Judgement.NEWS;
        }
        if (Arrays.equals(before.model(), site.yaml().getBytes(UTF_8))) {
            // said again after a record that is refused, what is in force ends the complaint of that
            return before.isUsable() ? Judgement.SAME : Judgement.NEWS;
        }
        return site.written().isBefore(before.time()) ? Judgement.OLDER : Judgement.NEWS;
    }

    private void compareFactors(
            Map<String, ConsumerRecord<String, byte[]>> published, Collection<EmissionFactor> factors) {
        Set<EmissionFactor> shipped = Set.copyOf(Factors.SHIPPED.all());
        for (EmissionFactor factor : factors) {
            String key = FactorRecord.key(factor);
            ConsumerRecord<String, byte[]> before = published.get(key);
            if (isNews(before == null ? null : before.value(), factor, shipped.contains(factor))) {
                if (before != null) {
                    // where each of two engines' files has another value, each start restates up to two years of CO2
                    log.warn(
                            "factor=replaced factor={} action=\"this engine's file has another value than was published:"
                                    + " give all engines the same\"",
                            key);
                }
                news.add(new ProducerRecord<>(kafka.topics().factors(), key, FactorRecord.encode(factor)));
            }
        }
    }

    /** What a release brings doesn't take back what the operator has said of the same version. */
    static boolean isNews(byte @Nullable [] before, EmissionFactor factor, boolean shipped) {
        if (before == null) {
            return true;
        }
        return switch (FactorRecord.decode(FactorRecord.key(factor), before, Instant.EPOCH)) {
            case FactorUpdate.Published(var there) -> !shipped && !there.equals(factor);
            case FactorUpdate.Withdrawn _, FactorUpdate.Points _, FactorUpdate.Refused _ -> true;
        };
    }

    private void send(int answerMillis) throws ExecutionException, InterruptedException {
        if (news.isEmpty()) {
            return;
        }
        Map<String, Object> properties = kafka.clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, answerMillis);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<String, byte[]> one : news) {
                producer.send(one).get();
            }
        }
    }
}
