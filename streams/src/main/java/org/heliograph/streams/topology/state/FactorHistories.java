package org.heliograph.streams.topology.state;

import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.heliograph.streams.topology.state.v1.ChosenFactors;
import org.heliograph.streams.topology.state.v1.FactorHistory;
import org.heliograph.telemetry.site.FactorChoice;
import org.heliograph.telemetry.site.FactorChoices;
import org.jspecify.annotations.Nullable;

/**
 * Which factors each site has chosen over time, by all its models up to the one in force: beside that in the global store, so
 * that one without dates doesn't choose for what was before it (ADR 70).
 */
public final class FactorHistories {
    /** No site is called that. */
    private static final String KEY = "factors/";

    private FactorHistories() {}

    static Optional<FactorChoices> of(String site, ReadOnlyKeyValueStore<String, byte[]> store) {
        byte @Nullable [] stored = store.get(KEY + site);
        return Optional.ofNullable(stored)
                .map(bytes -> StateException.read(SiteModels.STORE, bytes, FactorHistory::parseFrom))
                .map(history -> FactorChoices.dated(decode(history.getChosenList())));
    }

    static void put(String site, FactorChoices choices, KeyValueStore<String, byte[]> store) {
        FactorHistory.Builder history = FactorHistory.newBuilder();
        choices.byStart().forEach((from, choice) -> history.addChosen(encode(from, choice)));
        store.put(KEY + site, history.build().toByteArray());
    }

    static void delete(String site, KeyValueStore<String, byte[]> store) {
        store.delete(KEY + site);
    }

    public static ChosenFactors encode(Instant from, FactorChoice choice) {
        return ChosenFactors.newBuilder()
                .setFromMs(from.toEpochMilli())
                .addAllAverage(choice.average())
                .addAllMarginal(choice.marginal())
                .addAllFuel(choice.fuel())
                .build();
    }

    public static NavigableMap<Instant, FactorChoice> decode(List<ChosenFactors> stored) {
        NavigableMap<Instant, FactorChoice> byStart = new TreeMap<>();
        for (ChosenFactors one : stored) {
            byStart.put(
                    Instant.ofEpochMilli(one.getFromMs()),
                    new FactorChoice(one.getAverageList(), one.getMarginalList(), one.getFuelList()));
        }
        return byStart;
    }
}
