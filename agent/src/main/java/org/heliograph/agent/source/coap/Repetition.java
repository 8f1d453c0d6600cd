package org.heliograph.agent.source.coap;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.reading.Stamp;

/**
 * What a device's representation shows again. Devices show their latest instants at every notification, so that a lost
 * one costs nothing; what the last representation that is on disk showed already needn't be kept again.
 */
final class Repetition {
    private static final CompletableFuture<Admission> NOTHING_NEW =
            CompletableFuture.completedFuture(new Admission.Kept(0));

    private Set<Sample> kept = Set.of();

    private record Sample(String serial, Point point, long timeMillis, long value) {}

    /** Hands in what wasn't kept before; at once answered as kept when all of it was. */
    CompletableFuture<Admission> offer(Readings shown, Stamp stamp, Arrival arrival, Intake intake) {
        Optional<Readings> fresh = fresh(shown);
        if (fresh.isEmpty()) {
            intake.heard(shown.device());
            return NOTHING_NEW;
        }
        return intake.offer(fresh.get(), stamp, arrival).thenApply(admission -> {
            if (admission instanceof Admission.Kept) {
                keep(shown);
            }
            return admission;
        });
    }

    /** The readings without those that were kept before; empty when all of them were. */
    synchronized Optional<Readings> fresh(Readings readings) {
        Sampling sampling = new Sampling();
        for (Series series : readings.series()) {
            for (int i = 0; i < series.size(); i++) {
                if (!kept.contains(sample(readings.serial(), series, i))) {
                    switch (series) {
                        case Series.Register register ->
                            sampling.register(series.point(), series.timeMillis(i), register.millijoules(i));
                        case Series.Gauge gauge -> sampling.gauge(series.point(), series.timeMillis(i), gauge.value(i));
                    }
                }
            }
        }
        return sampling.isEmpty()
                ? Optional.empty()
                : Optional.of(new Readings(readings.device(), readings.serial(), sampling.series()));
    }

    /** A representation is on disk, what it repeats from the one before and what was new in it. */
    synchronized void keep(Readings readings) {
        Set<Sample> samples = new HashSet<>();
        for (Series series : readings.series()) {
            for (int i = 0; i < series.size(); i++) {
                samples.add(sample(readings.serial(), series, i));
            }
        }
        kept = samples;
    }

    private static Sample sample(String serial, Series series, int i) {
        long value = switch (series) {
            case Series.Register register -> register.millijoules(i);
            case Series.Gauge gauge -> Double.doubleToLongBits(gauge.value(i));
        };
        return new Sample(serial, series.point(), series.timeMillis(i), value);
    }
}
