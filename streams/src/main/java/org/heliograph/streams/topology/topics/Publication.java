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
import org.heliograph.streams.factor.FactorRecord;
import org.heliograph.streams.factor.FactorUpdate;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.streams.indicator.Factors;
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
    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

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
            publication.compareSites(newest(reader, kafka.topics().sites()), sites);
            publication.compareFactors(newest(reader, kafka.topics().factors()), factors);
        }
        publication.send(answerMillis);
    }

    private static Map<String, ConsumerRecord<String, byte[]>> newest(TopicReader reader, String topic) {
        Map<String, ConsumerRecord<String, byte[]>> newest = new HashMap<>();
        reader.readAll(topic, met -> newest.put(met.key(), met));
        return newest;
    }

    private void compareSites(Map<String, ConsumerRecord<String, byte[]>> published, List<SiteText> sites) {
        for (SiteText site : sites) {
            String name = site.model().site();
            byte[] yaml = site.yaml().getBytes(UTF_8);
            ConsumerRecord<String, byte[]> before = published.get(name);
            Instant beforeTime = before == null ? Instant.EPOCH : Instant.ofEpochMilli(before.timestamp());
            switch (judge(before == null ? null : before.value(), beforeTime, site)) {
                case SAME -> {}
                case OLDER ->
                    LOG.warn(
                            "site-model=kept site={} published={} file={} action=\"the file is older than the model in"
                                    + " force, which stays; to publish it all the same, touch it\"",
                            name,
                            beforeTime,
                            site.written());
                case NEWS -> {
                    if (before != null) {
                        LOG.info("site-model=replaced site={} published={}", name, beforeTime);
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

    /** @param before the newest record's value: none for a site that the topic doesn't have, or no longer */
    static Judgement judge(byte @Nullable [] before, Instant beforeTime, SiteText site) {
        if (before == null) {
            return Judgement.NEWS;
        }
        if (Arrays.equals(before, site.yaml().getBytes(UTF_8))) {
            return Judgement.SAME;
        }
        try {
            SiteFile.published(site.model().site(), before);
        } catch (ConfigurationException _) {
            return Judgement.NEWS; // nobody can use what is there
        }
        return site.written().isBefore(beforeTime) ? Judgement.OLDER : Judgement.NEWS;
    }

    private void compareFactors(
            Map<String, ConsumerRecord<String, byte[]>> published, Collection<EmissionFactor> factors) {
        Set<EmissionFactor> shipped = Set.copyOf(Factors.SHIPPED.all());
        for (EmissionFactor factor : factors) {
            String key = FactorRecord.key(factor);
            ConsumerRecord<String, byte[]> before = published.get(key);
            if (isNews(before == null ? null : before.value(), factor, shipped.contains(factor))) {
                if (before != null) {
                    LOG.info("factor=replaced factor={}", key);
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
