package org.heliograph.streams.factor;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Published emission factors, each with its versions. A newer version of a factor restates it. */
public final class Factors implements FactorBook {
    /** Those that ship with the product. */
    public static final Factors SHIPPED = FactorFile.shipped();

    private final Map<String, NavigableMap<String, EmissionFactor>> byId;

    private Factors(Map<String, NavigableMap<String, EmissionFactor>> byId) {
        this.byId = byId;
    }

    public static Factors of(Collection<EmissionFactor> factors) {
        return new Factors(Map.of()).plus(factors);
    }

    /** These and others; another of the same id and version takes its place. */
    public Factors plus(Collection<EmissionFactor> others) {
        Map<String, NavigableMap<String, EmissionFactor>> all = new HashMap<>();
        byId.forEach((id, versions) -> all.put(id, new TreeMap<>(versions)));
        for (EmissionFactor factor : others) {
            all.computeIfAbsent(factor.id(), _ -> new TreeMap<>(EmissionFactor.BY_NUMBERS))
                    .put(factor.version(), factor);
        }
        return new Factors(all);
    }

    @Override
    public Optional<EmissionFactor> at(String id, Instant moment) {
        NavigableMap<String, EmissionFactor> versions = byId.get(id);
        if (versions == null) {
            return Optional.empty();
        }
        for (EmissionFactor factor : versions.descendingMap().values()) {
            if (factor.isValidAt(moment)) {
                return Optional.of(factor);
            }
        }
        return Optional.empty();
    }

    public boolean knows(String id) {
        return byId.containsKey(id);
    }

    /** All versions of all factors. */
    public List<EmissionFactor> all() {
        return byId.values().stream()
                .flatMap(versions -> versions.values().stream())
                .toList();
    }

    /** The known ids, for a message. */
    public String ids() {
        return byId.keySet().stream().sorted().collect(Collectors.joining(" "));
    }
}
