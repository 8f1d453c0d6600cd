package org.heliograph.streams.recording;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Sampling;
import org.jspecify.annotations.Nullable;

/** Where the recordings are, and the orders in which they can be told. */
public final class Recordings {
    /** Names the folder that holds them, where it isn't {@code ../shared/data} beside the checkout. */
    private static final String PROPERTY = "heliograph.recordings";

    private static final int PACK = 100;

    private Recordings() {}

    /** A whole recording, which isn't part of the repository. Without it the test is skipped, and says so. */
    static Path whole(String name) {
        Optional<Path> found = folder().map(folder -> folder.resolve(name)).filter(Files::isDirectory);
        return found.orElseGet(() -> abort("the recording " + name
                + " isn't here: it is looked for in ../shared/data beside the checkout, or in -D" + PROPERTY));
    }

    private static Optional<Path> folder() {
        @Nullable String given = System.getProperty(PROPERTY);
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        for (@Nullable Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path beside = at.resolve("shared").resolve("data");
            if (Files.isDirectory(beside)) {
                return Optional.of(beside);
            }
        }
        return Optional.empty();
    }

    /** A part of a recording that is among the tests' resources. */
    public static Path part(String name) {
        @Nullable URL resource = Recordings.class.getResource("/recordings/" + name);
        if (resource == null) {
            throw new IllegalArgumentException("no recording " + name);
        }
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The lines of a table, without its head. */
    static List<String> lines(Path table) throws IOException {
        List<String> lines = Files.readAllLines(table);
        return lines.subList(1, lines.size());
    }

    /** How a recording arrives. */
    enum Replay {
        AS_RECORDED,
        IN_ORDER,
        NEWEST_FIRST,
        SHUFFLED,
        SHUFFLED_AND_REPEATED
    }

    /** The rows of a recording as they arrive. */
    static <T> List<T> arrivals(List<T> recorded, Comparator<T> byTime, Replay replay, Random random) {
        List<T> arrivals = new ArrayList<>(recorded);
        switch (replay) {
            case AS_RECORDED -> {}
            case IN_ORDER -> arrivals.sort(byTime);
            case NEWEST_FIRST -> arrivals.sort(byTime.reversed());
            case SHUFFLED -> Collections.shuffle(arrivals, random);
            case SHUFFLED_AND_REPEATED -> {
                for (int i = 0; i < recorded.size() / 3; i++) {
                    arrivals.add(recorded.get(random.nextInt(recorded.size())));
                }
                Collections.shuffle(arrivals, random);
            }
        }
        return arrivals;
    }

    /** Adds arrivals up in packs of a hundred: each holds its readings as they came, and the sum those of all. */
    static <T> Samples samples(List<T> arrivals, Telling<T> telling) {
        List<Samples> packs = new ArrayList<>();
        for (int from = 0; from < arrivals.size(); from += PACK) {
            Sampling sampling = new Sampling();
            arrivals.subList(from, Math.min(from + PACK, arrivals.size())).forEach(one -> telling.tell(one, sampling));
            packs.add(Samples.of("", sampling.series()));
        }
        return sum(packs);
    }

    /** By halves, because adding copies both. */
    private static Samples sum(List<Samples> packs) {
        return switch (packs.size()) {
            case 0 -> Samples.empty();
            case 1 -> packs.getFirst();
            default -> {
                int half = packs.size() / 2;
                yield sum(packs.subList(0, half)).plus(sum(packs.subList(half, packs.size())));
            }
        };
    }

    /** How a row becomes readings. */
    @FunctionalInterface
    interface Telling<T> {
        void tell(T row, Sampling sampling);
    }
}
