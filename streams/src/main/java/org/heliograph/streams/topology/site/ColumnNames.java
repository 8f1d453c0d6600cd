package org.heliograph.streams.topology.site;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the columns of an hour name, by place: no name is the place 0. */
final class ColumnNames {
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();

    ColumnNames() {
        place("");
    }

    ColumnNames(List<String> stored) {
        this();
        stored.forEach(this::place);
    }

    int place(String name) {
        return places.computeIfAbsent(name, added -> {
            names.add(added);
            return places.size();
        });
    }

    String at(long place) {
        return names.get((int) place);
    }

    List<String> all() {
        return names.subList(1, names.size());
    }
}
