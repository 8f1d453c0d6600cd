package org.heliograph.lab.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.heliograph.sim.ledger.SiteTruth;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** Reads a scenario's figures until every minute of every site equals the ledger. */
final class FigureWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);

    private final KafkaConsumer<String, byte[]> consumer;
    private final List<SiteTruth> truth;
    private final Instant from;
    private final Map<String, BitSet> right = new HashMap<>();
    private final int wanted;
    private int count;

    FigureWatch(String bootstrap, String topic, Fleet fleet) {
        truth = fleet.truth().minutes(fleet.from(), fleet.to());
        from = fleet.from();
        wanted = truth.size() * fleet.sites().size();
        consumer = Broker.consumer(bootstrap);
        consumer.assign(consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList());
    }

    /** Takes in what has come; true when every minute is right. */
    boolean isWhole() throws InvalidProtocolBufferException {
        for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
            SiteWindow window = SiteWindow.parseFrom(one.value());
            if (window.getWindow().equals("1m")) {
                take(window);
            }
        }
        return count == wanted;
    }

    private void take(SiteWindow window) {
        long minute = Duration.between(from, Instant.ofEpochMilli(window.getStartMs()))
                .toMinutes();
        if (minute < 0 || minute >= truth.size()) {
            return;
        }
        BitSet minutes = right.computeIfAbsent(window.getSite(), _ -> new BitSet());
        boolean was = minutes.get((int) minute);
        boolean is = equal(window, truth.get((int) minute));
        minutes.set((int) minute, is);
        count += (is ? 1 : 0) - (was ? 1 : 0);
    }

    private static boolean equal(SiteWindow window, SiteTruth truth) {
        return window.hasEnergyDcMj()
                && window.getEnergyDcMj() == truth.dcMillijoules()
                && window.getEnergyIt1Mj() == truth.it1Millijoules()
                && window.getEnergyIt2Mj() == truth.it2Millijoules()
                && window.getEnergyIt3Mj() == truth.it3Millijoules()
                && window.getEnergyCoolingMj() == truth.coolingMillijoules()
                && window.getEnergyPvMj() == truth.pvMillijoules()
                && window.getCoverage() == 1;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
