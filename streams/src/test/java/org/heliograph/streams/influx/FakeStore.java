package org.heliograph.streams.influx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** A store in memory that keeps the newest line of each series and time, and can be away or refuse some lines. */
final class FakeStore implements Store {
    final List<String> requests = new ArrayList<>();
    final TreeMap<String, String> kept = new TreeMap<>();
    /** Which requests, counted from 1, find it away. */
    final Set<Integer> awayAt = new HashSet<>();

    /** What happens while it is asked to write. */
    Runnable atRequest = () -> {};

    String poison = "\0";

    /** Points that are older are beyond its retention. */
    long keepsFromMillis;

    final List<Incomplete> cleared = new ArrayList<>();
    Outcome clearing = new Outcome.Written();
    /** What happens while it is asked what it holds. */
    Runnable atQuestion = () -> {};

    @Override
    public Outcome write(String lines) {
        atRequest.run();
        requests.add(lines);
        if (awayAt.contains(requests.size())) {
            return new Outcome.Away("connection refused");
        }
        List<String> all = lines.lines().toList();
        if (all.stream().anyMatch(line -> line.contains(poison))) {
            return new Outcome.Refused("type conflict");
        }
        int dropped = 0;
        for (String line : all) {
            String[] parts = line.split(" ", 3);
            if (Long.parseLong(parts[2]) < keepsFromMillis) {
                dropped++;
            } else {
                kept.put(parts[0] + " " + parts[2], parts[1]);
            }
        }
        return dropped == 0
                ? new Outcome.Written()
                : Store.failed(400, "partial write: points beyond retention policy dropped=" + dropped);
    }

    @Override
    public Outcome clear(List<Incomplete> points) {
        cleared.addAll(points);
        atQuestion.run();
        return clearing;
    }

    @Override
    public void close() {}
}
