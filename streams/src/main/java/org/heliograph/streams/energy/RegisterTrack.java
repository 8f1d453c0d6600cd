package org.heliograph.streams.energy;

import java.util.Arrays;
import java.util.Optional;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;

/** Readings of one register, oldest first, each with the serial number of the unit that it is of. */
final class RegisterTrack {
    private final Series.Register readings;
    private final String[] serials;

    private RegisterTrack(Series.Register readings, String[] serials) {
        this.readings = readings;
        this.serials = serials;
    }

    /** The track of the register, if the samples have it. A serial number that the device reports is believed. */
    static Optional<RegisterTrack> of(Samples samples, Point register, DeviceHistory history) {
        if (!(samples.of(register).orElse(null) instanceof Series.Register readings)) {
            return Optional.empty();
        }
        String[] serials = new String[readings.size()];
        Arrays.fill(serials, "");
        for (String serial : samples.serials()) {
            for (Series part : samples.series(serial)) {
                if (part.point() == register && !serial.isEmpty()) {
                    name(serial, part, readings, serials);
                }
            }
        }
        if (history.hasSerials()) {
            for (int i = 0; i < serials.length; i++) {
                if (serials[i].isEmpty()) {
                    serials[i] = history.serialAt(readings.timeMillis(i));
                }
            }
        }
        return Optional.of(new RegisterTrack(readings, serials));
    }

    /** Serial numbers of the whole's samples that are in the part with the value that was kept. */
    private static void name(String serial, Series part, Series.Register whole, String[] serials) {
        int i = 0;
        for (int k = 0; k < part.size(); k++) {
            while (whole.timeMillis(i) < part.timeMillis(k)) {
                i++;
            }
            if (((Series.Register) part).millijoules(k) == whole.millijoules(i)) {
                serials[i] = serial;
            }
        }
    }

    int size() {
        return readings.size();
    }

    long timeMillis(int i) {
        return readings.timeMillis(i);
    }

    long millijoules(int i) {
        return readings.millijoules(i);
    }

    RegisterReading reading(int i) {
        return new RegisterReading(readings.timeMillis(i), readings.millijoules(i), serials[i]);
    }

    /** Whether reading i and the one before it are of one unit, as far as anybody says. */
    boolean isOfOneUnit(int i) {
        return serials[i].equals(serials[i - 1]) || reading(i).isOfSameUnit(reading(i - 1));
    }

    /** Whether no step is irregular by itself. */
    boolean countsPlainly(StepRules rules) {
        for (int i = 1; i < size(); i++) {
            long millis = timeMillis(i) - timeMillis(i - 1);
            if (!isOfOneUnit(i) || !rules.isPlausible(millijoules(i - 1), millijoules(i), millis)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the register shows the same from the last reading before a time until the first one after it. */
    boolean standsStill(long fromMillis, long toMillis) {
        for (int i = 1; i < size() && timeMillis(i - 1) < toMillis; i++) {
            if (timeMillis(i) > fromMillis && (millijoules(i) != millijoules(i - 1) || !isOfOneUnit(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether no gap lies between the readings from the last one before a time until the first one after it. */
    boolean isRead(long fromMillis, long toMillis, long maxGapMillis) {
        for (int i = 1; i < size() && timeMillis(i - 1) < toMillis; i++) {
            if (timeMillis(i) > fromMillis && timeMillis(i) - timeMillis(i - 1) > maxGapMillis) {
                return false;
            }
        }
        return timeMillis(0) <= fromMillis && timeMillis(size() - 1) >= toMillis;
    }

    /** For how long the register was seen to stand still, of times between readings that no gap parts; 0 if it counts. */
    long frozenMillis(long maxGapMillis) {
        if (!standsStill(timeMillis(0), timeMillis(size() - 1))) {
            return 0;
        }
        long millis = 0;
        for (int i = 1; i < size(); i++) {
            long length = timeMillis(i) - timeMillis(i - 1);
            millis += length <= maxGapMillis ? length : 0;
        }
        return millis;
    }

    /** The first of the readings that end in i and show what i shows, of the same unit. */
    int standstill(int i) {
        int first = i;
        while (first > 0 && millijoules(first - 1) == millijoules(i) && isOfOneUnit(first)) {
            first--;
        }
        return first;
    }

    /** Whether the register came to what it shows at i by a fall, or from less than half: a glitch may have ended there. */
    boolean hasReturned(int i) {
        int first = standstill(i);
        return first > 0
                && isOfOneUnit(first)
                && (millijoules(first - 1) > millijoules(i) || millijoules(first - 1) < millijoules(i) / 2);
    }
}
